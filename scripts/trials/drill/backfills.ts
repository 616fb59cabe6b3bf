/** Runs of a backfill: a healthy one, and the causes of its alarms. */
import { storageRefuses, UNAVAILABLE } from "../../faults/calls";
import { type ApiCall, accessKeyIdOf } from "../../sandbox/api-call";
import type { Blueprint } from "../../sandbox/blueprint";
import { type Conditions, type FaultRun, type Recording, record } from "./recorded-run";
import type { Scenario } from "./scenario";

type Machine = Blueprint["stateMachines"][number];

const machineOf = ({ stateMachines }: Blueprint): Machine => {
  const [machine] = stateMachines;
  if (machine === undefined) throw new Error("Expected a state machine for the stack but got none");
  return machine;
};

const altered = (blueprint: Blueprint, changes: Partial<Machine>): Blueprint => ({
  ...blueprint,
  stateMachines: [{ ...machineOf(blueprint), ...changes }],
});

/** Fields of a run's input, as `npm run backfill` gives them. */
const NAMES = { manifest: "manifests/drill.jsonl", results: "results/drill" };

/** Starts a run. @returns its ARN */
const start = async (faultRun: FaultRun, keys: readonly string[], all = false): Promise<string> => {
  const { store, steps, clock, uploadBucket, blueprint } = faultRun;
  const { arn, reader } = machineOf(blueprint);
  clock.start();
  const lines = keys.map((key) => `${JSON.stringify({ bucket: uploadBucket, key })}\n`).join("");
  await store(String(reader.Bucket), NAMES.manifest, Buffer.from(lines));
  const input = JSON.stringify({ ...NAMES, all });
  const { executionArn } = await steps("StartExecution", { stateMachineArn: arn, name: `drill-${all}`, input });
  return String(executionArn);
};

/** Runs a backfill of these objects to its end. */
export const backfill = async (faultRun: FaultRun, keys: readonly string[], all = false): Promise<void> => {
  await start(faultRun, keys, all);
  await faultRun.settled();
};

const keys = (count: number): string[] => Array.from({ length: count }, (_, i) => `old/${i}.jpg`);

const isOfBackfill = ({ otherFunctions, stateMachines }: Blueprint) => {
  const callers = otherFunctions
    .filter(({ arn }) => stateMachines.some(({ functionArn }) => functionArn === arn))
    .map(accessKeyIdOf);
  return (caller: string) => callers.includes(caller);
};

/** S3 fails for the function of the backfill only. */
const unavailable = (blueprint: Blueprint) => {
  const isOwn = isOfBackfill(blueprint);
  const refuse = storageRefuses(UNAVAILABLE);
  return async (call: ApiCall) => (isOwn(call.caller) ? refuse(call) : undefined);
};

/** The longest duration of an Express workflow, which a batch is. */
const BATCH_MS = 300_000;

const TOLERANT = () => "every failure is tolerated";

/** @param lateMs by how much S3 answers late */
const failing = (blueprint: Blueprint, objects: number, lateMs = 0): Promise<Recording> => {
  const tolerant = altered(blueprint, { toleratedPercent: 100 });
  const refuse = unavailable(blueprint);
  let answerLate = () => {};
  const onCall: Conditions["onCall"] = async (call) => {
    const refusal = await refuse(call);
    if (refusal !== undefined) answerLate();
    return refusal;
  };
  return record({ blueprint: tolerant, isPermanent: true, onCall }, (faultRun) => {
    answerLate = () => faultRun.clock.skip(lateMs);
    return backfill(faultRun, keys(objects));
  });
};

/** A run whose first batch waits for S3 until something has happened to the run. */
const held = async (blueprint: Blueprint, happen: (faultRun: FaultRun, arn: string) => Promise<void>) => {
  let open = () => {};
  let begin = () => {};
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const isOwn = isOfBackfill(blueprint);
  const onCall: Conditions["onCall"] = async ({ caller }) => {
    if (!isOwn(caller)) return undefined;
    begin();
    return opened;
  };
  return record({ blueprint, isPermanent: true, onCall }, async (faultRun) => {
    const arn = await start(faultRun, keys(1));
    await begun;
    await happen(faultRun, arn);
    open();
    await faultRun.settled();
  });
};

/** The shortest time in which the sandbox notices that a run has timed out. */
const SCALED_TIMEOUT_SECONDS = 60;

const ended = async ({ steps }: FaultRun, executionArn: string): Promise<void> => {
  while ((await steps("DescribeExecution", { executionArn })).status === "RUNNING")
    await new Promise((resolve) => setTimeout(resolve, 20));
};

type Cause = Pick<Scenario, "cause" | "counts" | "scaled" | "run">;

/** By the alarm's name without the function's name: add a row. */
export const BACKFILL_CAUSES = {
  "backfill-failed": {
    cause: "the manifest of a backfill does not exist",
    counts: {},
    run: (blueprint) =>
      record({ blueprint }, async (faultRun) => {
        const elsewhere = { ...faultRun, store: async () => {} };
        await start(elsewhere, []);
        await faultRun.settled();
      }),
  },
  "backfill-timed-out": {
    cause: "S3 does not answer a backfill until its time is over",
    counts: {},
    scaled: () => `a run times out after ${SCALED_TIMEOUT_SECONDS} s`,
    run: (blueprint) =>
      held(altered(blueprint, { timeoutSeconds: SCALED_TIMEOUT_SECONDS }), async (faultRun, arn) => {
        faultRun.clock.skip(SCALED_TIMEOUT_SECONDS * 1_000);
        await ended(faultRun, arn);
      }),
  },
  "backfill-aborted": {
    cause: "a person stops a backfill",
    counts: {},
    run: (blueprint) =>
      held(blueprint, async ({ steps }, executionArn) => {
        await steps("StopExecution", { executionArn });
      }),
  },
  "backfill-batches-failed": {
    cause: "S3 is unavailable to a batch of a backfill",
    counts: {},
    scaled: TOLERANT,
    run: (blueprint) => failing(blueprint, 1),
  },
  "backfill-batches-timed-out": {
    cause: "S3 answers a batch of a backfill too late",
    counts: {},
    scaled: TOLERANT,
    run: (blueprint) => failing(blueprint, 1, BATCH_MS),
  },
  "backfill-failure-rate": {
    cause: "S3 is unavailable to a backfill",
    counts: {},
    scaled: TOLERANT,
    run: (blueprint, least) => failing(blueprint, least),
  },
} as const satisfies Record<string, Cause>;
