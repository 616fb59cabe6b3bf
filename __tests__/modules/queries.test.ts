/** The synthesized saved queries, run on every kind of line that the log group receives. */
import { EVENTS } from "../../handler/contract/events";
import { logAlarms } from "../../modules/alarm-rows";
import { QUERIES } from "../../modules/queries";
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { type LogSample, logSamples } from "../../scripts/trials/log-samples";
import { committed, devWith, synthesized } from "./synthesized";

/** Every alarm notifies its own topic, and refused files are errors. */
const prodWithEach = async () => ({
  ...(await committed("prod")),
  ...({ alarm_routing: "each", refusal_log_level: "ERROR" } as const),
});

const FOLDER = "image-processor-prod-processor/";

let lines: LogSample[];
/** By name without the function's name in front. */
let queries: Record<string, string>;

beforeAll(async () => {
  lines = await logSamples();
  queries = queriesIn(synthesized(await prodWithEach()));
});

/** Translates a Logs Insights condition into a metric filter pattern, which the local engine can evaluate. */
const patternOf = (query: string): string => {
  const filters = query.split("\n| ").filter((command) => command.startsWith("filter "));
  const conditions = filters.map((filter) =>
    filter
      .replace("filter ", "")
      .replaceAll(/(\w+) in (\[.*?\])/g, (_, field, list) =>
        (JSON.parse(list) as string[]).map((each) => `${field} = "${each}"`).join(" or "),
      )
      .replaceAll(/"[^"]*"|[A-Za-z][\w.]*/g, (word) =>
        word.startsWith('"') ? word : ({ and: "&&", or: "||" }[word] ?? `$.${word}`),
      ),
  );
  return `{ ${conditions.map((each) => `(${each})`).join(" && ")} }`;
};

/** @param key replaces the placeholder in the query for one upload */
const linesOf = (name: string, key?: string): LogSample[] => {
  const query = queries[name] ?? "";
  const pattern = parseFilterPattern(patternOf(key === undefined ? query : query.replace("photos/summer.jpg", key)));
  return lines.filter(({ line }) => matches(pattern, line));
};

const keyOfUpload = (): string =>
  String(JSON.parse(lines.find(({ name }) => name === "image.refused")?.line ?? "{}").key);

const WORDS = ["fields", "filter", "stats", "sort", "limit", "by", "desc", "asc", "and", "or", "in"];

const fieldsIn = (query: string): string[] => {
  const text = query.replaceAll(/"[^"]*"|bin\(\w+\)/g, "");
  const made = [...text.matchAll(/ as (\w+)/g)].map(([, alias = ""]) => alias);
  const words = [...text.matchAll(/(?<![\w.@])[@A-Za-z][\w.]*\b(?!\()/g)].map(([word]) => word);
  return [...new Set(words)].filter((word) => ![...WORDS, ...made, "as", "@timestamp"].includes(word));
};

const valueAt = (line: string, path: string): unknown =>
  path.split(".").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], JSON.parse(line));

const queriesIn = ({ resource }: ReturnType<typeof synthesized>): Record<string, string> =>
  Object.fromEntries(
    Object.values(resource.aws_cloudwatch_query_definition ?? {}).map(({ name, query_string }) => [
      String(name).slice(FOLDER.length),
      String(query_string),
    ]),
  );

const named = (found: readonly LogSample[]) => found.map(({ name }) => name);

