/** Runs a soak: many uploads through the sandbox of a stack while S3 injects faults at random. */
import { FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Damage } from "../../sandbox/damage";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox";
import { seededRandom } from "../seeded-random";
import { episodesOf, irregularitiesOf } from "./episodes";
import { type Created, uploadsOf, variantsOf } from "./evidence";
import { createFaultPicker, FAULTS } from "./faults";
import { createEpisodePlayer } from "./play-episodes";
import { type Line, type Reconciliation, reconcile } from "./reconcile";
import { createTableFaultPicker, TABLE_FAULTS } from "./table-faults";

export interface SoakOptions {
  readonly count: number;
  readonly seed: number;
  /** Number of keys in progress at the same time. */
  readonly concurrency: number;
  /** Maximum number of parallel processes of the function. @default 4 */
  readonly processes?: number;
  /** How often each event is delivered, in random order. @default a few are delivered twice */
  readonly deliveries?: number;
  readonly onDone?: (uploads: number) => void;
}

export interface SoakResult extends Reconciliation {
  /** Injected faults, by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** Irregular uploads and events, by kind. */
  readonly irregularities: Readonly<Record<string, number>>;
  /** Lambda's attempts after the first. */
  readonly retries: number;
}

/** The function's timeout in this run: long enough to detect a stalled body, short enough to time out. */
export const TIME_LIMIT_SECONDS = 8;

/** @returns the sandbox options that inject faults, and how often each was injected */
const createFaults = (seed: number, variant: string) => {
  const faultOf = createFaultPicker(seededRandom(seed), variant);
  const tableFaultOf = createTableFaultPicker();
  const counts = new Map<string, number>();
  const damages = new Map<string, Damage>();
  const hooks: Pick<SandboxOptions, "intercept" | "damage"> = {
    intercept: async (call) => {
      const outage = tableFaultOf(call);
      if (outage !== undefined) {
        counts.set(outage, (counts.get(outage) ?? 0) + 1);
        return TABLE_FAULTS[outage](call);
      }
      const name = faultOf(call);
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
  return { hooks, counts };
};

const kindsOf = ({ tables }: Blueprint): string[] => [
  ...Object.keys(FAULTS),
  ...(tables.length > 0 ? Object.keys(TABLE_FAULTS) : []),
];

export const soak = async (blueprint: Blueprint, options: SoakOptions): Promise<SoakResult> => {
  const variantNames = Object.keys(JSON.parse(blueprint.function.environment.VARIANTS ?? "{}"));
  const { hooks, counts } = createFaults(options.seed, variantNames[0] ?? "");
  const episodes = await episodesOf(seededRandom(options.seed), options.count, options.deliveries);
  const player = createEpisodePlayer(episodes, seededRandom(options.seed));
  const created: Created[] = [];
  const variantKeys = new Set<string>();
  const sandbox: Sandbox = await startSandbox({
    ...hooks,
    blueprint: { ...blueprint, function: { ...blueprint.function, timeoutSeconds: TIME_LIMIT_SECONDS } },
    processes: options.processes ?? 4,
    retryDelaysMs: [50, 100],
    deliveries: (object) => (object.bucket === sandbox.uploadBucket ? player.deliveries(object) : []),
    onObjectCreated: ({ bucket, key }) => {
      // A manifest is no variant.
      if (bucket === sandbox.processedBucket && !key.endsWith(".json")) variantKeys.add(key);
    },
    onSettled: (object, outcomes) => {
      if (object.bucket !== sandbox.uploadBucket) return;
      created.push({ object, outcomes, picture: player.settled(object) });
      options.onDone?.(created.length);
    },
  });
  try {
    await player.play(sandbox, options.concurrency);
    const outcomes = await sandbox.settled();
    const reconciled = reconcile({
      variantNames,
      uploads: uploadsOf(created),
      variants: await variantsOf(sandbox, [...variantKeys], created),
      lines: sandbox.logs.map(({ text }) => JSON.parse(text) as Line),
      deadRequestIds: (await sandbox.deadLetters()).map(({ requestId }) => requestId),
      ...(blueprint.tables.length > 0 && { items: await sandbox.records() }),
    });
    return {
      ...reconciled,
      faults: Object.fromEntries(kindsOf(blueprint).map((name) => [name, counts.get(name) ?? 0])),
      irregularities: irregularitiesOf(episodes),
      retries: outcomes.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    };
  } finally {
    await sandbox.stop();
  }
};
