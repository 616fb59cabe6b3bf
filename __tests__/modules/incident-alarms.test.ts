/** The alarms where one composite alarm pages. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { criticalAlarms, singleAlarms } from "../../modules/alarm-rows";
import { fromTraffic } from "../../modules/traffic";
import type { Environment } from "../../modules/variables";
import { warnings } from "../../modules/warnings";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { alarmsOf, linesOf, topic } from "./alarm-lines";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const prod = async (changes: Partial<Environment> = {}): Promise<Environment> => ({
  ...(await committed("prod")),
  ...changes,
});

const minutes = (uploads_per_month: number) => {
  const { error_rate_window_seconds, recovery_window_seconds, lost_images_window_seconds, silence_periods } =
    fromTraffic({ uploads_per_month, lambda_retry_attempts: 2, slo_target_percent: 99.9 });
  return [
    error_rate_window_seconds / 60,
    recovery_window_seconds / 60,
    lost_images_window_seconds / 60,
    silence_periods * 5,
  ];
};

describe("windows", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [10_000,     [60, 60, 60, 360]],
    [100_000,    [17, 17, 60, 85]],
    [1_000_000,  [7,  12, 15, 15]],
    [30_000_000, [7,  12, 15, 15]],
  ])("follow from %i uploads a month", (uploads, expected) => {
    expect(minutes(uploads)).toEqual(expected);
  });

  it("are those of the file where it has them", async () => {
    const environment = await devWith("uploads_per_month = 10000\nerror_rate_window_seconds = 600");

    expect(environment.error_rate_window_seconds).toBe(600);
    expect(environment.recovery_window_seconds).toBe(3_600);
  });

  it("count more failures than two uploads can have, with all their retries", () => {
    const least = [0, 1, 2].map((lambda_retry_attempts) =>
      fromTraffic({ uploads_per_month: 1e6, lambda_retry_attempts, slo_target_percent: 99.9 }),
    );

    expect(least.map(({ error_rate_min_failures }) => error_rate_min_failures)).toEqual([3, 5, 7]);
  });

  // Lambda retries after one and two minutes.
  it("count more failures in three minutes than two uploads can have", () => {
    const least = [0, 1, 2].map((lambda_retry_attempts) =>
      fromTraffic({ uploads_per_month: 1e6, lambda_retry_attempts, slo_target_percent: 99.9 }),
    );

    expect(least.map(({ outage_min_failures }) => outage_min_failures)).toEqual([3, 5, 5]);
  });
});

/** The expected alarms, written by hand and not derived from the ledgers. */
const expectedOf = ({ environment, metric_namespace: ns, ...flags }: Environment): Record<string, string> => {
  const fn = `image-processor-${environment}-processor`;
  const of = `{"FunctionName":"${fn}"}`;
  const version = "${aws_lambda_function.lambda_function_function.version}";
  const ofVersion = JSON.stringify({ ExecutedVersion: version, FunctionName: fn, Resource: `${fn}:live` });
  const ofTable = JSON.stringify({ Operation: "UpdateItem", TableName: `${fn}-records` });
  const ofRuns = (name: string, of = "") =>
    `Sum of AWS/States ${name} {"StateMachineArn":"\${aws_sfn_state_machine.backfill_machine.arn}${of}"} in 300 s`;
  const ofBackfill = (name: string) =>
    `Sum of ${ns}/backfill ${name} {"FunctionName":"\${aws_lambda_function.backfill_function_function.function_name}"} in 900 s`;
  const ofApi = (name: string, statistic = "Sum") =>
    `${statistic} of AWS/ApiGateway ${name} {"ApiId":"\${aws_apigatewayv2_api.upload_api_api.id}","Stage":"$default"} in 300 s`;
  const fired = "GreaterThanOrEqualToThreshold 1";
  const quiet = (periods = "1 of 1", missing = "notBreaching") => `${periods}, ${missing} | undefined`;
  const lambda = (id: string, name: string, seconds: number, statistic = "Sum") =>
    `${id} = ${statistic} of AWS/Lambda ${name} ${of} in ${seconds} s`;
  const filter = (id: string, name: string, seconds: number) => `${id} = Sum of ${ns} ${name} {} in ${seconds} s`;
  const logged = (name: string) => `Sum of ${ns} ${name} {} in 60 s | ${fired}, ${quiet()}`;
  const budget = (seconds: number, min: number, factor: number) =>
    `${lambda("f", "AsyncEventsDropped", seconds)}; ${filter("s", "SuccessfulProcesses", seconds)}; rate! = IF(FILL(f, 0) >= ${min} AND 100 * FILL(f, 0) >= ${factor} * (100 - 99.9) * (FILL(f, 0) + s), 1, 0) | ${fired}, ${quiet()}`;
  const failing = "(FILL(failed, 0) + FILL(f, 0))";
  const rate = `s = Sum of ${ns} ProcessingSuccess ${of} in 300 s; f = Sum of ${ns} ProcessingFailure ${of} in 300 s; rate! = IF((s + f) >= 5, 100 * s / (s + f))`;
  // biome-ignore format: a table is read down its columns
  const table: Record<string, string> = {
    "high-error-rate":         `${filter("failed", "FailedAttempts", 420)}; ${filter("attempts", "Attempts", 420)}; ${lambda("f", "AsyncEventsDropped", 420)}; rate! = IF((FILL(failed, 0) >= 7 AND 100 * failed >= 20 * attempts + 100 * 4) OR (FILL(f, 0) >= 3 AND 4 * FILL(f, 0) >= FILL(attempts, 0)), 1, 0) | ${fired}, ${quiet("1 of 9")}`,
    "outage":                  `${filter("failed", "FailedAttempts", 180)}; ${filter("attempts", "Attempts", 180)}; ${lambda("f", "AsyncEventsDropped", 180)}; ${lambda("i", "Invocations", 180)}; rate! = IF((FILL(failed, 0) >= 5 AND 100 * failed >= 60 * attempts) OR (5 * FILL(f, 0) >= 3 * 5 AND FILL(f, 0) >= FILL(i, 0)), 1, 0) | ${fired}, ${quiet("1 of 3")}`,
    "outage-lasts":            `${filter("failed", "FailedAttempts", 60)}; ${filter("attempts", "Attempts", 60)}; ${lambda("f", "AsyncEventsDropped", 60)}; ${lambda("i", "Invocations", 60)}; rate! = IF((FILL(failed, 0) >= 1 AND 100 * failed >= 60 * attempts) OR (FILL(f, 0) >= 1 AND FILL(f, 0) >= FILL(i, 0)), 1, 0) | ${fired}, ${quiet("2 of 12")}`,
    "limits-reached":          `${filter("m", "MemoryErrors", 600)}; ${filter("t", "TimeoutErrors", 600)}; ${filter("attempts", "Attempts", 600)}; rate! = IF((FILL(m, 0) + FILL(t, 0)) >= 7 AND 200 * (FILL(m, 0) + FILL(t, 0)) >= 20 * FILL(attempts, 0) + 200 * 4, 1, 0) | ${fired}, ${quiet()}`,
    "budget-burning":          `${lambda("f", "AsyncEventsDropped", 3600)}; ${filter("s", "SuccessfulProcesses", 3600)}; rate! = IF(FILL(f, 0) >= 3 AND 100 * FILL(f, 0) >= 14.4 * (100 - 99.9) * (FILL(f, 0) + s) AND (FILL(f, 0) >= 54 OR 100 * FILL(f, 0) >= 10 * (FILL(f, 0) + s)), 1, 0) | ${fired}, ${quiet()}`,
    "recovered":               `${filter("failed", "FailedAttempts", 720)}; ${lambda("f", "AsyncEventsDropped", 720)}; ${filter("s", "SuccessfulProcesses", 720)}; rate! = IF(s >= 1 AND (${failing} <= 2 OR 100 * ${failing} <= 2 * (${failing} + s)), 1, IF(${failing} > 2, 0)) | ${fired}, ${quiet("1 of 1", "ignore")}`,
    "waiting":                 `${lambda("t", "Throttles", 720)}; ${lambda("age", "AsyncEventAge", 720, "Maximum")}; rate! = IF(t >= 25 AND FILL(age, 0) > 1000 * 300, 1, 0) | ${fired}, ${quiet("1 of 5")}`,
    "throttled-long":          `Sum of AWS/Lambda Throttles ${of} in 720 s | GreaterThanOrEqualToThreshold 25, ${quiet("1 of 5")}`,
    "nothing-invoked":         `${lambda("t", "Throttles", 720)}; ${lambda("i", "Invocations", 720)}; rate! = IF(t >= 1 AND FILL(i, 0) < 1, 1, 0) | ${fired}, ${quiet("1 of 2")}`,
    "still-throttled":         `Sum of AWS/Lambda Throttles ${of} in 240 s | ${fired}, ${quiet("4 of 4")}`,
    "flowing":                 `${lambda("t", "Throttles", 720)}; ${lambda("i", "Invocations", 720)}; rate! = IF(FILL(t, 0) >= 1, 0, IF(i >= 1, 1)) | ${fired}, ${quiet("1 of 1", "ignore")}`,
    "high-duration":           `Maximum of AWS/Lambda Duration ${of} in 480 s | GreaterThanOrEqualToThreshold 45000, ${quiet("2 of 3")}`,
    "memory-high":             `Maximum of ${ns} MemoryUsedMB {} in 300 s | GreaterThanOrEqualToThreshold 1593, ${quiet("2 of 3")}`,
    "refused-rate":            `${filter("r", "AllRefusedImages", 3600)}; ${filter("s", "SuccessfulProcesses", 3600)}; rate! = IF(r >= 8 AND 100 * r >= 5 * (r + s), 1, 0) | ${fired}, ${quiet()}`,
    "budget-1d":               budget(86_400, 3, 3),
    "budget-2h":               budget(7_200, 1, 3),
    "budget-6h":               budget(21_600, 3, 6),
    "budget-30m":              budget(1_800, 3, 6),
    "low-success-rate":        `${rate} | LessThanThreshold 90, ${quiet("2 of 3")}`,
    "timeout-errors":          logged("TimeoutErrors"),
    "memory-errors":           logged("MemoryErrors"),
    "s3-permission-errors":    logged("S3PermissionErrors"),
    "critical-errors":         logged("CriticalErrors"),
    "image-processing-errors": `${filter("f", "ImageProcessingErrors", 300)}; ${filter("s", "SuccessfulProcesses", 300)}; rate! = IF(f >= 3 AND 100 * f >= 10 * (f + s), 1, 0) | ${fired}, ${quiet()}`,
    "images-lost":             `${lambda("lost", "DeadLetterErrors", 900)}; rate! = IF(FILL(lost, 0) >= 3, 1, 0) | ${fired}, ${quiet()}`,
    "dead-letters":            `Maximum of AWS/SQS ApproximateNumberOfMessagesVisible {"QueueName":"${fn}-dead-letters"} in 60 s | ${fired}, ${quiet()}`,
    "dead-letter-errors":      `Sum of AWS/Lambda DeadLetterErrors ${of} in 60 s | ${fired}, ${quiet("1 of 10")}`,
    ...(flags.enable_release_alias && {
      "release-errors":        `e = Sum of AWS/Lambda Errors ${ofVersion} in 420 s; a = Sum of AWS/Lambda Invocations ${ofVersion} in 420 s; rate! = IF(e >= 2 AND 100 * e >= 5 * a, 1, 0) | ${fired}, ${quiet("1 of 2")}`,
      "two-versions":          `${lambda("all", "Invocations", 420)}; n = Sum of AWS/Lambda Invocations ${ofVersion} in 420 s; rate! = IF(FILL(all, 0) > FILL(n, 0), 1, 0) | ${fired}, ${quiet("1 of 2")}`,
    }),
    ...(flags.enable_metadata_table && {
      "table-throttles":       `Sum of AWS/DynamoDB ThrottledRequests ${ofTable} in 300 s | GreaterThanOrEqualToThreshold 10, ${quiet()}`,
      "table-errors":          `Sum of AWS/DynamoDB SystemErrors ${ofTable} in 300 s | GreaterThanOrEqualToThreshold 3, ${quiet()}`,
      "records-lost":          `Sum of ${ns} RecordsLost {} in 300 s | ${fired}, 1 of 1, notBreaching | ${topic("log")}`,
    }),
    ...(flags.enable_upload_api && {
      "upload-api-errors":     `e = ${ofApi("5xx")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND 100 * FILL(e, 0) >= 20 * n, 1, 0) | ${fired}, ${quiet("1 of 3")}`,
      "upload-api-refusals":   `e = ${ofApi("4xx")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND 100 * FILL(e, 0) >= 50 * n, 1, 0) | ${fired}, ${quiet("1 of 3")}`,
      "upload-api-latency":    `l = ${ofApi("Latency", "p99")}; n = ${ofApi("Count")}; rate! = IF(n >= 20 AND l >= 3000, 1, 0) | ${fired}, ${quiet("1 of 3")}`,
      "links-unused":          `${filter("i", "LinksIssued", 3600)}; ${filter("u", "LinksUsed", 3600)}; rate! = IF(i >= 20 AND 100 * (i - FILL(u, 0)) >= 50 * i, 1, 0) | ${fired}, ${quiet()}`,
    }),
    ...(flags.enable_backfill && {
      "backfill-failed":       `${ofRuns("ExecutionsFailed")} | ${fired}, ${quiet()}`,
      "backfill-timed-out":    `${ofRuns("ExecutionsTimedOut")} | ${fired}, ${quiet()}`,
      "backfill-aborted":      `${ofRuns("ExecutionsAborted")} | ${fired}, ${quiet()}`,
      "backfill-batches-failed": `${ofRuns("ExecutionsFailed", "/batches")} | ${fired}, ${quiet()}`,
      "backfill-batches-timed-out": `${ofRuns("ExecutionsTimedOut", "/batches")} | ${fired}, ${quiet()}`,
      "backfill-failure-rate": `f = ${ofBackfill("ProcessingFailure")}; s = ${ofBackfill("ProcessingSuccess")}; rate! = IF(f >= 10 AND 100 * f >= 5 * (f + FILL(s, 0)), 1, 0) | ${fired}, ${quiet()}`,
    }),
    ...(flags.enable_no_invocation_alarm && {
      "no-invocations":        `Sum of AWS/Lambda Invocations ${of} in 300 s | LessThanThreshold 1, ${quiet("3 of 3", "breaching")}`,
    }),
  };
  return Object.fromEntries(Object.entries(table).map(([name, alarm]) => [`${fn}-${name}`, alarm]));
};

