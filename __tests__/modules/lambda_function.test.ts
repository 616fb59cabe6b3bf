/** The synthesized function, its role and its log group. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_EFFORT } from "../../handler/contract/efforts";
import { PROCESS_ENVIRONMENT } from "../../handler/contract/runtime";
import { SETTINGS } from "../../handler/contract/settings";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const UPLOAD = "${aws_s3_bucket.s3_buckets_upload.arn}";
const PROCESSED = "${aws_s3_bucket.s3_buckets_processed.arn}";

describe("lambda_function", () => {
  const images = [
    {
      Sid: "ReadUploads",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: `${UPLOAD}/*`,
    },
    { Sid: "TellDeletedFromDenied", Effect: "Allow", Action: ["s3:ListBucket"], Resource: UPLOAD },
    { Sid: "WriteVariants", Effect: "Allow", Action: ["s3:PutObject"], Resource: `${PROCESSED}/*` },
  ];
  const logs = {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: "${aws_cloudwatch_log_group.lambda_function_log_group.arn}:*",
  };

  it("has exactly these permissions where it publishes metrics itself", async () => {
    const { policy, ...others } = one(synthesized(await devWith('metric_namespace = "Mine"')), "aws_iam_role_policy");

    const publish = {
      Sid: "PublishMetrics",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "Mine" } },
    };
    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: [...images, publish, logs] });
    expect(others).toEqual({ name: "least-privilege", role: "${aws_iam_role.lambda_function_role.id}" });
  });

  it("has no permission to publish metrics where they are embedded in the log", async () => {
    const { policy } = one(synthesized(await devWith('metrics_transport = "emf"')), "aws_iam_role_policy");

    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: [...images, logs] });
  });

  it("may find and delete variants only where an upload's deletion deletes them, and then hears of it", async () => {
    const stack = synthesized(await devWith('metrics_transport = "emf"\ndelete_variants_with_upload = true'));

    const { policy } = one(stack, "aws_iam_role_policy");
    const [notification] = one(stack, "aws_s3_bucket_notification").lambda_function as { events: string[] }[];
    expect(json(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        ...images,
        { Sid: "FindVariants", Effect: "Allow", Action: ["s3:ListBucket"], Resource: PROCESSED },
        {
          Sid: "DeleteVariants",
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:DeleteObject"],
          Resource: `${PROCESSED}/*`,
        },
        logs,
      ],
    });
    expect(notification?.events).toEqual(["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]);
  });

  it("may use the stack's key to read objects of the upload bucket and to write those of the processed bucket", async () => {
    const { policy } = one(synthesized(await devWith("enable_kms_key = true")), "aws_iam_role_policy");

    const use = (Sid: string, action: string, bucket: string) => ({
      Sid,
      Effect: "Allow",
      Action: [action],
      Resource: "${aws_kms_key.encryption_key_key.arn}",
      Condition: { StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucket, `${bucket}/*`] } },
    });
    expect((json(policy) as { Statement: unknown[] }).Statement.slice(images.length + 1, -2)).toEqual([
      use("DecryptUploads", "kms:Decrypt", UPLOAD),
      use("EncryptVariants", "kms:GenerateDataKey", PROCESSED),
    ]);
  });

  it("has a role that only Lambda can assume", async () => {
    const { assume_role_policy, ...others } = one(synthesized(await committed("dev")), "aws_iam_role");

    expect(json(assume_role_policy)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    expect(others).toEqual({ name: "image-processor-dev-processor-role" });
  });

  it("writes to its own log group, which is created first", async () => {
    const { resource } = synthesized(await committed("prod"));

    expect(resource.aws_cloudwatch_log_group?.lambda_function_log_group).toEqual({
      name: "/aws/lambda/image-processor-prod-processor",
      retention_in_days: 30,
      kms_key_id: "${aws_kms_key.encryption_key_key.arn}",
    });
  });

  it("has the configuration of the environment", async () => {
    const stack = synthesized(await committed("prod"));

    const zip = "assets/lambda_function_package/current/handler.zip";
    expect(stack.resource.aws_lambda_function?.lambda_function_function).toEqual({
      function_name: "image-processor-prod-processor",
      role: "${aws_iam_role.lambda_function_role.arn}",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: zip,
      source_code_hash: `\${filebase64sha256("${zip}")}`,
      timeout: 60,
      memory_size: 1769,
      reserved_concurrent_executions: 100,
      publish: true,
      kms_key_arn: "${aws_kms_key.encryption_key_key.arn}",
      tracing_config: { mode: "Active" },
      environment: {
        variables: {
          PROCESSED_BUCKET: "${aws_s3_bucket.s3_buckets_processed.id}",
          LOG_LEVEL: "INFO",
          METRIC_NAMESPACE: "ImageProcessor/Lambda/prod",
          METRICS_TRANSPORT: "emf",
          RECORDS_TABLE: "${aws_dynamodb_table.metadata_table_table.name}",
          REFUSAL_LOG_LEVEL: "WARN",
          SLO_SECONDS: "300",
          LARGE_IMAGE_BYTES: "10485760",
          MAX_IMAGE_BYTES: "104857600",
          MAX_IMAGE_PIXELS: "100000000",
          MAX_IMAGE_SIDE_PX: "65535",
          MAX_IMAGE_FRAMES: "1000",
          MALLOC_MMAP_THRESHOLD_: "1048576",
          DELETE_VARIANTS_WITH_UPLOAD: "off",
          KEEP_SMALLER_ORIGINAL: "on",
          KEEP_COPYRIGHT: "off",
          MANIFEST: "off",
          CACHE_CONTROL: "public, max-age=86400",
          VARIANT_TAGS: "{}",
          ENCODER_EFFORT: DEFAULT_EFFORT,
          VARIANTS: JSON.stringify(DEFAULT_VARIANTS),
          TRACING: "on",
        },
      },
      dead_letter_config: { target_arn: "${aws_sqs_queue.dead_letter_queue_queue.arn}" },
      logging_config: {
        log_format: "JSON",
        log_group: "${aws_cloudwatch_log_group.lambda_function_log_group.name}",
        system_log_level: "INFO",
        application_log_level: "INFO",
      },
      depends_on: ["aws_cloudwatch_log_group.lambda_function_log_group", "aws_iam_role_policy.lambda_function_policy"],
    });
    expect(existsSync(join(stack.folder, zip))).toBe(true);
  });

  it("gets every setting that the handler reads", async () => {
    const { resource } = synthesized(await committed("prod"));

    const { environment } = resource.aws_lambda_function?.lambda_function_function ?? {};
    expect(environment).toHaveProperty("variables");
    const { variables } = environment as { variables: Record<string, string> };
    expect(Object.keys(variables).sort()).toEqual(Object.keys({ ...SETTINGS, ...PROCESS_ENVIRONMENT }).sort());
  });

  it.each([
    ["DEBUG", "DEBUG"],
    ["INFO", "INFO"],
    ["WARNING", "INFO"],
    ["ERROR", "INFO"],
  ])(
    "at log_level %s makes Lambda keep lines from %s, because metrics are made from them",
    async (logLevel, passed) => {
      const { logging_config } = one(synthesized(await devWith(`log_level = "${logLevel}"`)), "aws_lambda_function");

      expect(logging_config).toMatchObject({ application_log_level: passed, system_log_level: "INFO" });
    },
  );
});
