/** What is broken at the moment: faults of the ledger, applied to the running sandbox until they are healed. */
import { ruleHolds } from "../cloudwatch/alarm-rule";
import { compileComposites } from "../cloudwatch/composite-alarm";
import type { OnCall } from "../faults/calls";
import { alarmsOf, FAULTS, type Fault, fileOf, uploadsOf } from "../faults/faults";
import { FUNCTION_ACCESS_KEY_ID, type Intercept } from "../sandbox/api-call";
import type { Blueprint, FunctionBlueprint } from "../sandbox/blueprint";
import { shortNames } from "./names";
import type { FaultView } from "./protocol";

interface File {
  readonly key: string;
  readonly bytes: Uint8Array;
}

interface Active {
  readonly fault: Fault;
  readonly sinceMs: number;
  /** Files of another round of uploads. */
  readonly round: () => readonly File[];
  readonly onCall?: OnCall;
  readonly fired: Set<string>;
}

export interface Breakage {
  readonly intercept: Intercept;
  /** @returns the files to upload, or undefined if the stack has no such fault or it is broken already */
  break(id: string, nowMs: number): Promise<readonly File[] | undefined>;
  /** @returns the files that faults upload again at a whole minute */
  again(atMs: number): readonly File[];
  /** Whether a fault stops all uploads. */
  readonly isSilent: boolean;
  /** @returns whether it was broken */
  heal(id: string, nowMs: number): boolean;
  /** Alarms that have gone to ALARM, by their short names. */
  fired(alarms: readonly string[]): void;
  list(): FaultView[];
}

const MINUTE_MS = 60_000;

const RUNS: Readonly<Record<string, Fault>> = FAULTS;

/** @returns the alarms of the stack that fire, with the composite alarms above them; short names */
const firing = (fault: Fault, blueprint: Blueprint): string[] => {
  const { short } = shortNames(blueprint);
  const { alarms, compositeAlarms } = blueprint;
  const fires = alarmsOf(fault, blueprint);
  const inAlarm = new Set(alarms.filter(({ name }) => fires.includes(short(name))).map(({ name }) => name));
  const names = new Set([...alarms, ...compositeAlarms].map(({ name }) => name));
  for (const { alarm, rule } of compileComposites(compositeAlarms, names)) {
    if (ruleHolds(rule, (name) => (inAlarm.has(name) ? "ALARM" : "OK"))) inAlarm.add(alarm.name);
  }
  return [...inAlarm].map(short);
};

/** What a fault uploads, again and again. */
const roundsOf = async (fault: Fault, blueprint: Blueprint, prefix: string): Promise<Active["round"]> => {
  const count = uploadsOf(fault, blueprint);
  if (count === 0) return () => [];
  const { name, bytes } = await fileOf(fault, blueprint);
  let uploaded = 0;
  return () =>
    Array.from({ length: count }, () => {
      uploaded += 1;
      return { key: `${prefix}/${uploaded}-${name}`, bytes };
    });
};

/**
 * @param update changes the configuration of the running function
 * @param setScale sets how many times as fast the clock runs during an invocation
 */
export const createBreakage = (
  blueprint: Blueprint,
  update: (changes: Partial<FunctionBlueprint>) => void,
  setScale: (scale: number) => void,
): Breakage => {
  const active = new Map<string, Active>();
  /** Faults that are healed, until they are broken again: their alarms end later. */
  const healed = new Map<string, Active & { readonly healedMs: number }>();
  const rows = Object.entries(RUNS).filter(([, { isFor }]) => isFor?.(blueprint) ?? true);
  let broken = 0;

  const reconfigure = () => {
    const faults = [...active.values()].map(({ fault }) => fault);
    update(Object.assign({}, ...faults.map(({ changes }) => changes?.(blueprint.function) ?? {})));
    setScale(Math.max(1, ...faults.map(({ scale = 1 }) => scale)));
  };

  return {
    intercept: async (call) => {
      // Every function of the stack; the page and clients see no fault.
      if (!call.caller.startsWith(FUNCTION_ACCESS_KEY_ID)) return undefined;
      for (const { onCall } of [...active.values()]) {
        const refusal = await onCall?.(call);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    break: async (id, nowMs) => {
      const fault = rows.find(([name]) => name === id)?.[1];
      if (fault === undefined || active.has(id)) return undefined;
      broken += 1;
      let round: Active["round"] = () => [];
      active.set(id, {
        fault,
        sinceMs: nowMs,
        round: () => round(),
        onCall: fault.calls?.(blueprint),
        fired: new Set(),
      });
      healed.delete(id);
      if (fault.changes !== undefined) reconfigure();
      round = await roundsOf(fault, blueprint, `${id}-${broken}`);
      return round();
    },
    again: (atMs) =>
      [...active.values()].flatMap(({ fault: { everyMinutes = Infinity }, sinceMs, round }) => {
        const minutes = Math.floor(atMs / MINUTE_MS) - Math.floor(sinceMs / MINUTE_MS);
        return minutes > 0 && minutes % everyMinutes === 0 ? round() : [];
      }),
    get isSilent() {
      return [...active.values()].some(({ fault }) => fault.isWithoutUploads);
    },
    heal: (id, nowMs) => {
      const current = active.get(id);
      if (current === undefined) return false;
      active.delete(id);
      healed.set(id, { ...current, healedMs: nowMs });
      if (current.fault.changes !== undefined) reconfigure();
      return true;
    },
    fired: (alarms) => {
      for (const { fired } of [...active.values(), ...healed.values()]) for (const alarm of alarms) fired.add(alarm);
    },
    list: () =>
      rows.map(([id, fault]) => {
        const fires = firing(fault, blueprint);
        const { sinceMs, fired } = active.get(id) ?? healed.get(id) ?? {};
        const healedMs = healed.get(id)?.healedMs;
        return {
          ...{ id, cause: fault.cause, note: fault.note, fires, uploads: uploadsOf(fault, blueprint) },
          ...{ everyMinutes: fault.everyMinutes, sinceMs, healedMs },
          fired: fires.filter((name) => fired?.has(name)),
        };
      }),
  };
};
