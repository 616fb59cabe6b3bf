/** The producer test: every line the log group gets, against every metric filter as synthesized. None deaf, none eavesdropping. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENTS, LEVELS } from "../../handler/contract/events";
import { METRICS } from "../../handler/contract/metrics";
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";
import { type ProducedLine, producedLines } from "../../scripts/trials/log-samples";

interface Filter {
  readonly pattern: string;
  readonly metric_transformation: { readonly name: string; readonly value: string };
}

const ROOT = join(__dirname, "../..");
const outdir = mkdtempSync(join(tmpdir(), "producer-"));
let lines: ProducedLine[];
let filters: Filter[];

beforeAll(async () => {
  execFileSync(process.execPath, [...RUN_TYPESCRIPT, "main.ts"], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir, HANDLER_PACKAGE: "package.json" },
  });
  const stack = JSON.parse(readFileSync(join(outdir, "stacks/dev/cdk.tf.json"), "utf8"));
  filters = Object.values(stack.resource.aws_cloudwatch_log_metric_filter);
  lines = await producedLines();
});

afterAll(() => rmSync(outdir, { recursive: true }));

const hearersOf = ({ line }: ProducedLine): string[] =>
  filters
    .filter(({ pattern }) => matches(parseFilterPattern(pattern), line))
    .map(({ metric_transformation }) => metric_transformation.name);

describe("the producer test", () => {
  it("lets every filter hear exactly its own lines", () => {
    const heard = lines.map((line) => [line.name, hearersOf(line).sort()]);

    expect(heard).toEqual(lines.map(({ name, heardBy }) => [name, [...heardBy].sort()]));
  });

  it("has a filter for every metric made from lines, and a line for every filter", () => {
    const made = Object.entries(METRICS).flatMap(([name, { from }]) => (from === "handler" ? [] : [name]));

    expect(filters.map(({ metric_transformation }) => metric_transformation.name).sort()).toEqual(made.sort());
    expect([...new Set(lines.flatMap(hearersOf))].sort()).toEqual(made.sort());
  });

  it("lets some metric hear every event at WARN or above", () => {
    const serious = Object.entries(EVENTS).filter(([, { level }]) => LEVELS.indexOf(level) >= LEVELS.indexOf("WARN"));
    const unheard = serious.filter(([event]) => lines.find(({ name }) => name === event)?.heardBy.length === 0);

    expect(unheard).toEqual([]);
  });

  it("finds a number wherever a filter takes its value from a field", () => {
    const values = filters.flatMap(({ pattern, metric_transformation: { name, value } }) => {
      if (!value.startsWith("$")) return [];
      const own = lines.filter((line) => line.heardBy.some((metric) => metric === name));
      return own.map(({ line }) => [name, typeof matches(parseFilterPattern(pattern), line)?.values.get(value)]);
    });

    expect(values).toContainEqual(["ImageSizeBytes", "number"]);
    expect(values.filter(([, type]) => type !== "number")).toEqual([]);
  });

  it("writes each line as one flat JSON object that carries the request and the level of its event", () => {
    const written = lines.filter(({ name }) => name in EVENTS).map(({ line }) => JSON.parse(line));

    expect(written.map(({ event, level, requestId }) => [event, level, typeof requestId])).toEqual(
      Object.entries(EVENTS).map(([event, { level }]) => [event, level, "string"]),
    );
    expect(written.flatMap((line) => Object.values(line)).filter((value) => typeof value === "object")).toEqual([]);
  });
});
