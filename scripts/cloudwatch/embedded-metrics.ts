/**
 * Metrics embedded in log lines (EMF): the data that CloudWatch takes from a line, and what it rejects.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * and the JSON schema on that page. Assumed: an invalid dimension set or metric is left out alone; what is wrong with the
 * directive or the document rejects all of it.
 */
import type { Datum, Dimensions } from "./metric-store";

export interface EmbeddedMetrics {
  /** One datum for each metric, value and set of dimensions. */
  readonly data: readonly Datum[];
  /** One sentence for each thing that CloudWatch rejects. */
  readonly rejected: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const SIZES = [
  "Bits",
  "Kilobits",
  "Megabits",
  "Gigabits",
  "Terabits",
  "Bytes",
  "Kilobytes",
  "Megabytes",
  "Gigabytes",
  "Terabytes",
];
const UNITS: readonly string[] = [
  ...["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"],
  ...SIZES.flatMap((size) => [size, `${size}/Second`]),
];

const MAX_DIMENSIONS = 30;
const MAX_METRICS = 100;
const MAX_VALUES = 100;
const MAX_DIMENSION_LENGTH = 1024;

const NOT_EMBEDDED: EmbeddedMetrics = { data: [], rejected: [] };

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Collects rejections. */
type Reject = (what: string, of: string, got: unknown) => undefined;

const dimensionSet = (keys: unknown, root: JsonObject, reject: Reject): Dimensions | undefined => {
  if (!Array.isArray(keys)) return reject("an array of keys", "a dimension set", keys);
  if (keys.length > MAX_DIMENSIONS) {
    return reject(`at most ${MAX_DIMENSIONS} dimensions`, "a dimension set", keys.length);
  }
  const entries = keys.map((key): [string, string] | undefined => {
    const value = typeof key === "string" ? root[key] : undefined;
    const isValid = typeof value === "string" && value.length <= MAX_DIMENSION_LENGTH;
    return isValid ? [String(key), value] : reject("a text", `dimension ${String(key)}`, value);
  });
  return entries.includes(undefined)
    ? undefined
    : Object.fromEntries(entries.flatMap((entry) => (entry ? [entry] : [])));
};

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

const metricOf = (definition: unknown, root: JsonObject, reject: Reject): Metric | undefined => {
  const { Name: name, Unit: unit = "None" } = isObject(definition) ? definition : {};
  if (typeof name !== "string" || name === "") return reject("a name", "a metric", name);
  if (typeof unit !== "string" || !UNITS.includes(unit)) return reject("a unit of CloudWatch", `metric ${name}`, unit);
  const target = root[name];
  const values: unknown[] = Array.isArray(target) ? target : [target];
  if (values.length > MAX_VALUES) return reject(`at most ${MAX_VALUES} values`, `metric ${name}`, values.length);
  if (!values.every((value) => typeof value === "number")) return reject("numbers", `metric ${name}`, target);
  return { name, unit, values };
};

const present = <T>(items: readonly (T | undefined)[]): T[] =>
  items.flatMap((item) => (item === undefined ? [] : [item]));

const directiveData = (directive: unknown, root: JsonObject, timestampMs: number, reject: Reject): Datum[] => {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = isObject(directive) ? directive : {};
  const refused = (what: string, of: string, got: unknown): Datum[] => {
    reject(what, of, got);
    return [];
  };
  if (typeof namespace !== "string" || namespace === "") return refused("a text", "Namespace", namespace);
  if (!Array.isArray(sets) || sets.length === 0) return refused("an array of dimension sets", "Dimensions", sets);
  if (!Array.isArray(metrics)) return refused("an array of metrics", "Metrics", metrics);
  if (metrics.length > MAX_METRICS) return refused(`at most ${MAX_METRICS} metrics`, "Metrics", metrics.length);
  const dimensions = present(sets.map((keys) => dimensionSet(keys, root, reject)));
  return present(metrics.map((definition) => metricOf(definition, root, reject))).flatMap(({ name, unit, values }) =>
    dimensions.flatMap((set) =>
      values.map((value) => ({ namespace, name, dimensions: set, unit, timestampMs, value })),
    ),
  );
};

/** @returns nothing at all for a line that is not in the embedded metric format */
export const embeddedMetrics = (line: string): EmbeddedMetrics => {
  if (!line.includes('"_aws"')) return NOT_EMBEDDED;
  const root = parsed(line);
  if (!isObject(root) || !isObject(root._aws) || !Array.isArray(root._aws.CloudWatchMetrics)) return NOT_EMBEDDED;
  const rejected: string[] = [];
  const reject: Reject = (what, of, got) => {
    rejected.push(`Expected ${what} for ${of} but got ${JSON.stringify(got) ?? "nothing"}`);
    return undefined;
  };
  const { Timestamp: timestampMs, CloudWatchMetrics: directives } = root._aws;
  if (typeof timestampMs !== "number" || !Number.isInteger(timestampMs)) {
    reject("milliseconds since 1970", "Timestamp", timestampMs);
    return { data: [], rejected };
  }
  return { data: directives.flatMap((directive) => directiveData(directive, root, timestampMs, reject)), rejected };
};

/**
 * CloudWatch's own count of what it rejects:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
 * @returns undefined if the line has nothing that is rejected
 */
export const validationErrors = (
  { rejected }: EmbeddedMetrics,
  logGroup: string,
  timestampMs: number,
): Datum | undefined =>
  rejected.length === 0
    ? undefined
    : {
        namespace: "AWS/Logs",
        name: "EMFValidationErrors",
        dimensions: { LogGroupName: logGroup },
        unit: "Count",
        timestampMs,
        value: 1,
      };
