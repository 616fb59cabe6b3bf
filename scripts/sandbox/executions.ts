/** Local Step Functions: runs of the stack's state machines, and the API calls that start, watch, stop and redrive them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Answer, Wait } from "./lambda";
import { type Batch, ENDS, type ExecutionMetric, itemsIn, runBatches } from "./map-run";
import { OperationRefused, type Operations } from "./operations";
import { resultFiles } from "./run-results";
import type { SentDatum } from "./sent";
import { type StateMachineBlueprint, withInput } from "./state-machine";

export interface ExecutionsOptions {
  readonly machines: readonly StateMachineBlueprint[];
  readonly now: () => number;
  readonly wait: Wait;
  readonly call: (functionArn: string, event: unknown) => Promise<Answer>;
  readonly read: (bucket: string, key: string) => Promise<Buffer>;
  readonly write: (bucket: string, key: string, bytes: Buffer) => Promise<void>;
  readonly onDatum: (datum: SentDatum) => void;
  /** Called with the end of each run and of each redrive, with all of its invocations. */
  readonly onRun: (ended: Promise<void>) => void;
}

/** Calls an operation, such as StartExecution. */
export type CallSteps = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

export interface Executions {
  readonly operations: Operations;
  /** Aborts all runs, without their metrics. */
  stop(): void;
}

interface Execution {
  readonly machine: StateMachineBlueprint;
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startMs: number;
  status: "RUNNING" | keyof typeof ENDS;
  stopMs?: number;
  output?: string;
  error?: string;
  cause?: string;
  redrives: number;
  mapRun?: { readonly arn: string; readonly batches: readonly Batch[] };
  ending: AbortController;
}

/** A run can be redriven for 14 days after its end. */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;

/** How often the timeout of a run is checked: the sandbox's clock can jump. */
const LOOK_MS = 50;

const arnLike = (arn: string, kind: string, ...rest: readonly string[]): string =>
  [arn.replace(":stateMachine:", `:${kind}:`), ...rest].join(":");

const seconds = (ms: number): number => ms / 1_000;

const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const linesOf = (bytes: Buffer): unknown[] =>
  bytes
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as unknown);

const described = (each: Execution) =>
  present({
    executionArn: each.arn,
    stateMachineArn: each.machine.arn,
    name: each.name,
    status: each.status,
    startDate: seconds(each.startMs),
    stopDate: each.stopMs === undefined ? undefined : seconds(each.stopMs),
    redriveCount: each.redrives,
  });

const countsOf = (count: (...states: Batch["status"][]) => number) => ({
  pending: count("PENDING"),
  running: count("RUNNING"),
  succeeded: count("SUCCEEDED"),
  failed: count("FAILED"),
  timedOut: count("TIMED_OUT"),
  aborted: count("ABORTED"),
  total: count("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"),
  resultsWritten: 0,
});

