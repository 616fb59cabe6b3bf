/** Renders the log sources of a metric as a CloudWatch Logs JSON filter pattern. */
import type { LogSource } from "./metrics";
import type { Settings } from "./settings";

const equals = (selector: string, value: string) => `(${selector} = "${value}")`;

/**
 * CloudWatch Logs takes a value or a dimension only from a field that the pattern selects, so each such field gets a
 * term. Lines without the field then publish nothing.
 */
const terms = (source: LogSource): { operator: "&&" | "||"; list: string[] } => {
  if ("levels" in source) return { operator: "||", list: source.levels.map((level) => equals("$.level", level)) };
  const value = metricValueOf(source);
  const texts = Object.values(dimensionsOf(source)).map((selector) => equals(selector, "*"));
  const selected = [...(value === undefined ? [] : [`(${value} >= 0)`]), ...texts];
  if ("event" in source) return { operator: "&&", list: [equals("$.event", source.event), ...selected] };
  const { statusIsNot, ...conditions } = source.report;
  const report = [
    ...Object.entries(conditions).map(([field, text]) => equals(`$.record.${field}`, text)),
    ...(statusIsNot === undefined ? [] : [`($.record.status != "${statusIsNot}")`]),
  ];
  return { operator: "&&", list: [equals("$.type", "platform.report"), ...report, ...selected] };
};

const condition = (source: LogSource, alone: boolean): string => {
  const { operator, list } = terms(source);
  const joined = list.join(` ${operator} `);
  return alone || list.length === 1 ? joined : `(${joined})`;
};

const metricValueOf = (source: LogSource): string | undefined => {
  if (!("field" in source) || source.field === undefined) return undefined;
  return "event" in source ? `$.${source.field}` : `$.record.metrics.${source.field}`;
};

const dimensionsOf = (source: LogSource): Record<string, string> =>
  "event" in source
    ? Object.fromEntries(Object.entries(source.dimensions ?? {}).map(([name, field]) => [name, `$.${field}`]))
    : {};

/** @returns the sources that count where refusals are logged at this level */
export const sourcesAt = (
  from: readonly [LogSource, ...LogSource[]],
  level: Settings["REFUSAL_LOG_LEVEL"],
): [LogSource, ...LogSource[]] =>
  from.filter((source) => !("event" in source) || (source.refusalLogLevel ?? level) === level) as [
    LogSource,
    ...LogSource[],
  ];

/**
 * @param from the log sources; a line matches if it comes from any of them
 * @returns the pattern, in JSON filter syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const filterPattern = (from: readonly LogSource[]): string =>
  `{ ${from.map((source) => condition(source, from.length === 1)).join(" || ")} }`;

/** @returns the metric value of a matching line: "1" to count lines, or the selector of a numeric field. */
export const metricValue = (from: readonly LogSource[]): string =>
  from.map(metricValueOf).find((value) => value) ?? "1";

/** @returns the dimensions of the metric with the selectors of their values; undefined if it has none. */
export const metricDimensions = (from: readonly LogSource[]): Record<string, string> | undefined =>
  from.map(dimensionsOf).find((dimensions) => Object.keys(dimensions).length > 0);
