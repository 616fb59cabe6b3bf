/** The synthesized backfill: state machine, function, bucket and permissions, and that nothing changes without it. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import validate from "asl-validator";
import { App, TerraformStack } from "cdktf";
import { Backfill, type BackfillProps } from "../../modules/backfill";
import { committed, devWith, json, one, type Synthesized, synthesized } from "./synthesized";

const ON = "enable_backfill = true";
const ACCOUNT = "${data.aws_caller_identity.current.account_id}";
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:image-processor-dev-backfill`;
const RUNS = "${aws_s3_bucket.backfill_runs.arn}";

const stackWith = async (tfvars: string) => synthesized(await devWith(tfvars));

const definitionOf = (stack: Synthesized) => json(one(stack, "aws_sfn_state_machine").definition) as object;

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
}

const policyOf = ({ resource }: Synthesized, role: string): Statement[] =>
  (json(resource.aws_iam_role_policy?.[`${role}_policy`]?.policy) as { Statement: Statement[] }).Statement;

describe("the state machine of a backfill", () => {
  it("has a definition that Step Functions accepts", async () => {
    const definition = definitionOf(await stackWith(ON));
    const { isValid, errorsText } = validate(definition);

    expect(errorsText()).toBe("");
    expect(isValid).toBe(true);
    expect(validate({ ...definition, StartAt: "Nowhere" }).isValid).toBe(false);
  });

  it("reads a manifest, and passes batches to the function, no more at once than it has concurrency for", async () => {
    const stack = await stackWith(`${ON}\nbackfill_max_concurrency = 7\nbackfill_batch_size = 4`);

    expect(one(stack, "aws_sfn_state_machine")).toMatchObject({
      name: "image-processor-dev-backfill",
      type: "STANDARD",
    });
    expect(definitionOf(stack)).toMatchObject({
      TimeoutSeconds: 72 * 3_600,
      States: {
        Backfill: {
          Label: "batches",
          ItemReader: {
            ReaderConfig: { InputType: "JSONL" },
            Parameters: { Bucket: "${aws_s3_bucket.backfill_runs.id}", "Key.$": "$.manifest" },
          },
          ItemBatcher: { MaxItemsPerBatch: 4, BatchInput: { "all.$": "$.all" } },
          MaxConcurrency: 7,
          ToleratedFailurePercentage: 5,
          ItemProcessor: {
            ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
            States: {
              Process: {
                Parameters: { FunctionName: "${aws_lambda_function.backfill_function_function.arn}", "Payload.$": "$" },
                Retry: [
                  { ErrorEquals: expect.arrayContaining(["Lambda.TooManyRequestsException"]), JitterStrategy: "FULL" },
                  { ErrorEquals: ["States.ALL"], MaxAttempts: 2, JitterStrategy: "FULL" },
                ],
              },
            },
          },
          ResultWriter: { Parameters: { Bucket: "${aws_s3_bucket.backfill_runs.id}", "Prefix.$": "$.results" } },
        },
      },
    });
    expect(stack.resource.aws_lambda_function?.backfill_function_function?.reserved_concurrent_executions).toBe(7);
  });

  it("may invoke one function, read manifests, write results, and run itself", async () => {
    const statements = policyOf(await stackWith(ON), "backfill");

    expect(statements.map(({ Sid, Action, Resource }) => [Sid, Action, Resource])).toEqual([
      ["ProcessBatches", ["lambda:InvokeFunction"], "${aws_lambda_function.backfill_function_function.arn}"],
      ["ReadManifests", ["s3:GetObject"], `${RUNS}/manifests/*`],
      [
        "WriteResults",
        ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
        `${RUNS}/results/*`,
      ],
      ["StartBatches", ["states:StartExecution"], MACHINE],
      [
        ...["StopBatches", ["states:DescribeExecution", "states:StopExecution"]],
        `${MACHINE.replace("stateMachine", "execution")}:*`,
      ],
      ["RedriveBatches", ["states:RedriveExecution"], `${MACHINE.replace("stateMachine", "execution")}/batches:*`],
    ]);
  });

  it("is run by Step Functions for this state machine only", async () => {
    const { resource } = await stackWith(ON);

    expect(json(resource.aws_iam_role?.backfill_role?.assume_role_policy)).toMatchObject({
      Statement: [
        {
          Principal: { Service: "states.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT }, ArnEquals: { "aws:SourceArn": MACHINE } },
        },
      ],
    });
  });

  it("keeps its lists in a private bucket that no upload notification watches, and deletes them", async () => {
    const { resource } = await stackWith(`${ON}\nbackfill_keep_days = 20`);

    expect(resource.aws_s3_bucket?.backfill_runs).toMatchObject({ bucket_prefix: "image-processor-dev-backfill-" });
    expect(resource.aws_s3_bucket_public_access_block).toHaveProperty("backfill_runs_public_access");
    expect(resource.aws_s3_bucket_lifecycle_configuration?.backfill_runs_lifecycle?.rule).toMatchObject([
      {},
      { expiration: [{ days: 20 }] },
    ]);
    expect(Object.keys(resource.aws_s3_bucket_notification ?? {})).toEqual(["upload_notification"]);
  });
});

describe("the function of a backfill", () => {
  it("is the live function's package with a separate entry point, namespace, role and log group", async () => {
    const { resource } = await stackWith(`${ON}\nenable_metadata_table = true\nrefusal_log_level = "ERROR"`);
    const { lambda_function_function: live, backfill_function_function: own } = resource.aws_lambda_function ?? {};
    const variables = (fn: typeof live) =>
      (fn as { readonly environment: { readonly variables: Readonly<Record<string, string>> } }).environment.variables;
    const changed = Object.entries(variables(own)).filter(([name, value]) => value !== variables(live)[name]);

    expect(own).toMatchObject({
      ...{ function_name: "image-processor-dev-backfill", handler: "index.backfill" },
      ...{ timeout: live?.timeout, memory_size: live?.memory_size, source_code_hash: expect.any(String) },
    });
    expect(Object.keys(variables(own))).toEqual(Object.keys(variables(live)));
    expect(changed).toEqual([
      ["METRIC_NAMESPACE", "ImageProcessor/Lambda/backfill"],
      ["REFUSAL_LOG_LEVEL", "WARN"],
    ]);
    expect(resource.aws_cloudwatch_log_group?.backfill_function_log_group?.name).toBe(
      "/aws/lambda/image-processor-dev-backfill",
    );
  });

  it("may do what the live function may, publish to its own namespace, and see what is stored", async () => {
    const stack = await stackWith(ON);
    const [live, own] = [policyOf(stack, "lambda_function"), policyOf(stack, "backfill_function")];

    expect(own.map(({ Sid }) => Sid)).toEqual([
      ...["ReadUploads", "TellDeletedFromDenied", "WriteVariants", "PublishMetrics"],
      ...["TellMissingFromDenied", "FindStoredVariants", "WriteLogs"],
    ]);
    expect(own.find(({ Sid }) => Sid === "PublishMetrics")).toMatchObject({
      Condition: { StringEquals: { "cloudwatch:namespace": "ImageProcessor/Lambda/backfill" } },
    });
    expect(own.slice(0, 3)).toEqual(live.slice(0, 3));
  });

  it("uses the stack's key for its log, the manifests and the results", async () => {
    const stack = await stackWith(`${ON}\nenable_kms_key = true`);
    const key = JSON.stringify(json(one(stack, "aws_kms_key").policy));

    expect(key).toContain("log-group:/aws/lambda/image-processor-dev-backfill");
    expect(policyOf(stack, "backfill").map(({ Sid }) => Sid)).toEqual(
      expect.arrayContaining(["DecryptManifests", "EncryptResults"]),
    );
  });
});

describe("without enable_backfill", () => {
  it.each(["dev", "staging"])("nothing of %s mentions a backfill", async (name) => {
    expect(synthesized(await committed(name)).text).not.toMatch(/backfill|states:/i);
  });
});

describe("a batch", () => {
  const fitOf = async (tfvars: string) => {
    const stack = await stackWith(`${ON}\n${tfvars}`);
    const { backfill_function_function: own } = stack.resource.aws_lambda_function ?? {};
    const batch = definitionOf(stack) as { States: { Backfill: { ItemBatcher: { MaxItemsPerBatch: number } } } };
    return [own?.timeout, batch.States.Backfill.ItemBatcher.MaxItemsPerBatch];
  };

  it.each<[string, number, number]>([
    ["lambda_timeout = 60", 60, 10],
    ["lambda_timeout = 60\nbackfill_batch_size = 3", 60, 3],
    ["lambda_timeout = 60\nbackfill_slowest_image_seconds = 7", 60, 8],
    ["lambda_timeout = 60\nbackfill_slowest_image_seconds = 60", 60, 1],
    ["lambda_timeout = 900\nbackfill_batch_size = 100", 65, 10],
  ])("with %j, has a timeout of %i s and %i objects", async (tfvars, timeout, objects) => {
    await expect(fitOf(tfvars)).resolves.toEqual([timeout, objects]);
  });

  it("ends within an Express workflow with all of its attempts and the longest pauses", async () => {
    const definition = JSON.stringify(definitionOf(await stackWith(`${ON}\nlambda_timeout = 900`)));
    const retriers = JSON.parse(/"Retry":(\[.*?\}\])/.exec(definition)?.[1] ?? "[]") as Record<string, number>[];
    const pauses = retriers.flatMap(
      ({ IntervalSeconds: first = 0, BackoffRate: rate = 0, MaxAttempts, MaxDelaySeconds: most = 0 }) =>
        Array.from({ length: MaxAttempts ?? 0 }, (_, i) => Math.min(first * rate ** i, most)),
    );

    expect(pauses).toHaveLength(10);
    expect(pauses.reduce((sum, each) => sum + each, 0) + 3 * 65).toBeLessThanOrEqual(300);
  });
});

describe("refuses", () => {
  const SLOW = "backfill_slowest_image_seconds";

  it.each([
    [
      `lambda_timeout = 60\n${SLOW} = 61`,
      `Expected at most 60 seconds (the timeout of a batch, from lambda_timeout) for ${SLOW} but got 61`,
    ],
  ])("%j", async (tfvars, message) => {
    await expect(devWith(`${ON}\n${tfvars}`)).rejects.toThrow(message);
    await expect(devWith(tfvars)).resolves.toBeDefined();
  });

  it.each([
    [
      { function_timeout: 20, slowest_image_seconds: 21 },
      "backfill: Expected at most 20 seconds (function_timeout) for slowest_image_seconds but got 21",
    ],
    [
      { function_timeout: 66 },
      "backfill: Expected a whole number of seconds from 1 to 65 for function_timeout but got 66",
    ],
  ])("in the module, %j", (values, message) => {
    const stack = new TerraformStack(new App({ outdir: "unused" }), "other");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    const props: BackfillProps = {
      state_machine_name: "invoices",
      role_name: "invoices",
      bucket_prefix: "invoices-",
      function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:invoices",
      ...values,
    };

    expect(() => new Backfill(stack, "backfill", props)).toThrow(message);
  });
});
