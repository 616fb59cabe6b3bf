/** Renders what a metric is made from as a CloudWatch Logs JSON filter pattern. */
import type { Heard } from "./metrics";

const equals = (selector: string, value: string) => `(${selector} = "${value}")`;

/** Joins terms, bracketed where another operator will stand beside them. */
const join = (operator: "&&" | "||", terms: readonly string[]) =>
  terms.length === 1 ? terms.join("") : `(${terms.join(` ${operator} `)})`;

/**
 * A field that a metric takes its value from must be selected by the pattern, so a term on that field is added:
 * CloudWatch Logs publishes nothing for a line that lacks it.
 */
const condition = (heard: Heard): string => {
  if ("levels" in heard) {
    return join(
      "||",
      heard.levels.map((level) => equals("$.level", level)),
    );
  }
  const value = metricValueOf(heard);
  const selected = value === undefined ? [] : [`(${value} >= 0)`];
  if ("event" in heard) return join("&&", [equals("$.event", heard.event), ...selected]);
  const report = Object.entries(heard.report).map(([field, text]) => equals(`$.record.${field}`, text));
  return join("&&", [equals("$.type", "platform.report"), ...report, ...selected]);
};

const metricValueOf = (heard: Heard): string | undefined => {
  if (!("field" in heard) || heard.field === undefined) return undefined;
  return "event" in heard ? `$.${heard.field}` : `$.record.metrics.${heard.field}`;
};

/**
 * @param from the kinds of log line of which any one counts
 * @returns the pattern, in JSON filter syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const filterPattern = (from: readonly Heard[]): string => `{ ${join("||", from.map(condition))} }`;

/** @returns the metric value of a matching line: "1" to count lines, or the `$.field` whose number is taken. */
export const metricValue = (from: readonly Heard[]): string => from.map(metricValueOf).find((value) => value) ?? "1";
