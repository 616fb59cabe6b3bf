/**
 * The ledgers of alarms where alarm_routing is "incident": one composite alarm pages, tickets wait while it is in ALARM, and all
 * other alarms notify no one. docs/alarms.md explains the choice.
 *
 * A condition is 0, not missing, where its minimum is not reached: without a datapoint, CloudWatch would look at older ones.
 */
import type { FaultName } from "../handler/contract/metrics";
import type { CompositeAlarm, LogAlarm, MetricAlarm, Rate } from "./alarm-types";
import { wholeInvocation } from "./alarm-windows";
import { LOG_ALARMS, METRIC_ALARMS } from "./alarms";

/** Failed attempts that a short disturbance leaves behind, and their share of the attempts. */
const STRAY = { failures: 2, percent: 2 } as const;

const condition = (
  of: Rate["of"],
  expression: Rate["expression"],
  label: Rate["label"],
  statistics?: Rate["statistics"],
): Rate => ({ label, of, expression, isCondition: true, ...(statistics && { statistics }) });

/** Lambda publishes no AsyncEventsDropped for most minutes, so a missing value is 0. */
const LOST = "FILL(f, 0)";
const OUTCOMES = { f: "AsyncEventsDropped", s: "SuccessfulProcesses" } as const;

/**
 * Failed attempts, or events that Lambda drops without an attempt: with reserved concurrency 0, it invokes nothing and drops
 * every event at once.
 */
const TOO_MANY_FAIL = condition(
  { failed: "FailedAttempts", attempts: "Attempts", f: "AsyncEventsDropped" },
  (values) => {
    const { error_rate_min_failures: min, error_rate_threshold_percent: percent } = values;
    const { error_rate_extra_failures: extra, slo_min_failures: dropped } = values;
    return `IF((FILL(failed, 0) >= ${min} AND 100 * failed >= ${percent} * attempts + 100 * ${extra}) OR (${LOST} >= ${dropped} AND 4 * ${LOST} >= FILL(attempts, 0)), 1, 0)`;
  },
  (values) => {
    const { error_rate_min_failures: min, error_rate_threshold_percent: percent } = values;
    const { error_rate_extra_failures: extra, slo_min_failures: dropped } = values;
    return `Failed attempts >= ${min} and >= ${percent} % and ${extra} more, or dropped events >= ${dropped} and >= a quarter of the attempts,`;
  },
);

/** Share of the attempts, in percent, that a minute in which half of them fail hardly reaches. */
const NEARLY_ALL_PERCENT = 60;

/** Within so few minutes that an upload fails at most twice. While Lambda drops every event, it invokes nothing. */
const NEARLY_ALL_FAIL = condition(
  { failed: "FailedAttempts", attempts: "Attempts", f: "AsyncEventsDropped", i: "Invocations" },
  ({ outage_min_failures: min }) =>
    `IF((FILL(failed, 0) >= ${min} AND 100 * failed >= ${NEARLY_ALL_PERCENT} * attempts) OR (5 * ${LOST} >= 3 * ${min} AND ${LOST} >= FILL(i, 0)), 1, 0)`,
  ({ outage_min_failures: min }) =>
    `Failed attempts >= ${min} and >= ${NEARLY_ALL_PERCENT} %, or dropped events >= three fifths of ${min} and >= the invocations,`,
);

/** The same in a single minute, however few attempts it has. */
const MINUTE_FAILS = condition(
  { failed: "FailedAttempts", attempts: "Attempts", f: "AsyncEventsDropped", i: "Invocations" },
  () =>
    `IF((FILL(failed, 0) >= 1 AND 100 * failed >= ${NEARLY_ALL_PERCENT} * attempts) OR (${LOST} >= 1 AND ${LOST} >= FILL(i, 0)), 1, 0)`,
  `Failed attempts >= ${NEARLY_ALL_PERCENT} %, or dropped events >= the invocations,`,
);

/** Attempts that Lambda itself ends. A retry rarely heals them, so half of the share is enough. */
const ENDED = "(FILL(m, 0) + FILL(t, 0))";

