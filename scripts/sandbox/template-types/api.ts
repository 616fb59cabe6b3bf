/** Rows of API Gateway. */
import { type Json, renamed, same, type TemplateType } from "./words";

export const API: Readonly<Record<string, TemplateType>> = {
  "AWS::ApiGatewayV2::Api": same(
    "aws_apigatewayv2_api",
    {
      name: "Name",
      protocol_type: "ProtocolType",
      cors_configuration: {
        allow_origins: "CorsConfiguration.AllowOrigins",
        allow_methods: "CorsConfiguration.AllowMethods",
        allow_headers: "CorsConfiguration.AllowHeaders",
        expose_headers: "CorsConfiguration.ExposeHeaders",
        max_age: "CorsConfiguration.MaxAge",
      },
    },
    { Ref: "id", ApiEndpoint: "api_endpoint" },
  ),
  "AWS::ApiGatewayV2::Authorizer": same(
    "aws_apigatewayv2_authorizer",
    {
      api_id: "ApiId",
      name: "Name",
      authorizer_type: "AuthorizerType",
      identity_sources: "IdentitySource",
      jwt_configuration: { issuer: "JwtConfiguration.Issuer", audience: "JwtConfiguration.Audience" },
    },
    { AuthorizerId: "id" },
  ),
  "AWS::ApiGatewayV2::Integration": same(
    "aws_apigatewayv2_integration",
    {
      api_id: "ApiId",
      integration_type: "IntegrationType",
      integration_uri: "IntegrationUri",
      payload_format_version: "PayloadFormatVersion",
    },
    { Ref: "id" },
  ),
  "AWS::ApiGatewayV2::Route": same("aws_apigatewayv2_route", {
    api_id: "ApiId",
    route_key: "RouteKey",
    target: "Target",
    authorization_type: "AuthorizationType",
    authorizer_id: "AuthorizerId",
  }),
  "AWS::ApiGatewayV2::Stage": {
    rows: ({ RouteSettings = {}, ...stage }) => [
      [
        "aws_apigatewayv2_stage",
        {
          ...renamed(stage, { api_id: "ApiId", name: "StageName", auto_deploy: "AutoDeploy" }),
          route_settings: Object.entries(RouteSettings as Json).map(([route_key, settings]) => ({
            route_key,
            ...renamed(settings, {
              throttling_rate_limit: "ThrottlingRateLimit",
              throttling_burst_limit: "ThrottlingBurstLimit",
            }),
          })),
        },
      ],
    ],
  },
};
