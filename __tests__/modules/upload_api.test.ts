/** The synthesized upload API: routes, throttling, authorizers, CORS and permissions, and that nothing changes without it. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { UploadApi, type UploadApiProps } from "../../modules/upload_api";
import { warnings } from "../../modules/warnings";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const ON = "enable_metadata_table = true\nenable_upload_api = true";
const JWT = `${ON}
  upload_api_authorizer   = "jwt"
  upload_api_jwt_issuer   = "https://login.example.com"
  upload_api_jwt_audience = ["photos"]`;
const PUBLIC = `${ON}
  upload_api_authorizer   = "none"
  upload_api_public       = true
  upload_api_cors_origins = ["*"]`;

const API = "${aws_apigatewayv2_api.upload_api_api";

const stackWith = async (tfvars: string) => synthesized(await devWith(tfvars));

const routesOf = ({ resource }: Awaited<ReturnType<typeof stackWith>>) =>
  Object.values(resource.aws_apigatewayv2_route ?? {});

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
}

const policyOf = ({ resource }: Awaited<ReturnType<typeof stackWith>>): Statement[] =>
  (json(resource.aws_iam_role_policy?.upload_function_policy?.policy) as { Statement: Statement[] }).Statement;

describe("upload_api", () => {
  it("has two routes to its own function, each with its own limit, for signed requests by default", async () => {
    const stack = await stackWith(ON);

    expect(routesOf(stack).map(({ route_key, authorization_type }) => [route_key, authorization_type])).toEqual([
      ["GET /images/{id}", "AWS_IAM"],
      ["POST /uploads", "AWS_IAM"],
    ]);
    expect(one(stack, "aws_apigatewayv2_stage")).toMatchObject({
      name: "$default",
      auto_deploy: true,
      route_settings: [
        { throttling_rate_limit: 50, throttling_burst_limit: 100 },
        { throttling_rate_limit: 200, throttling_burst_limit: 400 },
      ],
    });
    expect(one(stack, "aws_apigatewayv2_integration")).toMatchObject({
      integration_uri: "${aws_lambda_function.upload_function_function.invoke_arn}",
      payload_format_version: "2.0",
    });
    expect(stack.resource.aws_lambda_permission?.upload_api_permission).toMatchObject({
      principal: "apigateway.amazonaws.com",
      source_arn: `${API}.execution_arn}/*/*`,
    });
    expect(stack.text).not.toContain("cors");
  });

  it("has a separate function with a small package, a role and a log group", async () => {
    const { resource } = await stackWith(ON);

    expect(resource.aws_lambda_function?.upload_function_function).toMatchObject({
      function_name: "image-processor-dev-uploads",
      handler: "upload-api.handler",
      role: "${aws_iam_role.upload_function_role.arn}",
      environment: {
        variables: {
          UPLOAD_BUCKET: "${aws_s3_bucket.s3_buckets_upload.id}",
          PROCESSED_BUCKET: "${aws_s3_bucket.s3_buckets_processed.id}",
          RECORDS_TABLE: "${aws_dynamodb_table.metadata_table_table.name}",
          MAX_IMAGE_BYTES: "104857600",
          LOG_LEVEL: "INFO",
        },
      },
    });
    expect(resource.aws_cloudwatch_log_group?.upload_function_log_group).toMatchObject({
      ...{ name: "/aws/lambda/image-processor-dev-uploads", retention_in_days: 7 },
    });
  });

  it("may only write below uploads/, read variants below uploads/, and write and find records", async () => {
    const statements = policyOf(await stackWith(ON));
    const [uploads, variants] = ["upload", "processed"].map((name) => `\${aws_s3_bucket.s3_buckets_${name}.arn}`);
    const table = "${aws_dynamodb_table.metadata_table_table.arn}";

    expect(statements.map(({ Sid, Action, Resource }) => [Sid, [Action].flat(), Resource])).toEqual([
      ["AcceptDirectUploads", ["s3:PutObject"], `${uploads}/uploads/*`],
      ["LinkToVariants", ["s3:GetObject"], `${variants}/uploads/*`],
      ["WriteRecords", ["dynamodb:UpdateItem"], table],
      ["FindRecords", ["dynamodb:Query"], `${table}/index/uploads`],
      [
        ...["WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"]],
        "${aws_cloudwatch_log_group.upload_function_log_group.arn}:*",
      ],
    ]);
  });

  it("uses the stack's key for uploads, links, records, settings and its log", async () => {
    const stack = await stackWith(`${ON}\nenable_kms_key = true`);
    const key = JSON.stringify(json(one(stack, "aws_kms_key").policy));
    const group = (name: string) =>
      `arn:aws:logs:us-east-1:\${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/image-processor-dev-${name}`;

    expect(policyOf(stack).map(({ Sid }) => Sid)).toEqual([
      ...["AcceptDirectUploads", "LinkToVariants", "WriteRecords", "DecryptRecords", "FindRecords"],
      ...["EncryptDirectUploads", "DecryptVariants", "WriteLogs", "DecryptSettings"],
    ]);
    expect(key).toContain(JSON.stringify([group("processor"), group("uploads")]));
    expect(stack.resource.aws_cloudwatch_log_group?.upload_function_log_group?.kms_key_id).toBe(
      "${aws_kms_key.encryption_key_key.arn}",
    );
  });

  it("accepts tokens of an issuer for an audience", async () => {
    const stack = await stackWith(JWT);

    expect(one(stack, "aws_apigatewayv2_authorizer")).toMatchObject({
      authorizer_type: "JWT",
      identity_sources: ["$request.header.Authorization"],
      jwt_configuration: { issuer: "https://login.example.com", audience: ["photos"] },
    });
    expect(new Set(routesOf(stack).map(({ authorizer_id: id }) => id))).toEqual(
      new Set(["${aws_apigatewayv2_authorizer.upload_api_authorizer.id}"]),
    );
  });

  it("allows pages of given origins to call the API and to upload to the bucket", async () => {
    const stack = await stackWith(`${JWT}\nupload_api_cors_origins = ["https://example.com"]`);

    expect(one(stack, "aws_apigatewayv2_api").cors_configuration).toEqual({
      allow_origins: ["https://example.com"],
      allow_methods: ["GET", "POST"],
      allow_headers: ["authorization", "content-type"],
      max_age: 3600,
    });
    expect(one(stack, "aws_s3_bucket_cors_configuration")).toMatchObject({
      bucket: "${aws_s3_bucket.s3_buckets_upload.id}",
      cors_rule: [{ allowed_methods: ["POST"], allowed_origins: ["https://example.com"] }],
    });
  });

  it("is public only on request, with a warning", async () => {
    const environment = await devWith(PUBLIC);
    const stack = synthesized(environment);

    expect(routesOf(stack).map(({ authorization_type: type }) => type)).toEqual(["NONE", "NONE"]);
    expect(one(stack, "aws_apigatewayv2_api").cors_configuration).toMatchObject({ allow_origins: ["*"] });
    expect(warnings([environment])).toContain(
      "dev has a public upload API: anyone who knows its address can store files in your bucket, at your cost. Only upload_api_links_per_second (50) limits them.",
    );
    expect(warnings([await devWith(ON)]).join()).not.toContain("public upload API");
  });

  it("finds the records of a direct upload by an index that the table has only with the API", async () => {
    const names = async (tfvars: string) =>
      (one(await stackWith(tfvars), "aws_dynamodb_table").global_secondary_index as { name: string }[]).map(
        ({ name }) => name,
      );

    expect(await names(ON)).toEqual(["problems", "uploads"]);
    expect(await names("enable_metadata_table = true")).toEqual(["problems"]);
  });

  it("adds outputs where it is on", async () => {
    const [without, stack] = [await stackWith("enable_metadata_table = true"), await stackWith(ON)];

    expect(Object.keys(stack.output).filter((name) => !(name in without.output))).toEqual([
      ...["upload_api_execution_arn", "upload_api_id", "upload_api_url", "upload_function_name"],
    ]);
  });

  it("changes nothing where it is off: nothing mentions it", async () => {
    for (const name of ["dev", "staging"])
      expect(synthesized(await committed(name)).text).not.toMatch(/apigateway|upload_api|upload_function|"uploads"/i);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["enable_upload_api = true",                                  "false (the upload API needs enable_metadata_table) for enable_upload_api but got true"],
    [`${ON}\nupload_api_authorizer = "none"`,                     '"iam" or "jwt" ("none" needs upload_api_public = true) for upload_api_authorizer but got "none"'],
    [`${ON}\nupload_api_public = true`,                           '"none" (upload_api_public is true) for upload_api_authorizer but got "iam"'],
    [`${ON}\nupload_api_authorizer = "jwt"`,                      'the address of an issuer for upload_api_jwt_issuer but got ""'],
    [`${JWT}\nupload_api_cors_origins = ["*"]`,                   'origins ("*" needs upload_api_public = true) for upload_api_cors_origins but got ["*"]'],
    [`${JWT.replace('["photos"]', "[]")}`,                        "a value (upload_api_jwt_issuer has one) for upload_api_jwt_audience but got []"],
    [`${ON}\nupload_api_cors_origins = ["example.com"]`,          'a list of origins such as "https://example.com", or ["*"] for upload_api_cors_origins but got ["example.com"]'],
    [`${ON}\nupload_api_links_per_second = 0`,                    "a whole number of requests per second from 1 to 10000 for upload_api_links_per_second but got 0"],
    [`${ON}\nexisting_upload_bucket_name = "old"\nupload_api_cors_origins = ["https://example.com"]`, '[] (the owner of an existing bucket configures its CORS) for upload_api_cors_origins but got ["https://example.com"]'],
  ])("refuses %j in one line", async (tfvars, message) => {
    await expect(devWith(tfvars)).rejects.toThrow(`Expected ${message}`);
  });
});

describe("the module on its own", () => {
  const REQUIRED: UploadApiProps = {
    api_name: "invoices",
    function_name: "links",
    function_invoke_arn: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations",
    upload_bucket_id: "inbox",
  };

  const make = (props: Partial<UploadApiProps>) => {
    const stack = new TerraformStack(new App({ outdir: "unused" }), "other");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    new UploadApi(stack, "api", { ...REQUIRED, ...props });
    return JSON.parse(Testing.synth(stack)).resource;
  };

  it("works for any function and bucket", () => {
    expect(Object.values(make({}).aws_apigatewayv2_api)).toMatchObject([{ name: "invoices" }]);
  });

  // biome-ignore format: a table is read down its columns
  it.each<[Partial<UploadApiProps>, string]>([
    [{ authorizer: "jwt", jwt_audience: ["a"] },                        'upload_api: Expected an address for jwt_issuer but got ""'],
    [{ authorizer: "jwt", jwt_issuer: "https://login.example.com" },    "upload_api: Expected an audience for jwt_audience but got []"],
    [{ cors_origins: ["*"] },                                           'upload_api: Expected origins for cors_origins (authorizer is iam) but got ["*"]'],
    [{ api_name: "" },                                                  'upload_api: Expected an API name of up to 128 characters for api_name but got ""'],
  ])("refuses %j in one line", (props, message) => {
    expect(() => make(props)).toThrow(new Error(message));
  });
});
