/** What is broken at the moment: faults of the ledger, applied to the running sandbox until they are healed. */
import { ruleHolds } from "../cloudwatch/alarm-rule";
import { compileComposites } from "../cloudwatch/composite-alarm";
import type { OnCall } from "../faults/calls";
import { FAULTS, type Fault, fileOf, uploadsOf } from "../faults/faults";
import { FUNCTION_ACCESS_KEY_ID, type Intercept } from "../sandbox/api-call";
import type { Blueprint, FunctionBlueprint } from "../sandbox/blueprint";
import { shortNames } from "./names";
import type { FaultView } from "./protocol";

interface Active {
  readonly fault: Fault;
  readonly sinceMs: number;
  readonly onCall?: OnCall;
  readonly fired: Set<string>;
}

export interface Breakage {
  readonly intercept: Intercept;
  /** @returns the files to upload, or undefined if the stack has no such fault or it is broken already */
  break(
    id: string,
    nowMs: number,
  ): Promise<readonly { readonly key: string; readonly bytes: Uint8Array }[] | undefined>;
  /** @returns whether it was broken */
  heal(id: string): boolean;
  /** Alarms that have gone to ALARM, by their short names. */
  fired(alarms: readonly string[]): void;
  list(): FaultView[];
}

const RUNS: Readonly<Record<string, Fault>> = FAULTS;

/** @returns the alarms of the stack that fire, with the composite alarms above them; short names */
const firing = (fault: Fault, blueprint: Blueprint): string[] => {
  const { short } = shortNames(blueprint);
  const { alarms, compositeAlarms } = blueprint;
  const inAlarm = new Set(alarms.filter(({ name }) => fault.fires.includes(short(name))).map(({ name }) => name));
  const names = new Set([...alarms, ...compositeAlarms].map(({ name }) => name));
  for (const { alarm, rule } of compileComposites(compositeAlarms, names)) {
    if (ruleHolds(rule, (name) => (inAlarm.has(name) ? "ALARM" : "OK"))) inAlarm.add(alarm.name);
  }
  return [...inAlarm].map(short);
};

/** @param update changes the configuration of the running function */
export const createBreakage = (
  blueprint: Blueprint,
  update: (changes: Partial<FunctionBlueprint>) => void,
): Breakage => {
  const active = new Map<string, Active>();
  const rows = Object.entries(RUNS).filter(([, { isFor }]) => isFor?.(blueprint) ?? true);
  let broken = 0;

  const reconfigure = () => {
    const changes = [...active.values()].map(({ fault }) => fault.changes?.(blueprint.function) ?? {});
    update(Object.assign({}, ...changes));
  };

  return {
    intercept: async (call) => {
      if (call.caller !== FUNCTION_ACCESS_KEY_ID) return undefined;
      for (const { onCall } of [...active.values()]) {
        const refusal = await onCall?.(call);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    break: async (id, nowMs) => {
      const fault = rows.find(([name]) => name === id)?.[1];
      if (fault === undefined || active.has(id)) return undefined;
      active.set(id, { fault, sinceMs: nowMs, onCall: fault.calls?.(blueprint), fired: new Set() });
      if (fault.changes !== undefined) reconfigure();
      const { name, bytes } = await fileOf(fault, blueprint);
      broken += 1;
      return Array.from({ length: uploadsOf(fault, blueprint) }, (_, i) => ({
        key: `${id}-${broken}/${i + 1}-${name}`,
        bytes,
      }));
    },
    heal: (id) => {
      const healed = active.get(id);
      active.delete(id);
      if (healed?.fault.changes !== undefined) reconfigure();
      return healed !== undefined;
    },
    fired: (alarms) => {
      for (const { fired } of active.values()) for (const alarm of alarms) fired.add(alarm);
    },
    list: () =>
      rows.map(([id, fault]) => {
        const fires = firing(fault, blueprint);
        const current = active.get(id);
        return {
          ...{ id, cause: fault.cause, fires, uploads: uploadsOf(fault, blueprint) },
          ...(current && { sinceMs: current.sinceMs }),
          fired: fires.filter((name) => current?.fired.has(name)),
        };
      }),
  };
};
