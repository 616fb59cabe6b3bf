/** Every kind of log line against every synthesized metric filter: each filter must match exactly its own lines. */
import { EVENTS, LEVELS } from "../../handler/contract/events";
import { METRICS } from "../../handler/contract/metrics";
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { type LogSample, logSamples } from "../../scripts/trials/log-samples";
import { committed, synthesized } from "../modules/synthesized";

interface Filter {
  readonly pattern: string;
  readonly metric_transformation: { readonly name: string; readonly value: string };
}

let lines: LogSample[];

beforeAll(async () => {
  lines = await logSamples();
});

/** Of one environment, without the metrics of which it has no filter. */
const inEnvironment = async (name: string, level: "ERROR" | "WARN", without: readonly string[]) => {
  const { resource } = synthesized(await committed(name));
  const filters = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {}) as unknown as Filter[];
  const samples = (await logSamples(level)).map((line) => ({
    ...line,
    countedBy: line.countedBy.filter((metric) => !without.includes(metric)),
  }));
  const made = Object.entries(METRICS).flatMap(([metric, { from }]) => (from === "handler" ? [] : [metric]));
  return { filters, samples, made: made.filter((metric) => !without.includes(metric)).sort() };
};

const matchingFilters = (filters: readonly Filter[], { line }: LogSample): string[] =>
  filters
    .filter(({ pattern }) => matches(parseFilterPattern(pattern), line))
    .map(({ metric_transformation }) => metric_transformation.name);

describe.each([
  ["dev", "ERROR", ["RecordsLost", "LinksIssued", "LinksUsed"]],
  ["prod", "WARN", ["LargeImages"]],
] as const)("the log samples in %s, with refusals at %s,", (name, level, without) => {
  it("are matched by exactly the filters of the metrics that count them", async () => {
    const { filters, samples, made } = await inEnvironment(name, level, without);

    const matched = samples.map((line) => [line.name, matchingFilters(filters, line).sort()]);

    expect(matched).toEqual(samples.map(({ name, countedBy }) => [name, [...countedBy].sort()]));
    expect(filters.map(({ metric_transformation }) => metric_transformation.name).sort()).toEqual(made);
    expect([...new Set(samples.flatMap((line) => matchingFilters(filters, line)))].sort()).toEqual(made);
  });
});

describe("the log samples", () => {
  it("have a metric for every event at WARN or above", () => {
    const serious = Object.entries(EVENTS).filter(([, { level }]) => LEVELS.indexOf(level) >= LEVELS.indexOf("WARN"));
    const uncounted = serious.filter(([event]) => lines.find(({ name }) => name === event)?.countedBy.length === 0);

    expect(uncounted).toEqual([]);
  });

  it("have a number in each field from which a filter reads its value", async () => {
    const { filters } = await inEnvironment("prod", "WARN", ["LargeImages"]);
    const values = filters.flatMap(({ pattern, metric_transformation: { name, value } }) => {
      if (!value.startsWith("$")) return [];
      const own = lines.filter((line) => line.countedBy.some((metric) => metric === name));
      return own.map(({ line }) => [name, typeof matches(parseFilterPattern(pattern), line)?.values.get(value)]);
    });

    expect(values).toContainEqual(["ImageSizeBytes", "number"]);
    expect(values.filter(([, type]) => type !== "number")).toEqual([]);
  });

  it("are flat JSON objects with the request id and the event's level", () => {
    const written = lines.filter(({ name }) => name in EVENTS).map(({ line }) => JSON.parse(line));

    expect(written.map(({ event, level, requestId }) => [event, level, typeof requestId])).toEqual(
      Object.entries(EVENTS).map(([event, { level }]) => [event, level, "string"]),
    );
    expect(written.flatMap((line) => Object.values(line)).filter((value) => typeof value === "object")).toEqual([]);
  });
});
