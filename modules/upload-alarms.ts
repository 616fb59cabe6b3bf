/** Alarms on the upload API and its links, part of the ledgers of alarms. */
import type { AlarmValues, MetricAlarm, Rate } from "./alarm-types";

/** @param status "4xx" or "5xx" */
const shareOf = (status: "4xx" | "5xx", percentOf: (values: AlarmValues) => number): Rate => ({
  label: (values) =>
    `Requests >= ${values.upload_api_min_requests}, and >= ${percentOf(values)} % of them with status ${status},`,
  of: { e: status, n: "Count" },
  expression: (values) =>
    `IF(n >= ${values.upload_api_min_requests} AND 100 * FILL(e, 0) >= ${percentOf(values)} * n, 1, 0)`,
  isCondition: true,
});

const FAILING = shareOf("5xx", ({ upload_api_error_threshold_percent: percent }) => percent);
const REFUSING = shareOf("4xx", ({ upload_api_refusal_threshold_percent: percent }) => percent);

const SLOW: Rate = {
  label: ({ upload_api_min_requests: min, upload_api_latency_threshold_ms: limit }) =>
    `Requests >= ${min}, and p99 of Latency >= ${limit} ms,`,
  of: { l: "Latency", n: "Count" },
  statistics: { l: "p99" },
  expression: ({ upload_api_min_requests: min, upload_api_latency_threshold_ms: limit }) =>
    `IF(n >= ${min} AND l >= ${limit}, 1, 0)`,
  isCondition: true,
};

/** A link can be used for 5 minutes, so most uploads are in the same hour. Each attempt of an upload counts as a use. */
const UNUSED: Rate = {
  label: ({ links_unused_min_count: min, links_unused_threshold_percent: percent }) =>
    `Links issued >= ${min}, and >= ${percent} % of them unused,`,
  of: { i: "LinksIssued", u: "LinksUsed" },
  expression: ({ links_unused_min_count: min, links_unused_threshold_percent: percent }) =>
    `IF(i >= ${min} AND 100 * (i - FILL(u, 0)) >= ${percent} * i, 1, 0)`,
  isCondition: true,
};

/** Alarms of the module `cloudwatch_alarms`, by name without the function's name in front: add a row. */
// biome-ignore format: a ledger is read down its columns
export const UPLOAD_ALARMS = {
  "upload-api-errors":   { severity: "critical",    metric: FAILING,  statistic: "Sum", periodSeconds: 300,   datapointsToAlarm: 1, evaluationPeriods: 3, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Requests to the upload API are failing", enabledBy: "enable_upload_api" },
  "upload-api-refusals": { severity: "performance", metric: REFUSING, statistic: "Sum", periodSeconds: 300,   datapointsToAlarm: 1, evaluationPeriods: 3, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The upload API is refusing many requests", enabledBy: "enable_upload_api" },
  "upload-api-latency":  { severity: "performance", metric: SLOW,     statistic: "Sum", periodSeconds: 300,   datapointsToAlarm: 1, evaluationPeriods: 3, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "The upload API answers slowly", enabledBy: "enable_upload_api" },
  "links-unused":        { severity: "performance", metric: UNUSED,   statistic: "Sum", periodSeconds: 3_600, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1, treatMissingData: "notBreaching", summary: "Clients get upload links, but their uploads do not arrive", enabledBy: "enable_upload_api" },
} as const satisfies Record<string, MetricAlarm>;
