/** Alarms on the runs of a backfill, part of the ledgers of alarms. None of them pages: live uploads are not affected. */
import type { MetricAlarm, Rate } from "./alarm-types";

/** Each attempt counts. Refused objects are not failures. */
const SHARE: Rate = {
  label: ({ backfill_min_failures: min, backfill_failure_threshold_percent: percent }) =>
    `Objects that fail in an attempt >= ${min}, and >= ${percent} % of all,`,
  of: { f: "BackfillFailures", s: "BackfillSuccesses" },
  expression: ({ backfill_min_failures: min, backfill_failure_threshold_percent: percent }) =>
    `IF(f >= ${min} AND 100 * f >= ${percent} * (f + FILL(s, 0)), 1, 0)`,
  isCondition: true,
};

/** Alarms of the module `cloudwatch_alarms`, by name without the function's name in front: add a row. */
// biome-ignore format: a ledger is read down its columns
export const BACKFILL_ALARMS = {
  "backfill-failed":       { severity: "performance", metric: "ExecutionsFailed",   statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "A backfill failed",                        enabledBy: "enable_backfill" },
  "backfill-timed-out":    { severity: "performance", metric: "ExecutionsTimedOut", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "A backfill took too long",                 enabledBy: "enable_backfill" },
  "backfill-aborted":      { severity: "performance", metric: "ExecutionsAborted",  statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "A backfill was stopped",                   enabledBy: "enable_backfill" },
  "backfill-batches-failed": { severity: "performance", metric: "BatchesFailed", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Batches of a backfill failed all attempts", enabledBy: "enable_backfill" },
  "backfill-batches-timed-out": { severity: "performance", metric: "BatchesTimedOut", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Batches of a backfill took longer than five minutes", enabledBy: "enable_backfill" },
  "backfill-failure-rate": { severity: "performance", metric: SHARE,                statistic: "Sum", periodSeconds: 900, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Many objects of a backfill are failing",   enabledBy: "enable_backfill" },
} as const satisfies Record<string, MetricAlarm>;
