/** The functions of a stack: each with its own package, processes and log group. */
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { accessKeyIdOf, FUNCTION_ACCESS_KEY_ID } from "./api-call";
import type { Blueprint, FunctionBlueprint } from "./blueprint";
import type { LogLine } from "./function-log";
import { unpackFunction } from "./function-package";
import { createLambda, type Lambda, type LambdaDatum, type LambdaOptions } from "./lambda";

interface LocalFunction {
  readonly blueprint: FunctionBlueprint;
  readonly lambda: Lambda;
}

/** What the functions share, and what happens to their lines and data. */
export interface FunctionsOptions
  extends Pick<
    LambdaOptions,
    "inspectPort" | "processes" | "retryDelaysMs" | "throttleDelayMs" | "now" | "wait" | "onAttempt" | "sendDeadLetter"
  > {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly onLogLine: (line: LogLine, fn: FunctionBlueprint) => void;
  readonly onMetric: (datum: LambdaDatum, fn: FunctionBlueprint) => void;
}

export interface Functions {
  /** The function that uploads invoke comes first. */
  readonly all: readonly LocalFunction[];
  /** The function that uploads invoke. */
  readonly main: Lambda;
  /** Ends all processes, and removes the unpacked packages. */
  stop(): Promise<void>;
}

/** What must end with this process. One listener for all: a drill runs more functions than a process may have listeners. */
const endings = new Set<() => void>();
const endAll = (): void => {
  for (const end of endings) end();
};

/** @returns a function that forgets the ending */
const endAtExit = (end: () => void): (() => void) => {
  if (endings.size === 0) process.once("exit", endAll);
  endings.add(end);
  return () => {
    endings.delete(end);
    if (endings.size === 0) process.off("exit", endAll);
  };
};

const start = async (fn: FunctionBlueprint, options: FunctionsOptions, only: Partial<LambdaOptions>) => {
  const { onLogLine, onMetric, endpoints, processes, now, wait } = options;
  const unpacked = await unpackFunction(fn.packageFile);
  const lambda = createLambda({
    ...{ function: fn, unpacked, endpoints, processes, now, wait, ...only },
    onLogLine: (line) => onLogLine(line, fn),
    onMetric: (datum) => onMetric(datum, fn),
  });
  const forgetEnding = endAtExit(() => {
    lambda.kill();
    rmSync(unpacked.folder, { recursive: true, force: true });
  });
  const stop = async () => {
    forgetEnding();
    await lambda.stop();
    await rm(unpacked.folder, { recursive: true, force: true });
  };
  return { blueprint: fn, lambda, stop };
};

/**
 * Retries, attempts, the debugger and the dead-letter queue are those of the function that uploads invoke; the others are
 * called synchronously, and their processes start with their first call.
 *
 * @throws Error if a package is missing or not a zip
 */
export const startFunctions = async (blueprint: Blueprint, options: FunctionsOptions): Promise<Functions> => {
  const { inspectPort, retryDelaysMs, throttleDelayMs, onAttempt, sendDeadLetter } = options;
  const ofUploads = { accessKeyId: FUNCTION_ACCESS_KEY_ID, inspectPort, retryDelaysMs, throttleDelayMs };
  const main = await start(blueprint.function, options, { ...ofUploads, onAttempt, sendDeadLetter });
  const all = [main];
  const stop = async () => {
    await Promise.all(all.map((each) => each.stop()));
  };
  try {
    for (const fn of blueprint.otherFunctions) all.push(await start(fn, options, { accessKeyId: accessKeyIdOf(fn) }));
    await main.lambda.warm();
  } catch (error) {
    await stop();
    throw error;
  }
  return { all, main: main.lambda, stop };
};
