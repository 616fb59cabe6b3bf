/** Renders what a metric is made from as a CloudWatch Logs JSON filter pattern. */
import type { LogSource } from "./metrics";

const equals = (selector: string, value: string) => `(${selector} = "${value}")`;

/**
 * A field that a metric takes its value or a dimension from must be selected by the pattern, so a term on that field is
 * added: CloudWatch Logs publishes nothing for a line that lacks it.
 */
const terms = (source: LogSource): { operator: "&&" | "||"; list: string[] } => {
  if ("levels" in source) return { operator: "||", list: source.levels.map((level) => equals("$.level", level)) };
  const value = metricValueOf(source);
  const texts = Object.values(dimensionsOf(source)).map((selector) => equals(selector, "*"));
  const selected = [...(value === undefined ? [] : [`(${value} >= 0)`]), ...texts];
  if ("event" in source) return { operator: "&&", list: [equals("$.event", source.event), ...selected] };
  const report = Object.entries(source.report).map(([field, text]) => equals(`$.record.${field}`, text));
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

/**
 * @param from the kinds of log line of which any one counts
 * @returns the pattern, in JSON filter syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const filterPattern = (from: readonly LogSource[]): string =>
  `{ ${from.map((source) => condition(source, from.length === 1)).join(" || ")} }`;

/** @returns the metric value of a matching line: "1" to count lines, or the `$.field` whose number is taken. */
export const metricValue = (from: readonly LogSource[]): string =>
  from.map(metricValueOf).find((value) => value) ?? "1";

/** @returns the metric's dimensions, each with the `$.field` whose text is its value; undefined where it has none. */
export const metricDimensions = (from: readonly LogSource[]): Record<string, string> | undefined =>
  from.map(dimensionsOf).find((dimensions) => Object.keys(dimensions).length > 0);
