/** Every synthesized alarm. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../modules/variables";
import { alarmsOf, linesOf, topic } from "./alarm-lines";
import { committed, devWith, json, one, synthesized } from "./synthesized";

/** The environment as it would be if every alarm notified its own topic. */
const withEach = async (name: string): Promise<Environment> => ({
  ...(await committed(name)),
  alarm_routing: "each",
  refusal_log_level: "ERROR",
});

/** The expected alarms, written by hand and not derived from the ledgers. */
const expectedOf = ({ environment, metric_namespace: ns, ...flags }: Environment) => {
  const fn = `image-processor-${environment}-processor`;
  const of = `{"FunctionName":"${fn}"}`;
  const version = "${aws_lambda_function.lambda_function_function.version}";
  const ofVersion = JSON.stringify({ ExecutedVersion: version, FunctionName: fn, Resource: `${fn}:live` });
  const ofTable = JSON.stringify({ Operation: "UpdateItem", TableName: `${fn}-records` });
  const ofApi = (name: string, statistic = "Sum") =>
    `${statistic} of AWS/ApiGateway ${name} {"ApiId":"\${aws_apigatewayv2_api.upload_api_api.id}","Stage":"$default"} in 300 s`;
  const ofRuns = (name: string, of = "") =>
    `Sum of AWS/States ${name} {"StateMachineArn":"\${aws_sfn_state_machine.backfill_machine.arn}${of}"} in 300 s`;
  const ofBackfill = (name: string) =>
    `Sum of ${ns}/backfill ${name} {"FunctionName":"\${aws_lambda_function.backfill_function_function.function_name}"} in 900 s`;
  const rate = [
    `s = Sum of ${ns} ProcessingSuccess ${of} in 300 s`,
    `f = Sum of ${ns} ProcessingFailure ${of} in 300 s`,
    "rate! = IF((s + f) >= 5, 100 * s / (s + f))",
  ].join("; ");
  const above = "GreaterThanOrEqualToThreshold";
  // biome-ignore format: a table is read down its columns
  const table: Record<string, string> = {
    "high-error-rate":         `Sum of AWS/Lambda Errors ${of} in 300 s | ${above} 3, 1 of 1, notBreaching | ${topic("critical")}`,
    "throttles":               `Sum of AWS/Lambda Throttles ${of} in 300 s | ${above} 5, 1 of 1, notBreaching | ${topic("critical")}`,
    "log-errors":              `Sum of ${ns} LambdaErrors {} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("critical")}`,
    "high-duration":           `Maximum of AWS/Lambda Duration ${of} in 300 s | ${above} 45000, 1 of 1, notBreaching | ${topic("performance")}`,
    "high-concurrency":        `Maximum of AWS/Lambda ConcurrentExecutions ${of} in 60 s | ${above} 50, 1 of 1, notBreaching | ${topic("performance")}`,
    "low-success-rate":        `${rate} | LessThanThreshold 90, 2 of 3, notBreaching | ${topic("performance")}`,
    "timeout-errors":          `Sum of ${ns} TimeoutErrors {} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("log")}`,
    "memory-errors":           `Sum of ${ns} MemoryErrors {} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("log")}`,
    "image-processing-errors": `Sum of ${ns} ImageProcessingErrors {} in 300 s | ${above} 3, 1 of 1, notBreaching | ${topic("log")}`,
    "s3-permission-errors":    `Sum of ${ns} S3PermissionErrors {} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("log")}`,
    "critical-errors":         `Sum of ${ns} CriticalErrors {} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("log")}`,
    "large-images":            `Sum of ${ns} LargeImages {} in 300 s | ${above} 5, 1 of 1, notBreaching | ${topic("log")}`,
    ...(flags.enable_release_alias && {
      "release-errors":        `Sum of AWS/Lambda Errors ${ofVersion} in 60 s | ${above} 1, 1 of 5, notBreaching | ${topic("critical")}`,
    }),
    ...(flags.enable_memory_alarm && {
      "memory-high":           `Maximum of ${ns} MemoryUsedMB {} in 300 s | ${above} 1593, 1 of 1, notBreaching | ${topic("performance")}`,
    }),
    ...(flags.enable_async_alarms && {
      "event-age":             `Maximum of AWS/Lambda AsyncEventAge ${of} in 300 s | ${above} 600000, 1 of 1, notBreaching | ${topic("performance")}`,
      "events-dropped":        `Sum of AWS/Lambda AsyncEventsDropped ${of} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("critical")}`,
    }),
    ...(flags.enable_dead_letter_queue && {
      "dead-letters":          `Maximum of AWS/SQS ApproximateNumberOfMessagesVisible {"QueueName":"${fn}-dead-letters"} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "dead-letter-errors":    `Sum of AWS/Lambda DeadLetterErrors ${of} in 60 s | ${above} 1, 1 of 1, notBreaching | ${topic("critical")}`,
    }),
    ...(flags.enable_metadata_table && {
      "table-throttles":       `Sum of AWS/DynamoDB ThrottledRequests ${ofTable} in 300 s | ${above} 10, 1 of 1, notBreaching | ${topic("performance")}`,
      "table-errors":          `Sum of AWS/DynamoDB SystemErrors ${ofTable} in 300 s | ${above} 3, 1 of 1, notBreaching | ${topic("performance")}`,
      "records-lost":          `Sum of ${ns} RecordsLost {} in 300 s | ${above} 1, 1 of 1, notBreaching | ${topic("log")}`,
    }),
    ...(flags.enable_upload_api && {
      "upload-api-errors":     `e = ${ofApi("5xx")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND 100 * FILL(e, 0) >= 20 * n, 1, 0) | ${above} 1, 1 of 3, notBreaching | ${topic("critical")}`,
      "upload-api-refusals":   `e = ${ofApi("4xx")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND 100 * FILL(e, 0) >= 50 * n, 1, 0) | ${above} 1, 1 of 3, notBreaching | ${topic("performance")}`,
      "upload-api-latency":    `l = ${ofApi("Latency", "p99")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND l >= 3000, 1, 0) | ${above} 1, 1 of 3, notBreaching | ${topic("performance")}`,
      "links-unused":          `i = Sum of ${ns} LinksIssued {} in 3600 s; u = Sum of ${ns} LinksUsed {} in 3600 s; rate! = IF(i >= 20 AND 100 * (i - FILL(u, 0)) >= 50 * i, 1, 0) | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
    }),
    ...(flags.enable_backfill && {
      "backfill-failed":       `${ofRuns("ExecutionsFailed")} | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "backfill-timed-out":    `${ofRuns("ExecutionsTimedOut")} | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "backfill-aborted":      `${ofRuns("ExecutionsAborted")} | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "backfill-batches-failed": `${ofRuns("ExecutionsFailed", "/batches")} | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "backfill-batches-timed-out": `${ofRuns("ExecutionsTimedOut", "/batches")} | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
      "backfill-failure-rate": `f = ${ofBackfill("ProcessingFailure")}; s = ${ofBackfill("ProcessingSuccess")}; rate! = IF(f >= 10 AND 100 * f >= 5 * (f + FILL(s, 0)), 1, 0) | ${above} 1, 1 of 1, notBreaching | ${topic("performance")}`,
    }),
    ...(flags.enable_no_invocation_alarm && {
      "no-invocations":        `Sum of AWS/Lambda Invocations ${of} in 300 s | LessThanThreshold 1, 3 of 3, breaching | ${topic("performance")}`,
    }),
  };
  return Object.fromEntries(Object.entries(table).map(([name, alarm]) => [`${fn}-${name}`, alarm]));
};

describe("alarms", () => {
  it.each([
    ["dev", 12],
    ["staging", 17],
    ["prod", 32],
  ])(
    "of %s, with alarm_routing each, are exactly these %i, and notify the topic of their severity",
    async (name, count) => {
      const environment = await withEach(name);

      const alarms = linesOf(synthesized(environment));

      expect(alarms).toEqual(expectedOf(environment));
      expect(Object.keys(alarms)).toHaveLength(count);
    },
  );

  it("of a backfill exist only with it", async () => {
    const environment = { ...(await withEach("prod")), enable_backfill: true };

    expect(linesOf(synthesized(environment))).toEqual(expectedOf(environment));
  });

  it("have no other arguments", async () => {
    const alarms = alarmsOf(synthesized(await withEach("prod")));

    const common =
      "alarm_actions alarm_description alarm_name comparison_operator datapoints_to_alarm evaluation_periods";
    const always = `${common} ok_actions threshold treat_missing_data`.split(" ");
    for (const alarm of alarms) {
      const signal = alarm.metric_query ? ["metric_query"] : ["metric_name", "namespace", "period", "statistic"];
      const dimensions = alarm.dimensions ? ["dimensions"] : [];
      expect(Object.keys(alarm).sort()).toEqual([...always, ...signal, ...dimensions].sort());
    }
  });

  it("notify the same topic when they return to OK", async () => {
    const alarms = alarmsOf(synthesized(await committed("prod")));

    expect(alarms.map((alarm) => alarm.ok_actions)).toEqual(alarms.map((alarm) => alarm.alarm_actions));
  });

  it("take every threshold from the environment", async () => {
    const environment = await devWith(`
      error_threshold                 = 11
      duration_threshold_ms           = 12
      throttle_threshold              = 13
      concurrent_executions_threshold = 14
      log_error_threshold             = 15
      success_rate_threshold_percent  = 16.5
      image_error_threshold           = 17
      large_images_threshold          = 18
    `);

    const alarms = alarmsOf(synthesized(environment));

    expect(Object.fromEntries(alarms.map((alarm) => [alarm.alarm_name, alarm.threshold]))).toEqual({
      "image-processor-dev-processor-high-error-rate": 11,
      "image-processor-dev-processor-high-duration": 12,
      "image-processor-dev-processor-throttles": 13,
      "image-processor-dev-processor-high-concurrency": 14,
      "image-processor-dev-processor-log-errors": 15,
      "image-processor-dev-processor-low-success-rate": 16.5,
      "image-processor-dev-processor-image-processing-errors": 17,
      "image-processor-dev-processor-large-images": 18,
      "image-processor-dev-processor-timeout-errors": 1,
      "image-processor-dev-processor-memory-errors": 1,
      "image-processor-dev-processor-s3-permission-errors": 1,
      "image-processor-dev-processor-critical-errors": 1,
    });
  });

  it("take the minimum number of images for a success rate from the environment", async () => {
    const environment = await devWith("success_rate_min_samples = 20");

    const [rate] = Object.entries(linesOf(synthesized(environment))).filter(([name]) => name.endsWith("success-rate"));

    expect(rate?.[1]).toContain("rate! = IF((s + f) >= 20, 100 * s / (s + f))");
  });

  it.each([
    [-1, "50"],
    [100, "50"],
    [60, "48 (80 % of reserved_concurrent_executions)"],
    [2, "1 (80 % of reserved_concurrent_executions)"],
    // 80 % of 1 rounds down to 0: an alarm at >= 0 would always be in ALARM.
    [1, "1"],
  ])("on concurrency, with %i reserved, fires at %s", async (reserved, words) => {
    const threshold = reserved > 0 && reserved < 50 ? reserved : 50;
    const environment = await devWith(
      `reserved_concurrent_executions = ${reserved}\nconcurrent_executions_threshold = ${threshold}`,
    );

    const alarm = alarmsOf(synthesized(environment)).find(({ alarm_name }) => alarm_name.endsWith("high-concurrency"));

    expect(alarm?.alarm_description.split(" >= ")[1]).toMatch(`${words} in 60 s. `);
    expect(alarm?.threshold).toBe(Number.parseInt(words, 10));
  });

  it("state their numbers in their descriptions", async () => {
    const environment = await devWith(
      "enable_no_invocation_alarm = true\nenable_release_alias = true\nerror_threshold = 7",
    );

    const alarms = alarmsOf(synthesized(environment));

    const more = " Start with: npm run doctor -- dev. Log: npm run logs -- dev --errors.";
    expect(new Set(alarms.map((alarm) => alarm.alarm_description.replace(more, "")))).toEqual(
      new Set([
        "Invocations are failing: Sum of Errors >= 7 in 300 s.",
        "Lambda is throttling invocations: Sum of Throttles >= 5 in 300 s.",
        "The newest version is failing: Sum of Errors of the newest version >= 1 in 1 of 5 periods of 60 s.",
        "The function is logging errors: Sum of LambdaErrors >= 1 in 60 s.",
        "Invocations are close to the timeout: Maximum of Duration >= 45000 in 300 s.",
        "Many invocations are running in parallel: Maximum of ConcurrentExecutions >= 50 in 60 s.",
        "Too many images end without variants: Success rate (%) < 90 in 2 of 3 periods of 300 s.",
        "No uploads are arriving: Sum of Invocations < 1 in 3 of 3 periods of 300 s; missing data counts as breaching.",
        "Invocations are timing out: Sum of TimeoutErrors >= 1 in 60 s.",
        "Invocations are running out of memory: Sum of MemoryErrors >= 1 in 60 s.",
        "Images are being refused or are failing: Sum of ImageProcessingErrors >= 3 in 300 s.",
        "S3 is denying the function's requests: Sum of S3PermissionErrors >= 1 in 60 s.",
        "No image can be processed: Sum of CriticalErrors >= 1 in 60 s.",
        "Many large images are arriving: Sum of LargeImages >= 5 in 300 s.",
      ]),
    );
  });

  it("say where to look first: the doctor, the saved query and the runbook", async () => {
    const environment = await withEach("prod");

    const alarms = alarmsOf(synthesized({ ...environment, regions: ["us-east-1", "eu-west-1"] }));

    const throttles = alarms.find(({ alarm_name }) => alarm_name.endsWith("-processor-throttles"));
    expect(throttles?.alarm_description).toBe(
      "Lambda is throttling invocations: Sum of Throttles >= 5 in 300 s. Start with: npm run doctor -- prod-us-east-1." +
        " Logs Insights query: image-processor-prod-us-east-1-processor/alarms/throttles." +
        " Runbook: https://example.com/image-processor/runbooks/throttles.md",
    );
  });

  it("have descriptions that fit into CloudWatch's 1024 characters", async () => {
    const alarms = alarmsOf(synthesized(await committed("prod")));

    expect(alarms.filter(({ alarm_description }) => alarm_description.length > 1024)).toEqual([]);
  });

  it("link to the pages of docs/runbooks where runbook_base_url is set", async () => {
    const flags =
      "no_invocation_alarm memory_alarm async_alarms dead_letter_queue metadata_table upload_api release_alias".split(
        " ",
      );
    const switches = flags.map((flag) => `enable_${flag} = true\n`).join("");
    const environment = await devWith(`${switches}runbook_base_url = "https://example.com/rb"`);

    const stack = synthesized(environment);

    const urls = alarmsOf(stack).map(({ alarm_name, alarm_description }) => [
      alarm_name.replace("image-processor-dev-processor-", ""),
      alarm_description.replace(/^.* Runbook: /, ""),
    ]);
    expect(urls.map(([, url]) => url)).toEqual(urls.map(([name]) => `https://example.com/rb/${name}.md`));
    // The others are those of alarm_routing = "incident".
    expect(readdirSync(join(__dirname, "../../docs/runbooks"))).toEqual(
      expect.arrayContaining(urls.map(([name]) => `${name}.md`)),
    );
    const { widgets } = json(one(stack, "aws_cloudwatch_dashboard").dashboard_body) as {
      widgets: { type: string; y: number; properties: { markdown?: string } }[];
    };
    const [{ y, properties } = {}, ...others] = widgets.filter(({ type }) => type === "text");
    expect([others, y]).toEqual([[], 30]);
    expect(properties?.markdown?.match(/https[^)]*/g)?.sort()).toEqual(urls.map(([, url]) => url).sort());
  });
});
