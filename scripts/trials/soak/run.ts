/** The soak itself: many uploads through the sandbox of a stack, while its store fails the function in every way at random. */
import { FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Damage } from "../../sandbox/damage";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox";
import { seededRandom } from "../seeded-random";
import { type Account, accountOf, type Line } from "./account";
import { episodesOf, happenings } from "./episodes";
import { type Created, uploadsOf, variantsOf } from "./evidence";
import { createMeeting, FAULTS, type FaultName } from "./faults";
import { createStage } from "./stage";

export interface SoakOptions {
  readonly count: number;
  readonly seed: number;
  /** How many keys are under way at a time. */
  readonly concurrency: number;
  /** How many run the function at a time. @default 4 */
  readonly processes?: number;
  readonly onDone?: (uploads: number) => void;
}

export interface SoakResult extends Account {
  /** How often the store failed, by fault. */
  readonly faults: Readonly<Record<string, number>>;
  /** What else befell uploads and their events, and how often. */
  readonly happenings: Readonly<Record<string, number>>;
  /** Attempts of Lambda beyond the first. */
  readonly retries: number;
}

/** Real seconds of the function's time limit: long enough for a body that stalls, short enough to be reached. */
export const TIME_LIMIT_SECONDS = 8;

/** @returns the seams through which the store fails, and how often it did */
const createFaults = (seed: number) => {
  const meet = createMeeting(seededRandom(seed));
  const counts = new Map<FaultName, number>();
  const damages = new Map<string, Damage>();
  const seams: Pick<SandboxOptions, "intercept" | "damage"> = {
    intercept: async (call) => {
      const name = meet(call);
      if (name === undefined) return undefined;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const { is } = FAULTS[name];
      if (is === "silence") return new Promise(() => {});
      if (typeof is === "object") return is;
      damages.set(call.key ?? "", is);
      return undefined;
    },
    damage: ({ caller, key = "" }) => {
      if (caller !== FUNCTION_ACCESS_KEY_ID) return undefined;
      const damage = damages.get(key);
      damages.delete(key);
      return damage;
    },
  };
  return { seams, counts };
};

export const soak = async (blueprint: Blueprint, options: SoakOptions): Promise<SoakResult> => {
  const { seams, counts } = createFaults(options.seed);
  const episodes = await episodesOf(seededRandom(options.seed), options.count);
  const stage = createStage(episodes);
  const created: Created[] = [];
  const variantKeys = new Set<string>();
  const sandbox: Sandbox = await startSandbox({
    ...seams,
    blueprint: { ...blueprint, function: { ...blueprint.function, timeoutSeconds: TIME_LIMIT_SECONDS } },
    processes: options.processes ?? 4,
    retryDelaysMs: [50, 100],
    deliveries: (object) => (object.bucket === sandbox.uploadBucket ? stage.deliveries(object) : []),
    onObjectCreated: ({ bucket, key }) => {
      if (bucket === sandbox.processedBucket) variantKeys.add(key);
    },
    onSettled: (object, outcomes) => {
      if (object.bucket !== sandbox.uploadBucket) return;
      created.push({ object, outcomes, picture: stage.settled(object) });
      options.onDone?.(created.length);
    },
  });
  try {
    await stage.play(sandbox, options.concurrency);
    const outcomes = await sandbox.settled();
    const account = accountOf({
      uploads: uploadsOf(created),
      variants: await variantsOf(sandbox, [...variantKeys], created),
      lines: sandbox.logs.map(({ text }) => JSON.parse(text) as Line),
      deadRequestIds: (await sandbox.deadLetters()).map(({ requestId }) => requestId),
    });
    return {
      ...account,
      faults: Object.fromEntries(Object.keys(FAULTS).map((name) => [name, counts.get(name as FaultName) ?? 0])),
      happenings: happenings(episodes),
      retries: outcomes.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    };
  } finally {
    await sandbox.stop();
  }
};
