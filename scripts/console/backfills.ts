/** Backfills of the local upload bucket: starts, stops and resumes runs of the stack's state machine, and shows the result of each object. */
import type { Blueprint } from "../sandbox/blueprint";
import type { Sandbox } from "../sandbox/sandbox";
import type { BackfillObject, BackfillRun, BackfillView } from "./protocol";
import { Refused } from "./refused";

export interface Backfills {
  readonly view: BackfillView;
  /** The newest first. */
  runs(): Promise<BackfillRun[]>;
  /** @param all whether to make every variant again @throws Refused while a run is in progress, or without uploads */
  start(all: boolean): Promise<string>;
  /** Stops the run in progress. @throws Refused if there is none */
  stop(): Promise<string>;
  /** Goes on with the newest run. @throws Refused unless it was stopped or has failed */
  resume(): Promise<string>;
  /** Starts a run with the objects of another that are not done. @throws Refused if there are none */
  retry(name: string): Promise<string>;
}

/** What a line of the function says about its object: add a row. */
const OUTCOMES: Readonly<Record<string, string>> = {
  "image.received": "running",
  "image.processed": "processed",
  "image.complete": "complete",
  "image.refused": "refused",
  "image.mismatched": "refused",
  "image.superseded": "superseded",
  "image.failed": "failed",
  "storage.denied": "failed",
};

/** Outcomes after which an object needs no other run. */
const DONE = ["processed", "complete", "refused", "superseded"];

const SHOWN_RUNS = 5;

interface Execution {
  readonly name: string;
  readonly executionArn: string;
  readonly status: string;
  /** Seconds since 1970. */
  readonly startDate: number;
  readonly stopDate?: number;
}

interface Line {
  readonly event?: string;
  readonly key?: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly errorName?: string;
  readonly errorMessage?: string;
  /** Of S3, where it was denied. */
  readonly operation?: string;
}

/** Node itself can write lines that are no JSON. */
const lineOf = (text: string): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
};

interface Options {
  readonly blueprint: Blueprint;
  readonly sandbox: Sandbox;
  /** Keys of the objects in the upload bucket. */
  readonly keys: () => readonly string[];
  readonly now: () => number;
}

/** @returns undefined for a stack without a state machine */
export const createBackfills = ({ blueprint, sandbox, keys, now }: Options): Backfills | undefined => {
  const [machine] = blueprint.stateMachines;
  const own = blueprint.otherFunctions.find(({ arn }) => arn === machine?.functionArn);
  if (machine === undefined || own === undefined) return undefined;
  const { steps, uploadBucket } = sandbox;
  const keysOf = new Map<string, readonly string[]>();

  const list = async (): Promise<Execution[]> => {
    const { executions } = await steps("ListExecutions", { stateMachineArn: machine.arn, maxResults: SHOWN_RUNS });
    return executions as Execution[];
  };
  const newest = async (): Promise<Execution | undefined> => (await list())[0];
  const requireNone = async () => {
    const found = await newest();
    if (found?.status === "RUNNING")
      throw new Refused(409, `The run ${found.name} is in progress: wait until it ends, or stop it`);
    return found;
  };

  const begin = async (wanted: readonly string[], all: boolean): Promise<string> => {
    if (wanted.length === 0) throw new Refused(409, "There is nothing to process");
    const name = `run-${keysOf.size + 1}`;
    const input = { manifest: `manifests/${name}.jsonl`, results: `results/${name}`, all };
    const lines = wanted.map((key) => `${JSON.stringify({ bucket: uploadBucket, key })}\n`).join("");
    await sandbox.store(String(machine.reader.Bucket), input.manifest, Buffer.from(lines));
    keysOf.set(name, wanted);
    await steps("StartExecution", { stateMachineArn: machine.arn, name, input: JSON.stringify(input) });
    return name;
  };

  /** The last line about each object, from the start of a run to the start of the next one. */
  const objectsOf = ({ name, status, startDate }: Execution, untilMs: number): BackfillObject[] => {
    const isRunning = status === "RUNNING";
    const lines = new Map<string, Line>();
    for (const { text, timestampMs } of sandbox.logGroups.get(own.logGroup) ?? []) {
      if (timestampMs < startDate * 1_000 || timestampMs >= untilMs) continue;
      const line = lineOf(text);
      if (line.event !== undefined && line.event in OUTCOMES && line.key !== undefined) lines.set(line.key, line);
    }
    // Of a run that `npm run backfill` has started, only the lines are known here.
    return (keysOf.get(name) ?? [...lines.keys()]).map((key) => {
      const { event = "", reason, detail, errorName, errorMessage, operation } = lines.get(key) ?? {};
      const outcome = OUTCOMES[event] ?? "waiting";
      const denied = operation === undefined ? undefined : `${operation} was denied`;
      const why = [reason ?? errorName ?? denied, detail ?? errorMessage].filter(Boolean).join(": ");
      // An attempt that Lambda has ended writes no line about its objects.
      const isOpen = !isRunning && (outcome === "running" || outcome === "waiting");
      return { key, outcome: isOpen ? "open" : outcome, ...(why !== "" && { why }) };
    });
  };

  const runs = async (): Promise<BackfillRun[]> => {
    const found = await list();
    return found.map((each, i) => {
      const { name, status, startDate, stopDate } = each;
      const next = found[i - 1]?.startDate;
      const objects = objectsOf(each, next === undefined ? now() + 1 : next * 1_000);
      const times = { startedMs: startDate * 1_000, ...(stopDate !== undefined && { endedMs: stopDate * 1_000 }) };
      return { name, status, ...times, objects, done: objects.filter(({ outcome }) => DONE.includes(outcome)).length };
    });
  };

  return {
    view: {
      stateMachine: machine.name,
      batchSize: machine.batchSize,
      maxConcurrency: machine.maxConcurrency,
    },
    runs,
    start: async (all) => {
      await requireNone();
      return begin([...new Set(keys())], all);
    },
    stop: async () => {
      const found = await newest();
      if (found?.status !== "RUNNING") throw new Refused(409, "No run is in progress");
      await steps("StopExecution", { executionArn: found.executionArn });
      return found.name;
    },
    resume: async () => {
      const found = await requireNone();
      if (found === undefined || found.status === "SUCCEEDED")
        throw new Refused(409, "The newest run was neither stopped nor has it failed");
      await steps("RedriveExecution", { executionArn: found.executionArn });
      return found.name;
    },
    retry: async (name) => {
      await requireNone();
      const run = (await runs()).find((each) => each.name === name);
      if (run === undefined) throw new Refused(404, `Expected the name of a run but got ${JSON.stringify(name)}`);
      return begin(
        run.objects.filter(({ outcome }) => !DONE.includes(outcome)).map(({ key }) => key),
        false,
      );
    },
  };
};
