/** One local run: a sandbox, the files that are uploaded to it, and their results. */

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import type { Outcome } from "../../sandbox/lambda";
import type { CreatedObject } from "../../sandbox/s3-events";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import { UsageError } from "../../terminal/cli";
import { createAlerts } from "./alerts";
import type { Input } from "./inputs";
import { createCollector, type Result } from "./results";

export interface RunOptions {
  /** Folder of the stack's `cdk.tf.json`. */
  readonly stackDir: string;
  /** Folder that variants are saved to. */
  readonly outDir: string;
  /** Of the S3 endpoint. @default a free one */
  readonly port: number | undefined;
  /** Port on which the function waits for a debugger. @default no debugger */
  readonly inspectPort?: number;
  /** Whether objects stay in S3 when their variants are saved. A large folder's would fill the memory. */
  readonly keepsObjects: boolean;
  /** Called for each upload that another program makes through the S3 endpoint. */
  readonly onResult: (result: Promise<Result>) => void;
}

export interface Run {
  readonly sandbox: Sandbox;
  /**
   * @param onDone called after each file
   * @returns the results in the order of the files
   * @throws UsageError for a file that cannot be read
   */
  process(inputs: readonly Input[], onDone: () => void): Promise<Result[]>;
}

/** Stops the sandbox if the stack's alarms cannot be evaluated: its processes would keep this one alive. */
const startAlerts = async (blueprint: Blueprint, sandbox: Sandbox): Promise<() => string[]> => {
  try {
    return createAlerts(blueprint, sandbox);
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
};

const PROCESSES = Math.min(availableParallelism(), 4);

export const openRun = async ({
  stackDir,
  outDir,
  port,
  inspectPort,
  keepsObjects,
  onResult,
}: RunOptions): Promise<Run> => {
  const collector = createCollector(outDir);
  const waiting = new Map<string, (result: Promise<Result>) => void>();
  const blueprint = readBlueprint(stackDir);
  const sandbox: Sandbox = await startSandbox({
    blueprint,
    port,
    inspectPort,
    processes: inspectPort === undefined ? PROCESSES : 1,
    onObjectCreated: (object) => collector.onObjectCreated(object, sandbox),
    onSettled: (object, [outcome]) => {
      if (object.bucket !== sandbox.uploadBucket) return;
      const take = waiting.get(object.key) ?? onResult;
      waiting.delete(object.key);
      take(resultOf(object, outcome));
    },
  });

  const alertsNow = await startAlerts(blueprint, sandbox);
  const resultOf = async (object: CreatedObject, outcome: Outcome | undefined): Promise<Result> => ({
    ...(await collector.resultOf(object, outcome, sandbox)),
    alerts: alertsNow(),
  });

  const processOne = async ({ file, key }: Input): Promise<Result> => {
    const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
      throw new UsageError(`Expected a readable file for ${file} but got ${cause.code}`, { cause });
    });
    const ended = new Promise<Result>((resolve) => waiting.set(key, resolve));
    await sandbox.upload(key, bytes);
    const result = await ended;
    if (!keepsObjects) await forget(result);
    return result;
  };

  const forget = async ({ key, variants }: Result): Promise<void> => {
    await sandbox.erase(sandbox.uploadBucket, key);
    for (const variant of variants) await sandbox.erase(sandbox.processedBucket, variant.key);
  };

  return {
    sandbox,
    process: async (inputs, onDone) => {
      // One upload more than there are processes keeps them busy, without reading a large folder into memory.
      const limit = pLimit(PROCESSES + 1);
      return Promise.all(inputs.map((input) => limit(() => processOne(input).finally(onDone))));
    },
  };
};