export const createExecutions = (options: ExecutionsOptions): Executions => {
  const { machines, now, wait, call, read, write, onDatum, onRun } = options;
  const all: Execution[] = [];

  const measure = (StateMachineArn: string) => (name: ExecutionMetric) => {
    const sentMs = now();
    const datum = { namespace: "AWS/States", name, dimensions: { StateMachineArn }, unit: "Count", value: 1 };
    onDatum({ ...datum, timestampMs: sentMs, channel: "statesMetric", sentMs });
  };

  const batchesOf = async ({ machine, input, arn }: Execution): Promise<NonNullable<Execution["mapRun"]>> => {
    const given = JSON.parse(input) as Record<string, unknown>;
    const { Bucket, Key } = withInput(machine.reader, given);
    const items = linesOf(await read(String(Bucket), String(Key)));
    const BatchInput = withInput(machine.batchInput, given);
    const mapArn = `${arnLike(machine.arn, "mapRun")}/${machine.label}:${randomUUID()}`;
    const batches = Array.from({ length: Math.ceil(items.length / machine.batchSize) }, (_, i): Batch => {
      const Items = items.slice(i * machine.batchSize, (i + 1) * machine.batchSize);
      const child = `${arn.replace(":execution:", ":express:")}/${machine.label}:${randomUUID()}`;
      return {
        arn: child,
        input: JSON.stringify({ BatchInput, Items }),
        items: Items.length,
        status: "PENDING",
        redrives: 0,
      };
    });
    return { arn: mapArn, batches };
  };

  const writeResults = async ({ machine, input, mapRun }: Execution): Promise<string> => {
    if (mapRun === undefined) return "";
    const { Bucket, Prefix } = withInput(machine.results, JSON.parse(input));
    const to = { bucket: String(Bucket), prefix: String(Prefix) };
    const files = resultFiles(machine, to, mapRun.arn, mapRun.batches);
    for (const [key, text] of files) await write(to.bucket, key, Buffer.from(text));
    const [manifest] = files.at(-1) ?? [];
    return JSON.stringify({ MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket: to.bucket, Key: manifest } });
  };

  /** @param ending of the attempt that ends: after a redrive, the attempt before it no longer counts */
  const end = (
    run: Execution,
    ending: AbortController,
    status: keyof typeof ENDS,
    result: Partial<Execution> = {},
  ): void => {
    if (run.status !== "RUNNING" || run.ending !== ending) return;
    Object.assign(run, result, { status, stopMs: now() });
    measure(run.machine.arn)(ENDS[status]);
    ending.abort();
  };

  const run = async (each: Execution): Promise<void> => {
    const { machine, ending } = each;
    const startedMs = now();
    measure(machine.arn)("ExecutionsStarted");
    const look = () => {
      if (now() - startedMs >= 1_000 * (machine.timeoutSeconds ?? Number.POSITIVE_INFINITY))
        end(each, ending, "TIMED_OUT", { error: "States.Timeout" });
    };
    const timer = setInterval(look, LOOK_MS).unref();
    /** An invocation continues after its batch was aborted. */
    const calls: Promise<unknown>[] = [];
    const invoke: typeof call = (functionArn, event) => {
      const answer = call(functionArn, event);
      calls.push(answer);
      return answer;
    };
    try {
      each.mapRun ??= await batchesOf(each);
      const batches = { machine, call: invoke, now, wait, measure: measure(`${machine.arn}/${machine.label}`) };
      const isTolerated = await runBatches(each.mapRun.batches, batches, ending.signal);
      const output = await writeResults(each);
      look();
      if (isTolerated) end(each, ending, "SUCCEEDED", { output });
      else end(each, ending, "FAILED", { error: "States.ExceedToleratedFailureThreshold", cause: TOO_MANY });
    } catch (error) {
      end(each, ending, "FAILED", { error: "States.ItemReaderFailed", cause: (error as Error).message });
    } finally {
      clearInterval(timer);
    }
    await Promise.allSettled(calls);
  };

  const machineNamed = (arn: string): StateMachineBlueprint => {
    const machine = machines.find((each) => each.arn === arn);
    if (machine !== undefined) return machine;
    throw new OperationRefused("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  };

  const executionNamed = (arn: string): Execution => {
    const found = all.find((each) => each.arn === arn);
    if (found !== undefined) return found;
    throw new OperationRefused("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  };

  const start = (given: unknown) => {
    const { stateMachineArn, name, input } = START.parse(given);
    const machine = machineNamed(stateMachineArn);
    const arn = arnLike(machine.arn, "execution", name);
    if (all.some((each) => each.arn === arn))
      throw new OperationRefused("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    const startMs = now();
    const ending = new AbortController();
    const each: Execution = { machine, arn, name, input, startMs, status: "RUNNING", redrives: 0, ending };
    all.push(each);
    onRun(run(each));
    return { executionArn: arn, startDate: seconds(startMs) };
  };

  const stop = (given: unknown) => {
    const { executionArn, error, cause } = STOP.parse(given);
    const found = executionNamed(executionArn);
    end(found, found.ending, "ABORTED", present({ error, cause }));
    return { stopDate: seconds(found.stopMs ?? now()) };
  };

  const redrive = (given: unknown) => {
    const found = executionNamed(OF_EXECUTION.parse(given).executionArn);
    const isOld = now() - (found.stopMs ?? 0) > REDRIVABLE_MS;
    if (found.status === "RUNNING" || found.status === "SUCCEEDED" || isOld)
      throw new OperationRefused("ExecutionNotRedrivable", `Execution is ${found.status} and cannot be redriven`);
    for (const batch of found.mapRun?.batches ?? []) {
      if (batch.status === "SUCCEEDED" || batch.status === "PENDING") continue;
      Object.assign(batch, { status: "PENDING", redrives: batch.redrives + 1, error: undefined, cause: undefined });
    }
    const fresh = { status: "RUNNING", redrives: found.redrives + 1, ending: new AbortController() } as const;
    Object.assign(found, fresh, { stopMs: undefined, error: undefined, cause: undefined });
    onRun(run(found));
    return { redriveDate: seconds(now()) };
  };

  const describe = (given: unknown) => {
    const found = executionNamed(OF_EXECUTION.parse(given).executionArn);
    const { input, output, error, cause } = found;
    return present({ ...described(found), input, output, error, cause });
  };

  const list = (given: unknown) => {
    const { stateMachineArn, statusFilter, maxResults } = LIST.parse(given);
    const { arn } = machineNamed(stateMachineArn);
    const wanted = all.filter((each) => each.machine.arn === arn && (statusFilter ?? each.status) === each.status);
    return { executions: wanted.reverse().slice(0, maxResults).map(described) };
  };

  const mapRunOf = ({ arn: executionArn, machine, startMs, mapRun }: Execution) =>
    mapRun === undefined
      ? []
      : [{ executionArn, mapRunArn: mapRun.arn, stateMachineArn: machine.arn, startDate: seconds(startMs) }];

  const describeMapRun = (given: unknown) => {
    const { mapRunArn } = OF_MAP_RUN.parse(given);
    const found = all.find(({ mapRun }) => mapRun?.arn === mapRunArn);
    if (found?.mapRun === undefined)
      throw new OperationRefused("ResourceNotFound", `Map Run does not exist: '${mapRunArn}'`);
    const { batches } = found.mapRun;
    return {
      ...{ mapRunArn, executionArn: found.arn, status: found.status, startDate: seconds(found.startMs) },
      ...{ maxConcurrency: found.machine.maxConcurrency, redriveCount: found.redrives },
      ...{ toleratedFailurePercentage: found.machine.toleratedPercent, toleratedFailureCount: 0 },
      itemCounts: countsOf((...states) => itemsIn(batches, ...states)),
      executionCounts: countsOf((...states) => batches.filter(({ status }) => states.includes(status)).length),
    };
  };

  return {
    operations: {
      "AWSStepFunctions.StartExecution": start,
      "AWSStepFunctions.StopExecution": stop,
      "AWSStepFunctions.RedriveExecution": redrive,
      "AWSStepFunctions.DescribeExecution": describe,
      "AWSStepFunctions.ListExecutions": list,
      "AWSStepFunctions.ListMapRuns": (given) => ({
        mapRuns: mapRunOf(executionNamed(OF_EXECUTION.parse(given).executionArn)),
      }),
      "AWSStepFunctions.DescribeMapRun": describeMapRun,
    },
    stop: () => {
      for (const { ending } of all) ending.abort();
    },
  };
};

const TOO_MANY = "The specified tolerated failure threshold was exceeded";

const START = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string().default("{}") });
const STOP = z.object({ executionArn: z.string(), error: z.string().optional(), cause: z.string().optional() });
const OF_EXECUTION = z.object({ executionArn: z.string() });
const OF_MAP_RUN = z.object({ mapRunArn: z.string() });
const LIST = z.object({
  stateMachineArn: z.string(),
  statusFilter: z.string().optional(),
  maxResults: z.number().default(100),
});