describe("saved queries", () => {
  it("are those of the ledger and one for each alarm, on the log group of the function that writes the lines", async () => {
    const { resource } = synthesized(await prodWithEach());

    const definitions = Object.values(resource.aws_cloudwatch_query_definition ?? {});
    const alarms = Object.values(resource.aws_cloudwatch_metric_alarm ?? {}).map(
      ({ alarm_name }) => `${FOLDER}alarms/${String(alarm_name).slice(FOLDER.length)}`,
    );
    expect(definitions.map(({ name }) => name).sort()).toEqual(
      [...[...Object.keys(QUERIES), "backfill-outcomes"].map((name) => `${FOLDER}${name}`), ...alarms].sort(),
    );
    const writerOf = (name: string): string => {
      if (/\/backfill-[\w-]+$/.test(name)) return "backfill_function";
      return /\/(upload-api-\w+|links-unused)$/.test(name) ? "upload_function" : "lambda_function";
    };
    const groupOf = (fn: string) => [`\${aws_cloudwatch_log_group.${fn}_log_group.name}`];
    expect(definitions.map(({ log_group_names }) => log_group_names)).toEqual(
      definitions.map(({ name }) => groupOf(writerOf(String(name)))),
    );
  });

  it("are absent unless enable_saved_queries is on", async () => {
    const { resource } = synthesized(await devWith(""));

    expect(resource).not.toHaveProperty("aws_cloudwatch_query_definition");
  });

  it("of an alarm on log lines find exactly the lines that its metric counts", async () => {
    const alarms = logAlarms(await prodWithEach());

    const found = alarms.map(({ name }) => [name, named(linesOf(`alarms/${name}`))]);

    expect(found).toEqual(
      alarms.map(({ name, fault }) => [name, named(lines.filter(({ countedBy }) => countedBy.includes(fault)))]),
    );
  });

  it("of an alarm on log lines leave refused files out where they are no failures", async () => {
    const environment = await committed("prod");
    const samples = await logSamples("WARN");
    const own = queriesIn(synthesized(environment));

    const found = logAlarms(environment).map(({ name }) => {
      const pattern = parseFilterPattern(patternOf(own[`alarms/${name}`] ?? ""));
      return [name, named(samples.filter(({ line }) => matches(pattern, line)))];
    });

    expect(found).toEqual(
      logAlarms(environment).map(({ name, fault }) => [
        name,
        named(samples.filter(({ countedBy }) => countedBy.includes(fault))),
      ]),
    );
  });

  const reports = ["success", "an error thrown", "time limit", "out of memory", "process died"].map(
    (end) => `platform.report, ${end}`,
  );
  const errors = Object.entries(EVENTS)
    .filter(([, { level }]) => ["ERROR", "CRITICAL"].includes(level))
    .map(([event]) => event);

  it.each([
    ["errors-by-kind", [...errors, ...reports.slice(1), "the runtime, an error thrown"]],
    ["refused-by-reason", ["image.refused"]],
    ["slowest-images", ["image.processed"]],
    ["memory-high-water", reports],
    ["cold-starts", reports],
    ["alarms/high-error-rate", [...errors, ...reports.slice(1), "the runtime, an error thrown"]],
    ["alarms/log-errors", [...errors, "the runtime, an error thrown"]],
    ["alarms/throttles", reports],
    ["alarms/high-duration", reports],
    ["alarms/high-concurrency", reports],
    ["alarms/low-success-rate", ["image.refused", "image.failed"]],
    ["alarms/no-invocations", reports],
  ])("%s reads exactly these lines", (name, expected) => {
    expect(named(linesOf(name))).toEqual(expected);
  });

  it("one-upload finds the lines of the upload with the given key, and of no other", () => {
    expect(named(linesOf("one-upload"))).toEqual([]);
    expect(named(linesOf("one-upload", keyOfUpload()))).toEqual([
      "image.received",
      "image.processed",
      "image.refused",
      "image.failed",
      "storage.denied",
    ]);
  });

  it("use only fields that the lines they read have", () => {
    const absent = Object.entries(queries).flatMap(([name, query]) => {
      const read = linesOf(name, keyOfUpload());
      return fieldsIn(query)
        .filter((field) => read.every(({ line }) => valueAt(line, field) === undefined))
        .map((field) => `${name}: ${field}`);
    });

    expect(absent).toEqual([]);
  });

  it("of alarms show the highest values first where the metric has a value, and the newest lines otherwise", () => {
    const sorted = Object.entries(queries).filter(([name]) => name.startsWith("alarms/"));

    const byTime = "sort @timestamp desc";
    const byDuration = "sort record.metrics.durationMs desc";
    expect(
      Object.fromEntries(
        sorted.map(([name, query]) => [
          name.replace("alarms/", ""),
          query.split("\n| ").find((command) => command.startsWith("sort ")),
        ]),
      ),
    ).toEqual({
      "backfill-failed": byTime,
      "backfill-timed-out": byTime,
      "backfill-aborted": byTime,
      "backfill-batches-failed": byTime,
      "backfill-batches-timed-out": byTime,
      "backfill-failure-rate": byTime,
      "high-error-rate": byTime,
      "table-throttles": byTime,
      "table-errors": byTime,
      "records-lost": byTime,
      throttles: byDuration,
      "release-errors": byTime,
      "log-errors": byTime,
      "high-duration": byDuration,
      "high-concurrency": byDuration,
      "low-success-rate": byTime,
      "no-invocations": byTime,
      "memory-high": "sort record.metrics.maxMemoryUsedMB desc",
      "event-age": byDuration,
      "events-dropped": byTime,
      "dead-letters": byTime,
      "dead-letter-errors": byTime,
      "timeout-errors": byTime,
      "memory-errors": byTime,
      "image-processing-errors": byTime,
      "s3-permission-errors": byTime,
      "critical-errors": byTime,
      "large-images": byTime,
      "upload-api-errors": byTime,
      "upload-api-refusals": byTime,
      "upload-api-latency": byDuration,
      "links-unused": byTime,
    });
  });
});
