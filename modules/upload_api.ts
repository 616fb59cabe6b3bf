/** An HTTP API that issues upload links and returns the state of uploads: routes, throttling, authorizer and CORS. */
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration";
import { Construct } from "constructs";
import { ROUTES } from "../handler/contract/upload-api";
import { burstOf } from "./burst-limit";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { UPLOAD_API } from "./inputs/upload_api";

export type UploadApiProps = Given<typeof UPLOAD_API>;

type UploadApiValues = Values<typeof UPLOAD_API>;

/** API Gateway's name for the stage whose address has no path. */
const STAGE = "$default";

/** How long a browser may keep the answer to a preflight request. */
const PREFLIGHT_SECONDS = 3_600;

/** Headers of requests that are signed with Signature Version 4, in addition to those of every request. */
const SIGNED_HEADERS = ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];

export class UploadApi extends Construct {
  readonly outputs: {
    readonly api_id: string;
    /** Address without a slash at the end. */
    readonly api_url: string;
    /** For policies of callers: `execute-api:Invoke` on `<this>/*`. */
    readonly execution_arn: string;
  };

  constructor(scope: Construct, id: string, props: UploadApiProps) {
    super(scope, id);
    const values = valuesOf("upload_api", UPLOAD_API, props);
    for (const problem of problemsOf(values)) throw new Error(`upload_api: ${problem}`);
    const api = new Apigatewayv2Api(this, "api", {
      name: values.api_name,
      protocolType: "HTTP",
      ...(values.cors_origins.length > 0 && { corsConfiguration: corsOf(values) }),
    });
    const integration = new Apigatewayv2Integration(this, "integration", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: values.function_invoke_arn,
      payloadFormatVersion: "2.0",
    });
    const authorization = this.authorization(api.id, values);
    const [issueLink, getImage] = (
      [
        ["issue_link", ROUTES.issueLink],
        ["get_image", ROUTES.getImage],
      ] as const
    ).map(
      ([name, routeKey]) =>
        new Apigatewayv2Route(this, name, {
          apiId: api.id,
          routeKey,
          target: `integrations/${integration.id}`,
          ...authorization,
        }),
    ) as [Apigatewayv2Route, Apigatewayv2Route];
    new Apigatewayv2Stage(this, "stage", {
      apiId: api.id,
      name: STAGE,
      autoDeploy: true,
      routeSettings: [throttled(issueLink, values.links_per_second), throttled(getImage, values.reads_per_second)],
    });
    new LambdaPermission(this, "permission", {
      statementId: "AllowUploadApi",
      action: "lambda:InvokeFunction",
      functionName: values.function_name,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api.executionArn}/*/*`,
    });
    if (values.cors_origins.length > 0) this.bucketCors(values);
    this.outputs = { api_id: api.id, api_url: api.apiEndpoint, execution_arn: api.executionArn };
  }

  private authorization(apiId: string, values: UploadApiValues) {
    if (values.authorizer === "none") return { authorizationType: "NONE" };
    if (values.authorizer === "iam") return { authorizationType: "AWS_IAM" };
    const authorizer = new Apigatewayv2Authorizer(this, "authorizer", {
      apiId,
      name: "jwt",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: values.jwt_issuer, audience: values.jwt_audience },
    });
    return { authorizationType: "JWT", authorizerId: authorizer.id };
  }

  private bucketCors({ upload_bucket_id: bucket, cors_origins }: UploadApiValues): void {
    new S3BucketCorsConfiguration(this, "cors", {
      bucket,
      corsRule: [
        {
          allowedMethods: ["POST"],
          allowedOrigins: cors_origins,
          allowedHeaders: ["*"],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: PREFLIGHT_SECONDS,
        },
      ],
    });
  }
}

const corsOf = ({ cors_origins, authorizer }: UploadApiValues) => ({
  allowOrigins: cors_origins,
  allowMethods: ["GET", "POST"],
  allowHeaders: ["authorization", "content-type", ...(authorizer === "iam" ? SIGNED_HEADERS : [])],
  maxAge: PREFLIGHT_SECONDS,
});

const throttled = ({ routeKey }: Apigatewayv2Route, perSecond: number) => ({
  routeKey,
  throttlingRateLimit: perSecond,
  throttlingBurstLimit: burstOf(perSecond),
});

/** Mistakes in the combination of several inputs. */
const problemsOf = ({ authorizer, jwt_issuer, jwt_audience, cors_origins }: UploadApiValues): string[] => [
  ...(authorizer === "jwt" && jwt_issuer === "" ? ['Expected an address for jwt_issuer but got ""'] : []),
  ...(authorizer === "jwt" && jwt_audience.length === 0 ? ["Expected an audience for jwt_audience but got []"] : []),
  ...(authorizer !== "none" && cors_origins.includes("*")
    ? [`Expected origins for cors_origins (authorizer is ${authorizer}) but got ["*"]`]
    : []),
];