const LIMITS_REACHED = condition(
  { m: "MemoryErrors", t: "TimeoutErrors", attempts: "Attempts" },
  ({ error_rate_min_failures: min, error_rate_threshold_percent: percent, error_rate_extra_failures: extra }) =>
    `IF(${ENDED} >= ${min} AND 200 * ${ENDED} >= ${percent} * FILL(attempts, 0) + 200 * ${extra}, 1, 0)`,
  ({ error_rate_min_failures: min, error_rate_threshold_percent: percent, error_rate_extra_failures: extra }) =>
    `Attempts that Lambda ended >= ${min} and >= half of ${percent} % and ${extra} more,`,
);

/** What fails, or is dropped without an attempt. */
const FAILING = `(FILL(failed, 0) + ${LOST})`;

const PROCESSED_AGAIN = condition(
  { failed: "FailedAttempts", ...OUTCOMES },
  () =>
    `IF(s >= 1 AND (${FAILING} <= ${STRAY.failures} OR 100 * ${FAILING} <= ${STRAY.percent} * (${FAILING} + s)), 1, IF(${FAILING} > ${STRAY.failures}, 0))`,
  `Images are processed, and at most ${STRAY.failures} attempts or ${STRAY.percent} % of them fail,`,
);

/** @param factor how many times faster than allowed the error budget is spent @param least failures; slo_min_failures where it is not given */
const budgetSpent = (factor: number, least?: number): Rate =>
  condition(
    OUTCOMES,
    ({ slo_target_percent: target, slo_min_failures: min }) =>
      `IF(${LOST} >= ${least ?? min} AND 100 * ${LOST} >= ${factor} * (100 - ${target}) * (${LOST} + s), 1, 0)`,
    ({ slo_target_percent: target, slo_min_failures: min }) =>
      `Uploads given up >= ${least ?? min}, and >= ${factor} times the share that slo_target_percent (${target}) allows,`,
  );

const BURNING = 14.4;

/** Share of the uploads, in percent, that cannot be chance even if the uploads are few. */
const SURE_PERCENT = 10;

/** Burns the budget, and so many uploads or so large a share of them are given up that it cannot be chance. */
const BUDGET_BURNING = condition(
  OUTCOMES,
  ({ slo_target_percent: target, slo_min_failures: min, slo_sure_failures: sure }) =>
    `IF(${LOST} >= ${min} AND 100 * ${LOST} >= ${BURNING} * (100 - ${target}) * (${LOST} + s) AND (${LOST} >= ${sure} OR 100 * ${LOST} >= ${SURE_PERCENT} * (${LOST} + s)), 1, 0)`,
  ({ slo_target_percent: target, slo_min_failures: min, slo_sure_failures: sure }) =>
    `Uploads given up >= ${min}, and >= ${BURNING} times the share that slo_target_percent (${target}) allows, and >= ${sure} or >= ${SURE_PERCENT} %,`,
);

const HOUR = 3_600;

