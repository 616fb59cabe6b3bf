/** Renders what a metric is made from as a CloudWatch Logs JSON filter pattern. */
import type { Heard } from "./metrics";

const equals = (selector: string, value: string) => `(${selector} = "${value}")`;

/**
 * A field that a metric takes its value or a dimension from must be selected by the pattern, so a term on that field is
 * added: CloudWatch Logs publishes nothing for a line that lacks it.
 */
const terms = (heard: Heard): { operator: "&&" | "||"; list: string[] } => {
  if ("levels" in heard) return { operator: "||", list: heard.levels.map((level) => equals("$.level", level)) };
  const value = metricValueOf(heard);
  const texts = Object.values(dimensionsOf(heard)).map((selector) => equals(selector, "*"));
  const selected = [...(value === undefined ? [] : [`(${value} >= 0)`]), ...texts];
  if ("event" in heard) return { operator: "&&", list: [equals("$.event", heard.event), ...selected] };
  const report = Object.entries(heard.report).map(([field, text]) => equals(`$.record.${field}`, text));
  return { operator: "&&", list: [equals("$.type", "platform.report"), ...report, ...selected] };
};

const condition = (heard: Heard, alone: boolean): string => {
  const { operator, list } = terms(heard);
  const joined = list.join(` ${operator} `);
  return alone || list.length === 1 ? joined : `(${joined})`;
};

const metricValueOf = (heard: Heard): string | undefined => {
  if (!("field" in heard) || heard.field === undefined) return undefined;
  return "event" in heard ? `$.${heard.field}` : `$.record.metrics.${heard.field}`;
};

const dimensionsOf = (heard: Heard): Record<string, string> =>
  "event" in heard
    ? Object.fromEntries(Object.entries(heard.dimensions ?? {}).map(([name, field]) => [name, `$.${field}`]))
    : {};

/**
 * @param from the kinds of log line of which any one counts
 * @returns the pattern, in JSON filter syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const filterPattern = (from: readonly Heard[]): string =>
  `{ ${from.map((heard) => condition(heard, from.length === 1)).join(" || ")} }`;

/** @returns the metric value of a matching line: "1" to count lines, or the `$.field` whose number is taken. */
export const metricValue = (from: readonly Heard[]): string => from.map(metricValueOf).find((value) => value) ?? "1";

/** @returns the metric's dimensions, each with the `$.field` whose text is its value; undefined where it has none. */
export const metricDimensions = (from: readonly Heard[]): Record<string, string> | undefined =>
  from.map(dimensionsOf).find((dimensions) => Object.keys(dimensions).length > 0);