describe("a stack with one page for an incident", () => {
  it.each([
    ["staging", 27],
    ["prod", 43],
  ])("has in %s exactly these %i alarms besides the composite ones, with these numbers", async (name, count) => {
    const environment = await committed(name);

    const alarms = linesOf(synthesized(environment));

    expect(alarms).toEqual(expectedOf(environment));
    expect(Object.keys(alarms)).toHaveLength(count);
  });

  it("has descriptions that fit into CloudWatch's 1024 characters, and links to runbooks that exist", async () => {
    const stack = synthesized(await prod());

    const composites = Object.values(stack.resource.aws_cloudwatch_composite_alarm ?? {});
    const texts = [...alarmsOf(stack), ...composites].map(({ alarm_description }) => String(alarm_description));
    const body = json(one(stack, "aws_cloudwatch_dashboard").dashboard_body);
    const linked = [...texts, JSON.stringify(body)].flatMap((text) => [...text.matchAll(/\/runbooks\/([\w-]+\.md)/g)]);
    expect(texts.filter((text) => text.length > 1024)).toEqual([]);
    expect(linked.length).toBeGreaterThan(texts.length);
    expect(readdirSync(join(__dirname, "../../docs/runbooks"))).toEqual(
      expect.arrayContaining(linked.map(([, page]) => page)),
    );
  });

  it("notifies the critical topic from one alarm only", async () => {
    const { alarms, compositeAlarms } = readBlueprint(synthesized(await prod()).folder);

    const critical = [...alarms, ...compositeAlarms].filter(({ alarmActions }) =>
      alarmActions.some((arn) => arn.endsWith("-critical-alerts")),
    );
    expect(critical.map(({ name }) => name)).toEqual(["image-processor-prod-processor-page"]);
  });

  it("keeps every ticket quiet while the page is in ALARM, except that of the records, whose cause is never that of a page", async () => {
    const { alarms, compositeAlarms } = readBlueprint(synthesized(await prod()).folder);

    const notifying = [...alarms, ...compositeAlarms].filter(({ alarmActions }) => alarmActions.length > 0);
    const suppressed = compositeAlarms.filter(({ actionsSuppressor }) => actionsSuppressor?.alarm.endsWith("-page"));
    const others = notifying.filter(({ name }) => !suppressed.some((ticket) => ticket.name === name));
    expect(others.map(({ name }) => name.replace("image-processor-prod-processor-", ""))).toEqual([
      "records-lost",
      "page",
    ]);
  });

  it("lets only alarms on the newest version end a release", async () => {
    expect(criticalAlarms(await prod())).toEqual(["release-errors"]);
  });

  it("counts no refused upload as a failure", async () => {
    const { metricFilters } = readBlueprint(synthesized(await prod()).folder);

    const patterns = metricFilters.flatMap(({ metric, pattern }) =>
      pattern.includes("image.refused") ? [metric.name] : [],
    );
    expect(patterns.sort()).toEqual(["AllRefusedImages", "RefusedImages"]);
  });

  it("destroys an alarm after the composite alarms that name it are updated, and names it by reference", async () => {
    const { resource } = synthesized(await prod());

    const rules = Object.values(resource.aws_cloudwatch_composite_alarm ?? {}).map(
      ({ alarm_rule, actions_suppressor }) => JSON.stringify([alarm_rule, actions_suppressor]),
    );
    const named = new Set(rules.join().match(/aws_cloudwatch_(?:metric|composite)_alarm\.\w+/g) ?? []);
    const kept = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].flatMap((type) =>
      Object.entries(resource[type] ?? {})
        .filter(([, { lifecycle }]) => lifecycle !== undefined)
        .map(([label]) => `${type}.${label}`),
    );
    expect(kept.sort()).toEqual([...named].sort());
  });

  it("needs no alarm that a flag switches off", async () => {
    const { compositeAlarms } = readBlueprint(
      synthesized(
        await prod({ enable_memory_alarm: false, enable_no_invocation_alarm: false, enable_dead_letter_queue: false }),
      ).folder,
    );

    const names = compositeAlarms.map(({ name }) => name.replace("image-processor-prod-processor-", ""));
    expect(names.sort()).toEqual([
      "backfill",
      "bad-release",
      "budget",
      "creep",
      "direct-uploads",
      "page",
      "refused",
      "slow-burn",
      "table",
    ]);
    expect(compositeAlarms.map(({ rule }) => rule).join()).not.toMatch(/memory-high|no-invocations|images-lost/);
  });

  it("keeps the twelve alarms of dev", async () => {
    expect(singleAlarms(await committed("dev"))).toHaveLength(12);
  });
});

