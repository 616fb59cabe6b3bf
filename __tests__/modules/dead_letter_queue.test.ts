/** The synthesized dead-letter queue, its permissions, and the retry limits. */
import { committed, devWith, json, one, synthesized } from "./synthesized";

const QUEUE = "${aws_sqs_queue.dead_letter_queue_queue.arn}";

interface Statement {
  readonly Sid: string;
}

const statementsOf = (policy: unknown): Statement[] => (json(policy) as { Statement: Statement[] }).Statement;

describe("dead_letter_queue", () => {
  it("keeps messages for 14 days, encrypted, and accepts TLS only", async () => {
    const stack = synthesized(await devWith("enable_dead_letter_queue = true"));

    expect(one(stack, "aws_sqs_queue")).toEqual({
      name: "image-processor-dev-processor-dead-letters",
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    const { policy, queue_url } = one(stack, "aws_sqs_queue_policy");
    expect(queue_url).toBe("${aws_sqs_queue.dead_letter_queue_queue.url}");
    expect(statementsOf(policy)).toEqual([
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: QUEUE,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is the target of the function, which may send to this queue only", async () => {
    const stack = synthesized(await devWith("enable_dead_letter_queue = true"));

    expect(one(stack, "aws_lambda_function").dead_letter_config).toEqual({ target_arn: QUEUE });
    expect(statementsOf(one(stack, "aws_iam_role_policy").policy)).toContainEqual({
      Sid: "KeepDeadLetters",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: QUEUE,
    });
  });

  it("is encrypted with the stack's key where there is one, and the function may use the key through SQS", async () => {
    const stack = synthesized(await devWith("enable_dead_letter_queue = true\nenable_kms_key = true"));

    const { kms_master_key_id, sqs_managed_sse_enabled } = one(stack, "aws_sqs_queue");
    expect([kms_master_key_id, sqs_managed_sse_enabled]).toEqual(["${aws_kms_key.encryption_key_key.arn}", undefined]);
    expect(statementsOf(one(stack, "aws_iam_role_policy").policy).at(-1)).toEqual({
      Sid: "EncryptDeadLetters",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: "${aws_kms_key.encryption_key_key.arn}",
      Condition: { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } },
    });
  });

  it("is in the outputs", async () => {
    const { output } = synthesized(await committed("prod"));

    expect([output.dead_letter_queue_name, output.dead_letter_queue_url, output.dead_letter_queue_arn]).toMatchObject([
      { value: "image-processor-prod-processor-dead-letters" },
      { value: "${aws_sqs_queue.dead_letter_queue_queue.url}" },
      { value: QUEUE },
    ]);
  });

  it("is absent where enable_dead_letter_queue is off", async () => {
    const { text } = synthesized(await committed("dev"));

    expect(text).not.toMatch(/sqs|"dead_letter_config"|event_invoke_config/);
  });
});

describe("the retry limits", () => {
  it("are those of the environment", async () => {
    const stack = synthesized(await devWith("lambda_retry_attempts = 1\nlambda_max_event_age_seconds = 900"));

    expect(one(stack, "aws_lambda_function_event_invoke_config")).toEqual({
      function_name: "${aws_lambda_function.lambda_function_function.function_name}",
      maximum_retry_attempts: 1,
      maximum_event_age_in_seconds: 900,
    });
  });

  it("belong to the alias where uploads invoke one, because a configuration of the function does not apply to it", async () => {
    const stack = synthesized(await devWith("lambda_retry_attempts = 1\nenable_release_alias = true"));

    expect(one(stack, "aws_lambda_function_event_invoke_config")).toEqual({
      function_name: "${aws_lambda_function.lambda_function_function.function_name}",
      qualifier: "${aws_lambda_alias.lambda_function_alias.name}",
      maximum_retry_attempts: 1,
      maximum_event_age_in_seconds: 21_600,
    });
  });

  it("are not configured where they equal Lambda's defaults", async () => {
    const { resource } = synthesized(await devWith("lambda_retry_attempts = 2"));

    expect(resource).not.toHaveProperty("aws_lambda_function_event_invoke_config");
  });
});

describe("the dashboard", () => {
  const widgetsOf = (stack: ReturnType<typeof synthesized>) => {
    const body = json(one(stack, "aws_cloudwatch_dashboard").dashboard_body);
    return (body as { widgets: { x: number; y: number; properties: { title: string } }[] }).widgets;
  };

  it("charts waiting and dropped events and the queue after the other widgets", async () => {
    const stack = synthesized(await devWith("enable_dead_letter_queue = true\nenable_async_alarms = true"));

    expect(widgetsOf(stack).slice(7)).toMatchObject([
      { x: 8, y: 12, properties: { title: "Uploads Waiting & Dropped" } },
      { x: 16, y: 12, properties: { title: "Dead-Letter Queue" } },
      { x: 0, y: 18, properties: { title: "Recent Errors" } },
    ]);
  });
});
