/** A backfill of many objects while S3 fails, with live uploads meanwhile: it is stopped at half and resumed, and each object is accounted for. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../../modules/variables";
import {
  backfillOf,
  countsOf,
  listRuns,
  type Run,
  resumeRun,
  startRun,
  stopRun,
  unfinishedObjects,
} from "../../aws/backfill/runs";
import { backfillFunctionOf } from "../../aws/backfill/service";
import { clientsFor } from "../../aws/clients";
import { compileFilter } from "../../cloudwatch/metric-filter";
import { watch } from "../../cloudwatch/watch";
import { photo } from "../../faults/pictures";
import { accessKeyIdOf } from "../../sandbox/api-call";
import type { Blueprint } from "../../sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import { seededRandom } from "../seeded-random";

export interface BackfillTrialOptions {
  /** Its backfill is on. */
  readonly environment: Environment;
  /** The stack of the environment. */
  readonly blueprint: Blueprint;
  readonly objects: number;
  readonly seed: number;
  readonly onDone?: (done: number) => void;
}

export interface BackfillTrialResult {
  readonly objects: number;
  /** Objects without a version. */
  readonly unversioned: number;
  readonly processed: number;
  readonly refused: number;
  /** Objects without all variants that the results list as failed. */
  readonly listed: number;
  /** Objects in none of these groups. */
  readonly lost: readonly string[];
  /** Objects with more variants than one set. */
  readonly secondSets: readonly string[];
  readonly faults: number;
  /** Objects of batches that were open when the run was stopped, and objects that ran again after it was resumed. */
  readonly open: number;
  readonly ranAgain: number;
  /** Objects of finished batches that ran again. */
  readonly ranTwice: readonly string[];
  readonly liveUploads: number;
  readonly slowestLiveMs: number;
  /** Alarms that do not watch the backfill, and fired. */
  readonly liveAlarms: readonly string[];
}

/** Share of the function's calls to S3 that fail; the SDK repeats each twice. */
const FAULT_SHARE = 0.05;

const UNAVAILABLE = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };

/** Kinds of objects, by their number: add a row. */
const KINDS = {
  /** Stored before the bucket had versions. */
  unversioned: (i: number) => i % 3 === 0,
  /** Processed by its event; a variant is missing since. */
  incomplete: (i: number) => i % 6 === 0,
  notAnImage: (i: number) => i % 40 === 7,
  /** Never readable during the backfill. */
  unreadable: (i: number) => i % 400 === 25,
} as const;

const keyOf = (i: number): string => `old/${String(i).padStart(5, "0")}.jpg`;

const numberOf = (key: string): number => Number(/^old\/(\d+)/.exec(key)?.[1] ?? Number.NaN);

/** Alarms that are in ALARM while all is well. */
const HEALTHY = ["recovered", "flowing"];

const alarmsOf = (
  { alarms, compositeAlarms, metricFilters }: Blueprint,
  sandbox: Sandbox,
  fromMs: number,
): string[] => {
  for (const { match } of metricFilters.map(compileFilter))
    for (const { text: message, timestampMs, logGroup } of [...sandbox.logGroups.values()].flat()) {
      const { datum } = match({ message, timestampMs, logGroup });
      if (datum !== undefined) sandbox.metrics.put(datum);
    }
  const fired = watch([...alarms, ...compositeAlarms], sandbox.metrics, fromMs, Date.now() + 15 * 60_000)
    .filter(({ to }) => to === "ALARM")
    .map(({ alarm }) => alarm.name);
  return [...new Set(fired)].filter(
    (name) => !name.includes("backfill") && !HEALTHY.some((each) => name.endsWith(each)),
  );
};

/** Objects that are stored before the events among them must have been processed. */
const AT_ONCE = 100;

/** Stores every object, and lets the events of some be delivered. */
const fill = async (sandbox: Sandbox, objects: number, stored: ReadonlySet<string>): Promise<void> => {
  const picture = await photo();
  for (let i = 0; i < objects; i += 1) {
    await sandbox.upload(keyOf(i), KINDS.notAnImage(i) ? Buffer.from("a diary") : picture);
    // More events at once than the function has concurrency for would be throttled, which an alarm shows.
    if (i % AT_ONCE === 0) await sandbox.settled();
  }
  await sandbox.settled();
  for (const key of [...stored].filter((each) => each.includes("_thumbnail_"))) {
    if (KINDS.incomplete(numberOf(key))) await sandbox.erase(sandbox.processedBucket, key);
  }
};

/** Uploads one photo after the other until the signal aborts. @returns how long each took until its invocation had ended */
const uploadLive = async (sandbox: Sandbox, ended: Map<string, number>, signal: AbortSignal): Promise<number[]> => {
  const picture = await photo();
  const took: number[] = [];
  for (let i = 0; !signal.aborted; i += 1) {
    const key = `live/${i}.jpg`;
    const startedAt = performance.now();
    await sandbox.upload(key, picture);
    while (!ended.has(key)) await sleep(10);
    took.push((ended.get(key) ?? 0) - startedAt);
    await sleep(200, undefined, { signal }).catch(() => {});
  }
  return took;
};