describe("an operator", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ["slo_target_percent = 100",                                          'Expected a number from 95 up to, but not including, 100 for slo_target_percent but got 100'],
    ["error_rate_window_seconds = 90",                                    "Expected a multiple of 60 seconds from 60 to 86400 for error_rate_window_seconds but got 90"],
    ["refused_window_seconds = 172800",                                   "Expected a multiple of 60 seconds from 60 to 86400 for refused_window_seconds but got 172800"],
    ["throttled_datapoints = 5\nalarm_routing = \"incident\"",           "Expected at most throttled_periods (4) for throttled_datapoints but got 5"],
    ["recovery_window_seconds = 60\nalarm_routing = \"incident\"",        "Expected at least error_rate_window_seconds (420) for recovery_window_seconds but got 60"],
    ["lambda_max_event_age_seconds = 200\nalarm_routing = \"incident\"",  "Expected less than lambda_max_event_age_seconds (200) for slo_seconds but got 300"],
    ["uploads_per_month = 0",                                             "Expected a whole number of uploads from 1 to 10000000000 for uploads_per_month but got 0"],
  ])("is reported in one line for %j", async (tfvars, expected) => {
    await expect(devWith(tfvars)).rejects.toThrow(new Error(`environments/dev.tfvars: ${expected}`));
  });

  it.each([
    [100_000, true],
    [30_000_000, false],
  ])("is warned of a release that is too short at %i uploads a month: %s", async (uploads_per_month, isWarned) => {
    const found = warnings([await prod({ uploads_per_month })]).filter((warning) =>
      warning.includes("gives a new version"),
    );

    expect(found.length > 0).toBe(isWarned);
  });
});
