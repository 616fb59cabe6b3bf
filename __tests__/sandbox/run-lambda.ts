/** Runs small handlers in the local Lambda, in real processes within the function's limits. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { FunctionBlueprint } from "../../scripts/sandbox/blueprint";
import { unpackFunction } from "../../scripts/sandbox/function-package";
import { createLambda, type LambdaDatum, type Outcome } from "../../scripts/sandbox/lambda";

const folder = mkdtempSync(join(tmpdir(), "lambda-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

const FUNCTION: FunctionBlueprint = {
  name: "small",
  arn: "arn:aws:lambda:us-east-1:000000000000:function:small",
  region: "us-east-1",
  handler: "index.handler",
  runtime: "nodejs22.x",
  architecture: "x86_64",
  timeoutSeconds: 5,
  memoryMb: 512,
  packageFile: "",
  environment: { GREETING: "hello" },
  logGroup: "/aws/lambda/small",
  logFormat: "JSON",
  applicationLogLevel: "INFO",
  systemLogLevel: "INFO",
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 3600,
};

interface Ran {
  readonly outcomes: readonly Outcome[];
  /** Parsed JSON lines. */
  readonly lines: readonly Record<string, unknown>[];
  readonly reports: readonly Record<string, unknown>[];
  readonly data: readonly LambdaDatum[];
  valuesOf(name: LambdaDatum["name"]): number[];
  sumOf(name: LambdaDatum["name"]): number;
}

/** Time of a run, and what moves it. @default the machine's clock */
export interface Clock {
  readonly now?: () => number;
  readonly onLine?: (text: string) => void;
  readonly onMetric?: (datum: LambdaDatum) => void;
}

/** Runs a handler, given as CommonJS source, for all events in parallel. */
export const runLambda = async (
  code: string,
  changes: Partial<FunctionBlueprint> = {},
  events: readonly unknown[] = [{}],
  processes = 2,
  clock: Clock = {},
): Promise<Ran> => {
  const zip = join(mkdtempSync(join(folder, "zip-")), "package.zip");
  writeFileSync(zip, zipSync({ "index.js": strToU8(code) }));
  const unpacked = await unpackFunction(zip);
  const texts: string[] = [];
  const data: LambdaDatum[] = [];
  const lambda = createLambda({
    function: { ...FUNCTION, ...changes },
    unpacked,
    processes,
    retryDelaysMs: [1, 1],
    throttleDelayMs: 5,
    now: clock.now,
    onLogLine: ({ text }) => {
      texts.push(text);
      clock.onLine?.(text);
    },
    onMetric: (datum) => {
      data.push(datum);
      clock.onMetric?.(datum);
    },
  });
  try {
    const outcomes = await Promise.all(events.map((event) => lambda.invoke(event)));
    const lines = texts.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text));
    return {
      outcomes,
      lines,
      reports: lines.filter(({ type }) => type === "platform.report").map(({ record }) => record),
      data,
      valuesOf: (name) => data.filter((datum) => datum.name === name).map(({ value }) => value),
      sumOf: (name) => data.filter((datum) => datum.name === name).reduce((sum, { value }) => sum + value, 0),
    };
  } finally {
    await lambda.stop();
    rmSync(unpacked.folder, { recursive: true });
  }
};