/** Alarms of the module `cloudwatch_alarms`, by name without the function's name in front: add a row. */
// biome-ignore format: a ledger is read down its columns
export const INCIDENT_ALARMS = {
  "high-error-rate":    { severity: "none",        statistic: "Sum",     periodSeconds: "error_rate_window_seconds",  datapointsToAlarm: 1, evaluationPeriods: "error_rate_hold_periods", comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Too many attempts are failing",
    metric: TOO_MANY_FAIL },
  "outage":             { severity: "none",        statistic: "Sum",     periodSeconds: 180,                          datapointsToAlarm: 1, evaluationPeriods: 3, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Nearly all attempts are failing", runbook: "high-error-rate",
    metric: NEARLY_ALL_FAIL },
  "outage-lasts":       { severity: "none",        statistic: "Sum",     periodSeconds: 60,                           datapointsToAlarm: 2, evaluationPeriods: 12, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Nearly all attempts are failing for more than a minute", runbook: "high-error-rate",
    metric: MINUTE_FAILS },
  "limits-reached":     { severity: "none",        statistic: "Sum",     periodSeconds: "limits_window_seconds",      datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Too many attempts reach the memory or time limit", runbook: "high-error-rate",
    metric: LIMITS_REACHED },
  "budget-burning":     { severity: "none",        statistic: "Sum",     periodSeconds: HOUR,                         datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Uploads are given up so fast that the error budget of 30 days lasts 2 days", runbook: "high-error-rate",
    metric: BUDGET_BURNING },
  "images-lost":        { severity: "none",        statistic: "Sum",     periodSeconds: "lost_images_window_seconds", datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Events are being lost because Lambda cannot send them to the dead-letter queue", runbook: "dead-letter-errors", enabledBy: "enable_dead_letter_queue",
    metric: condition({ lost: "DeadLetterErrors" }, ({ lost_images_threshold: min }) => `IF(FILL(lost, 0) >= ${min}, 1, 0)`, ({ lost_images_threshold: min }) => `Events lost >= ${min}`) },
  "recovered":          { severity: "none",        statistic: "Sum",     periodSeconds: "recovery_window_seconds",    datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "ignore",       summary: "Uploads are processed again", runbook: "page",
    metric: PROCESSED_AGAIN },
  "waiting":            { severity: "none",        statistic: "Sum",     periodSeconds: "waiting_window_seconds",     datapointsToAlarm: 1, evaluationPeriods: "waiting_hold_periods", comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Uploads are waiting longer than slo_seconds because Lambda throttles invocations", runbook: "throttles",
    metric: condition({ t: "Throttles", age: "AsyncEventAge" }, ({ waiting_min_throttles: min, slo_seconds: limit }) => `IF(t >= ${min} AND FILL(age, 0) > 1000 * ${limit}, 1, 0)`, ({ waiting_min_throttles: min, slo_seconds: limit }) => `Throttles >= ${min}, and an upload older than slo_seconds (${limit}),`, { age: "Maximum" }) },
  "throttled-long":     { severity: "none",        statistic: "Sum",     periodSeconds: "waiting_window_seconds",     datapointsToAlarm: 1, evaluationPeriods: "waiting_hold_periods", comparison: ">=", threshold: "waiting_min_throttles", treatMissingData: "notBreaching", summary: "Lambda is throttling invocations", runbook: "throttles",
    metric: "Throttles" },
  "nothing-invoked":    { severity: "none",        statistic: "Sum",     periodSeconds: 720,                          datapointsToAlarm: 1, evaluationPeriods: 2, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Lambda throttles every invocation", runbook: "throttles",
    metric: condition({ t: "Throttles", i: "Invocations" }, () => "IF(t >= 1 AND FILL(i, 0) < 1, 1, 0)", "Throttles without a single invocation") },
  "still-throttled":    { severity: "none",        statistic: "Sum",     periodSeconds: "throttled_period_seconds",   datapointsToAlarm: "throttled_datapoints", evaluationPeriods: "throttled_periods", comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Lambda keeps throttling invocations", runbook: "throttles",
    metric: "Throttles" },
  "flowing":            { severity: "none",        statistic: "Sum",     periodSeconds: "recovery_window_seconds",     datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "ignore",       summary: "Lambda no longer throttles invocations", runbook: "throttles",
    metric: condition({ t: "Throttles", i: "Invocations" }, () => "IF(FILL(t, 0) >= 1, 0, IF(i >= 1, 1))", "Invocations without throttles") },
  "release-errors":     { severity: "none",        statistic: "Sum",     periodSeconds: wholeInvocation(360),         datapointsToAlarm: 1, evaluationPeriods: 2, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: METRIC_ALARMS["release-errors"].summary, version: "newest", enabledBy: "enable_release_alias",
    metric: condition({ e: "Errors", a: "Invocations" }, ({ release_error_min_failures: min, release_error_threshold_percent: percent }) => `IF(e >= ${min} AND 100 * e >= ${percent} * a, 1, 0)`, ({ release_error_min_failures: min, release_error_threshold_percent: percent }) => `Failed invocations of the newest version >= ${min}, and >= ${percent} % of all of them,`) },
  "two-versions":       { severity: "none",        statistic: "Sum",     periodSeconds: wholeInvocation(360),         datapointsToAlarm: 1, evaluationPeriods: 2, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "A release is running: older versions process uploads, too", enabledBy: "enable_release_alias", runbook: "release-errors",
    metric: { ...condition({ all: "Invocations", n: "Invocations" }, () => "IF(FILL(all, 0) > FILL(n, 0), 1, 0)", "Invocations of all versions > those of the newest version"), newest: ["n"] } },
  "high-duration":      { severity: "none",        statistic: "Maximum", periodSeconds: wholeInvocation(420, 480),      datapointsToAlarm: 2, evaluationPeriods: 3, comparison: ">=", threshold: "duration_threshold_ms", treatMissingData: "notBreaching", summary: METRIC_ALARMS["high-duration"].summary,
    metric: "Duration" },
  "memory-high":        { severity: "none",        statistic: "Maximum", periodSeconds: 300,                          datapointsToAlarm: 2, evaluationPeriods: 3, comparison: ">=", threshold: "memory_threshold_percent", percentOf: "lambda_memory_size", treatMissingData: "notBreaching", summary: METRIC_ALARMS["memory-high"].summary, enabledBy: "enable_memory_alarm",
    metric: "MemoryUsedMB" },
  "no-invocations":     { ...METRIC_ALARMS["no-invocations"], severity: "none" },
  "refused-rate":       { severity: "none",        statistic: "Sum",     periodSeconds: "refused_window_seconds",     datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Many uploads are refused", runbook: "refused",
    metric: condition({ r: "AllRefusedImages", s: "SuccessfulProcesses" }, ({ refused_min_count: min, refused_rate_threshold_percent: percent }) => `IF(r >= ${min} AND 100 * r >= ${percent} * (r + s), 1, 0)`, ({ refused_min_count: min, refused_rate_threshold_percent: percent }) => `Refused uploads >= ${min}, and >= ${percent} % of all uploads,`) },
  "budget-1d":          { severity: "none",        statistic: "Sum",     periodSeconds: 24 * HOUR,                    datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The error budget of 30 days lasts 10 days at the pace of the last day", runbook: "budget",
    metric: budgetSpent(3) },
  "budget-2h":          { severity: "none",        statistic: "Sum",     periodSeconds: 2 * HOUR,                     datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The error budget of 30 days lasts 10 days at the pace of the last 2 hours", runbook: "budget",
    metric: budgetSpent(3, 1) },
  "budget-6h":          { severity: "none",        statistic: "Sum",     periodSeconds: 6 * HOUR,                     datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The error budget of 30 days lasts 5 days at the pace of the last 6 hours", runbook: "slow-burn",
    metric: budgetSpent(6) },
  "budget-30m":         { severity: "none",        statistic: "Sum",     periodSeconds: HOUR / 2,                     datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The error budget of 30 days lasts 5 days at the pace of the last 30 minutes", runbook: "slow-burn",
    metric: budgetSpent(6) },
  "low-success-rate":   { ...METRIC_ALARMS["low-success-rate"], severity: "none" },
  "events-dropped":     { ...METRIC_ALARMS["events-dropped"], severity: "performance", disabledBy: "enable_dead_letter_queue" },
  "dead-letters":       { ...METRIC_ALARMS["dead-letters"], severity: "none" },
  "dead-letter-errors": { ...METRIC_ALARMS["dead-letter-errors"], severity: "none", evaluationPeriods: 10 },
  "table-throttles":    { ...METRIC_ALARMS["table-throttles"], severity: "none" },
  "table-errors":       { ...METRIC_ALARMS["table-errors"], severity: "none" },
  "upload-api-errors":   { ...METRIC_ALARMS["upload-api-errors"], severity: "none" },
  "upload-api-refusals": { ...METRIC_ALARMS["upload-api-refusals"], severity: "none" },
  "upload-api-latency":  { ...METRIC_ALARMS["upload-api-latency"], severity: "none" },
  "links-unused":        { ...METRIC_ALARMS["links-unused"], severity: "none" },
  "backfill-failed":     { ...METRIC_ALARMS["backfill-failed"], severity: "none" },
  "backfill-timed-out":  { ...METRIC_ALARMS["backfill-timed-out"], severity: "none" },
  "backfill-aborted":    { ...METRIC_ALARMS["backfill-aborted"], severity: "none" },
  "backfill-batches-failed": { ...METRIC_ALARMS["backfill-batches-failed"], severity: "none" },
  "backfill-batches-timed-out": { ...METRIC_ALARMS["backfill-batches-timed-out"], severity: "none" },
  "backfill-failure-rate": { ...METRIC_ALARMS["backfill-failure-rate"], severity: "none" },
} as const satisfies Record<string, MetricAlarm>;