export const backfillTrial = async (options: BackfillTrialOptions): Promise<BackfillTrialResult> => {
  const { environment, blueprint, objects, seed, onDone = () => {} } = options;
  const random = seededRandom(seed);
  const own = blueprint.otherFunctions.find(({ arn }) =>
    blueprint.stateMachines.some(({ functionArn }) => functionArn === arn),
  );
  if (own === undefined) throw new Error("Expected a stack with a backfill but got none");
  const caller = accessKeyIdOf(own);
  const stored = new Set<string>();
  const ended = new Map<string, number>();
  let faults = 0;
  let calls = 0;
  const fromMs = Date.now();
  const sandbox: Sandbox = await startSandbox({
    blueprint,
    processes: 2,
    retryDelaysMs: [1, 1],
    wait: (delayMs, signal) => sleep(delayMs / 20, undefined, { signal }),
    isUnversioned: (key) => KINDS.unversioned(numberOf(key)),
    deliveries: ({ key }) =>
      Number.isNaN(numberOf(key)) || KINDS.incomplete(numberOf(key)) ? [Promise.resolve()] : [],
    intercept: async (call) => {
      if (call.caller !== caller || !call.action.startsWith("s3:")) return undefined;
      const isUnreadable = call.action.startsWith("s3:GetObject") && KINDS.unreadable(numberOf(call.key ?? ""));
      if (!isUnreadable && random(calls++) >= FAULT_SHARE) return undefined;
      faults += 1;
      return UNAVAILABLE;
    },
    onObjectCreated: ({ bucket, key }) => {
      if (bucket === sandbox.processedBucket) stored.add(key);
    },
    onSettled: ({ key }) => ended.set(key, performance.now()),
  });
  try {
    await fill(sandbox, objects, stored);
    for (const key of [...stored].filter((each) => each.includes("_thumbnail_"))) stored.delete(key);
    const clients = clientsFor(blueprint.region, sandbox.endpointUrl);
    const service = await backfillOf(clients, environment, (await backfillFunctionOf(clients, environment)).arn);
    const keys = Array.from({ length: objects }, (_, i) => ({ key: keyOf(i) }));
    const live = new AbortController();
    const took = uploadLive(sandbox, ended, live.signal);
    const name = await startRun(service, sandbox.uploadBucket, keys, false);
    const [run = { name, arn: "", status: "", started: new Date() } satisfies Run] = await listRuns(service, 1);
    const succeeded = async () => {
      const { succeeded: count = 0 } = (await countsOf(service, run)) ?? {};
      onDone(count);
      return count;
    };
    while ((await succeeded()) < objects / 2) await sleep(50);
    await stopRun(service, run);
    while ((await listRuns(service, 1))[0]?.status === "RUNNING") await sleep(20);
    const received = () =>
      (sandbox.logGroups.get(own.logGroup) ?? []).flatMap(({ text }) =>
        text.includes('"image.received"') ? [(JSON.parse(text) as { key: string }).key] : [],
      );
    const open = new Set(await openObjects(() => unfinishedObjects(service, name)));
    // Aborted batches continue for a moment.
    await quiet(() => received().length);
    const before = received().length;
    await resumeRun(service, run);
    while ((await listRuns(service, 1))[0]?.status === "RUNNING") {
      await succeeded();
      await sleep(50);
    }
    live.abort();
    const durations = await took;
    await sandbox.settled();
    const again = new Set(received().slice(before));
    const listed = new Set(await openObjects(() => unfinishedObjects(service, name).catch(() => [])));
    const refused = new Set(
      (sandbox.logGroups.get(own.logGroup) ?? []).flatMap(({ text }) =>
        text.includes('"image.refused"') ? [(JSON.parse(text) as { key: string }).key] : [],
      ),
    );
    const counts = new Map<string, number>();
    for (const key of stored) {
      const of = key.replace(/_[a-z0-9-]+_[0-9a-f]{8}\.\w+$/, ".jpg");
      counts.set(of, (counts.get(of) ?? 0) + 1);
    }
    const wanted = Object.keys(environment.variants).length;
    const all = keys.map(({ key }) => key);
    const isProcessed = (key: string) => (counts.get(key) ?? 0) >= wanted;
    return {
      objects,
      unversioned: all.filter((key) => KINDS.unversioned(numberOf(key))).length,
      processed: all.filter(isProcessed).length,
      refused: all.filter((key) => refused.has(key)).length,
      listed: all.filter((key) => listed.has(key) && !isProcessed(key) && !refused.has(key)).length,
      lost: all.filter((key) => !isProcessed(key) && !refused.has(key) && !listed.has(key)),
      secondSets: all.filter((key) => (counts.get(key) ?? 0) > wanted),
      faults,
      open: open.size,
      ranAgain: again.size,
      ranTwice: [...again].filter((key) => !open.has(key)),
      liveUploads: durations.length,
      slowestLiveMs: Math.max(...durations),
      liveAlarms: alarmsOf(blueprint, sandbox, fromMs),
    };
  } finally {
    await sandbox.stop();
  }
};

/** The results of a run are written a moment after its end. */
const openObjects = async (read: () => Promise<readonly { readonly key: string }[]>): Promise<string[]> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return (await read()).map(({ key }) => key);
    } catch (error) {
      if (attempt >= 100) throw error;
      await sleep(50);
    }
  }
};

/** Waits until a count no longer grows. */
const quiet = async (count: () => number): Promise<void> => {
  for (let last = -1; last !== count(); ) {
    last = count();
    await sleep(5_000);
  }
};
