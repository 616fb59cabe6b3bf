/** What is broken at the moment: faults of the ledger, applied to the running sandbox until they are healed. */
import { healthAlarmsOf, parseAlarmRule, ruleHolds } from "../cloudwatch/alarm-rule";
import { compileComposites } from "../cloudwatch/composite-alarm";
import type { OnCall } from "../faults/calls";
import { alarmsOf, type Fault, fileOf, requestsOf, uploadsOf } from "../faults/fault";
import { FAULTS } from "../faults/faults";
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

interface Broken {
  readonly files: readonly File[];
  /** Bodies of requests to the upload API. */
  readonly requests: readonly object[];
}

export interface Breakage {
  readonly intercept: Intercept;
  /** @returns what to send, or undefined if the stack has no such fault or it is broken already */
  break(id: string, nowMs: number): Promise<Broken | undefined>;
  /** @returns the files that faults upload again at a whole minute */
  again(atMs: number): readonly File[];
  /** Whether a fault stops all uploads. */
  readonly isSilent: boolean;
  /** @returns whether it was broken */
  heal(id: string, nowMs: number): boolean;
  /** Alarms that have gone to ALARM, by their short names. */
  fired(alarms: readonly string[]): void;
  list(): FaultView[];
  /** Alarms that no fault makes fire, by their short names; those that say that all is well are none of them. */
  readonly others: readonly string[];
}

const MINUTE_MS = 60_000;

type Short = (name: string) => string;

const RUNS: Readonly<Record<string, Fault>> = FAULTS;

/**
 * @param fires alarms by their names without the function's name
 * @returns those that the stack has, with the composite alarms above them; short names
 */
const firing = (fires: readonly string[], { alarms, compositeAlarms }: Blueprint, short: Short): string[] => {
  const inAlarm = new Set(alarms.filter(({ name }) => fires.includes(short(name))).map(({ name }) => name));
  const names = new Set([...alarms, ...compositeAlarms].map(({ name }) => name));
  for (const { alarm, rule } of compileComposites(compositeAlarms, names)) {
    if (ruleHolds(rule, (name) => (inAlarm.has(name) ? "ALARM" : "OK"))) inAlarm.add(alarm.name);
  }
  return [...inAlarm].map(short);
};

/** @returns the alarms that fire when a fault lasts, and those that fire, too, unless many other uploads succeed */
const expectedOf = (fault: Fault, blueprint: Blueprint, short: Short) => {
  const always = alarmsOf(fault, blueprint);
  const fires = firing(always, blueprint, short);
  const all = firing([...always, ...(fault.firesAlone ?? [])], blueprint, short);
  return { fires, firesAlone: all.filter((name) => !fires.includes(name)) };
};

/** @returns short names of the alarms that are not among those that fire, nor a sign of health */
const withoutFault = (fired: readonly string[], { alarms, compositeAlarms }: Blueprint, short: Short): string[] => {
  const all = [...compositeAlarms, ...alarms].map(({ name }) => name);
  const signs = compositeAlarms.flatMap(({ rule }) => healthAlarmsOf(parseAlarmRule(rule)));
  return all.filter((name) => !fired.includes(short(name)) && !signs.includes(name)).map(short);
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
  const { short } = shortNames(blueprint);
  const rows = Object.entries(RUNS)
    .filter(([, { isFor }]) => isFor?.(blueprint) ?? true)
    .map(([id, fault]) => ({ id, fault, ...expectedOf(fault, blueprint, short) }));
  const anyFires = rows.flatMap(({ fires, firesAlone }) => [...fires, ...firesAlone]);
  let broken = 0;

  const reconfigure = (changed: Fault) => {
    const faults = [...active.values()].map(({ fault }) => fault);
    setScale(Math.max(1, ...faults.map(({ scale = 1 }) => scale)));
    if (changed.changes === undefined) return;
    update(Object.assign({}, ...faults.map(({ changes }) => changes?.(blueprint.function) ?? {})));
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
      const fault = rows.find((row) => row.id === id)?.fault;
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
      reconfigure(fault);
      round = await roundsOf(fault, blueprint, `${id}-${broken}`);
      return { files: round(), requests: requestsOf(fault, blueprint) };
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
      reconfigure(current.fault);
      return true;
    },
    fired: (alarms) => {
      for (const { fired } of [...active.values(), ...healed.values()]) for (const alarm of alarms) fired.add(alarm);
    },
    list: () =>
      rows.map(({ id, fault, fires, firesAlone }) => {
        const { sinceMs, fired } = active.get(id) ?? healed.get(id) ?? {};
        const healedMs = healed.get(id)?.healedMs;
        return {
          ...{ id, cause: fault.cause, note: fault.note, fires, firesAlone, uploads: uploadsOf(fault, blueprint) },
          ...{ requests: requestsOf(fault, blueprint).length, everyMinutes: fault.everyMinutes, sinceMs, healedMs },
          fired: fires.filter((name) => fired?.has(name)),
        };
      }),
    others: withoutFault(anyFires, blueprint, short),
  };
};