/** Alarms of the module `log_alerts`. They show the cause of a page. Large images need no action, so they have no alarm here. */
export const INCIDENT_LOG_ALARMS = {
  TimeoutErrors: { ...LOG_ALARMS.TimeoutErrors, severity: "none" },
  MemoryErrors: { ...LOG_ALARMS.MemoryErrors, severity: "none" },
  ImageProcessingErrors: {
    ...LOG_ALARMS.ImageProcessingErrors,
    severity: "none",
    summary: "Images are failing",
    threshold: 1,
    share: {
      label: ({ image_error_threshold: min, image_error_threshold_percent: percent }) =>
        `Failed images >= ${min}, and >= ${percent} % of all,`,
      of: { f: "ImageProcessingErrors", s: "SuccessfulProcesses" },
      expression: ({ image_error_threshold: min, image_error_threshold_percent: percent }) =>
        `IF(f >= ${min} AND 100 * f >= ${percent} * (f + s), 1, 0)`,
      isCondition: true,
    },
  },
  S3PermissionErrors: { ...LOG_ALARMS.S3PermissionErrors, severity: "none" },
  CriticalErrors: { ...LOG_ALARMS.CriticalErrors, severity: "none" },
  RecordsLost: LOG_ALARMS.RecordsLost,
} as const satisfies Partial<Record<FaultName, LogAlarm>>;

