/** Reads the HTTP APIs of a synthesized stack: routes, limits, authorizers and CORS. */
import { type Row, rows } from "./stack-resources";
import { expected, type Stack } from "./terraform-json";

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface RouteBlueprint {
  /** Method and path, such as `GET /images/{id}`. */
  readonly routeKey: string;
  /** Name of the function that answers. */
  readonly functionName: string;
  readonly authorization: "NONE" | "AWS_IAM" | "JWT";
  /** @default the route needs no token */
  readonly jwt?: JwtAuthorizer;
  /** Requests per second, and at once. @default only the account's limit applies */
  readonly throttle?: { readonly perSecond: number; readonly burst: number };
}

export interface CorsBlueprint {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** In lower case. */
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number;
}

export interface ApiBlueprint {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly routes: readonly RouteBlueprint[];
  /** @default browsers may call it only from pages of the same address */
  readonly cors?: CorsBlueprint;
}

const AUTHORIZATIONS = ["NONE", "AWS_IAM", "JWT"] as const;

const FUNCTION_IN_INVOKE_ARN = /:function:([\w-]+)(:[\w-]+)?\/invocations$/;

const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());

const corsOf = ({ cors_configuration: cors }: Row<"aws_apigatewayv2_api">): CorsBlueprint | undefined =>
  cors && {
    origins: cors.allow_origins,
    methods: cors.allow_methods,
    headers: lower(cors.allow_headers),
    exposed: cors.expose_headers,
    maxAgeSeconds: cors.max_age,
  };

const routeOf = (row: Row<"aws_apigatewayv2_route">, stage: Row<"aws_apigatewayv2_stage">, stack: Stack) => {
  const { route_key: routeKey, target, authorization_type: type, authorizer_id } = row;
  const integration = rows(stack, "aws_apigatewayv2_integration").find(({ id }) => target === `integrations/${id}`);
  const functionName = FUNCTION_IN_INVOKE_ARN.exec(integration?.integration_uri ?? "")?.[1];
  if (functionName === undefined) throw expected("an integration with a function", `route ${routeKey}`, target);
  const authorization = AUTHORIZATIONS.find((each) => each === type);
  if (authorization === undefined) throw expected(`one of ${AUTHORIZATIONS.join(", ")}`, `route ${routeKey}`, type);
  const authorizer = rows(stack, "aws_apigatewayv2_authorizer").find(({ id }) => id === authorizer_id);
  const jwt = authorizer?.jwt_configuration;
  if (authorization === "JWT" && jwt === undefined) throw expected("an authorizer", `route ${routeKey}`, authorizer_id);
  const settings = stage.route_settings.find((each) => each.route_key === routeKey);
  return {
    ...{ routeKey, functionName, authorization, ...(jwt && { jwt }) },
    ...(settings && {
      throttle: { perSecond: settings.throttling_rate_limit, burst: settings.throttling_burst_limit },
    }),
  };
};

/** @throws Error for a route without a function, and for an API without a stage */
export const apisOf = (stack: Stack): ApiBlueprint[] =>
  rows(stack, "aws_apigatewayv2_api").map((api) => {
    const stage = rows(stack, "aws_apigatewayv2_stage").find(({ api_id }) => api_id === api.id);
    if (stage === undefined) throw expected("a stage", `API ${api.name}`, undefined);
    const cors = corsOf(api);
    return {
      ...{ id: api.id, name: api.name, stage: stage.name, ...(cors && { cors }) },
      routes: rows(stack, "aws_apigatewayv2_route")
        .filter(({ api_id }) => api_id === api.id)
        .map((row) => routeOf(row, stage, stack)),
    };
  });

/** @returns the CORS rules of buckets, by bucket */
export const bucketCorsOf = (stack: Stack): ReadonlyMap<string, readonly CorsBlueprint[]> =>
  new Map(
    rows(stack, "aws_s3_bucket_cors_configuration").map(({ bucket, cors_rule }) => [
      bucket,
      cors_rule.map((rule) => ({
        origins: rule.allowed_origins,
        methods: rule.allowed_methods,
        headers: lower(rule.allowed_headers),
        exposed: rule.expose_headers,
        maxAgeSeconds: rule.max_age_seconds,
      })),
    ]),
  );
