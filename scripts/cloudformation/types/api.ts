/** Rows of API Gateway. */
import { block, type Field, type Json, number, propertiesOf, to } from "../fields";
import type { Row } from "./row";

/** CloudFormation's own field, made from all routes of a stage: an object by route. */
const routeSettings: Field = (value, at) => ({
  RouteSettings: Object.fromEntries(
    (Array.isArray(value) ? value : [value]).map((each) => {
      const { route_key: routeKey, ...settings } = each as Json & { readonly route_key: string };
      const fields = {
        throttling_burst_limit: number("ThrottlingBurstLimit"),
        throttling_rate_limit: number("ThrottlingRateLimit"),
      };
      return [routeKey, propertiesOf(fields, settings, at)];
    }),
  ),
});

export const API = {
  aws_apigatewayv2_api: {
    how: "same",
    type: "AWS::ApiGatewayV2::Api",
    tags: "object",
    references: {
      id: "${@}",
      api_endpoint: "${@.ApiEndpoint}",
      execution_arn: "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${@}",
    },
    fields: {
      name: to("Name"),
      protocol_type: to("ProtocolType"),
      cors_configuration: block({
        allow_origins: to("CorsConfiguration.AllowOrigins"),
        allow_methods: to("CorsConfiguration.AllowMethods"),
        allow_headers: to("CorsConfiguration.AllowHeaders"),
        expose_headers: to("CorsConfiguration.ExposeHeaders"),
        max_age: number("CorsConfiguration.MaxAge"),
      }),
    },
  },
  aws_apigatewayv2_authorizer: {
    how: "same",
    type: "AWS::ApiGatewayV2::Authorizer",
    references: { id: "${@.AuthorizerId}" },
    fields: {
      api_id: to("ApiId"),
      name: to("Name"),
      authorizer_type: to("AuthorizerType"),
      identity_sources: to("IdentitySource"),
      jwt_configuration: block({ issuer: to("JwtConfiguration.Issuer"), audience: to("JwtConfiguration.Audience") }),
    },
  },
  aws_apigatewayv2_integration: {
    how: "same",
    type: "AWS::ApiGatewayV2::Integration",
    references: { id: "${@}" },
    fields: {
      api_id: to("ApiId"),
      integration_type: to("IntegrationType"),
      integration_uri: to("IntegrationUri"),
      payload_format_version: to("PayloadFormatVersion"),
    },
  },
  aws_apigatewayv2_route: {
    how: "same",
    type: "AWS::ApiGatewayV2::Route",
    fields: {
      api_id: to("ApiId"),
      route_key: to("RouteKey"),
      target: to("Target"),
      authorization_type: to("AuthorizationType"),
      authorizer_id: to("AuthorizerId"),
    },
  },
  aws_apigatewayv2_stage: {
    how: "same",
    type: "AWS::ApiGatewayV2::Stage",
    tags: "object",
    fields: {
      api_id: to("ApiId"),
      name: to("StageName"),
      auto_deploy: to("AutoDeploy"),
      route_settings: routeSettings,
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