/**
 * Composite alarms, by name without the function's name in front. Only `page` is critical; the others are tickets: add a row.
 *
 * A ticket notifies no one if it returns to OK while it waits for `page`, so the alarms in its rule stay in ALARM for longer.
 */
// biome-ignore format: a ledger is read down its columns
export const COMPOSITE_ALARMS = {
  "page":       { severity: "critical",    summary: "Uploads are failing, lost or waiting too long", rule: { any: [
                    { all: [{ any: ["high-error-rate", { all: ["outage", "outage-lasts"] }, "limits-reached", "budget-burning", "images-lost"] }, { not: "recovered" }] },
                    { all: [{ any: ["waiting", { all: ["throttled-long", { any: ["nothing-invoked", "still-throttled"] }] }] }, { not: "flowing" }] },
                    "upload-api-errors",
                  ] } },
  "creep":      { severity: "performance", summary: "Invocations are close to the time or memory limit",               rule: { any: ["high-duration", "memory-high"] }, suppressor: "page" },
  "silence":    { severity: "performance", summary: "No uploads are arriving",                                         rule: "no-invocations",                          suppressor: "page", runbook: "no-invocations" },
  "slow-burn":  { severity: "performance", summary: "Uploads are given up so fast that the error budget lasts 5 days", rule: { all: ["budget-6h", "budget-30m"] },       suppressor: "page" },
  "budget":     { severity: "performance", summary: "Uploads are given up so fast that the error budget lasts 10 days", rule: { all: ["budget-1d", "budget-2h"] },       suppressor: "page" },
  "event-lost": { severity: "performance", summary: "An event was lost because Lambda could not send it to the dead-letter queue", rule: "dead-letter-errors",          suppressor: "page", runbook: "dead-letter-errors" },
  "redrive":    { severity: "performance", summary: "The dead-letter queue holds messages",                            rule: "dead-letters",                            suppressor: "page", runbook: "dead-letters" },
  "bad-release": { severity: "performance", summary: "The newest version is failing",                                  rule: { all: ["release-errors", "two-versions"] }, suppressor: "page", runbook: "release-errors" },
  "table":      { severity: "performance", summary: "DynamoDB is refusing the records of uploads",                     rule: { any: ["table-throttles", "table-errors"] }, suppressor: "page", runbook: "table-errors" },
  "direct-uploads": { severity: "performance", summary: "Clients cannot upload through the upload API, or only slowly", rule: { any: ["upload-api-refusals", "upload-api-latency", "links-unused"] }, suppressor: "page" },
  "backfill":   { severity: "performance", summary: "A backfill failed, took too long or was stopped, or its objects are failing", rule: { any: ["backfill-failed", "backfill-timed-out", "backfill-aborted", "backfill-batches-failed", "backfill-batches-timed-out", "backfill-failure-rate"] }, suppressor: "page", runbook: "backfill-failed" },
  "refused":    { severity: "log",         summary: "Many uploads are refused",                                        rule: "refused-rate",                            suppressor: "page" },
} as const satisfies Record<string, CompositeAlarm>;
