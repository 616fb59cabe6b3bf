/** The real runs that everything else is judged by: each scenario once, several at a time. */

import pLimit from "p-limit";
import type { Alarm } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { FAULT_AT_MS, type Recording } from "./bench";
import { photo } from "./pictures";
import { OTHERS, type Other, SCENARIOS, type Scenario } from "./scenarios";
import { EMPTY, MINUTE_MS, repeated, type Stretch } from "./stretch";

export interface Evidence {
  /** The stack as synthesized: what was run. */
  readonly blueprint: Blueprint;
  /** By the names of scenarios and of other runs. */
  readonly recordings: ReadonlyMap<string, Recording>;
}

export interface GatherOptions {
  /** Scenarios that are run; the others that everything is compared with always are. @default those of every alarm */
  readonly only?: readonly string[];
  /** Healthy uploads. @default two small ones */
  readonly pictures?: readonly Buffer[];
  readonly onDone?: (name: string, done: number, total: number) => void;
}

/** @returns the end of an alarm's name, by which the ledger knows it */
export const shortName = ({ name }: Pick<Alarm, "name">, { function: fn }: Blueprint): string =>
  name.startsWith(`${fn.name}-`) ? name.slice(fn.name.length + 1) : name;

export const scenarioOf = (alarm: Pick<Alarm, "name">, blueprint: Blueprint): Scenario | undefined =>
  Object.entries(SCENARIOS).find(([name]) => name === shortName(alarm, blueprint))?.[1];

/** How many faults an alarm takes. */
export const faultsOf = ({ threshold }: Alarm): number => Math.max(1, Math.ceil(threshold));

const RUNS_AT_A_TIME = 3;

/** @throws Error when a run cannot be made at all: no package, no buckets */
export const gather = async (blueprint: Blueprint, options: GatherOptions = {}): Promise<Evidence> => {
  const { only, pictures = [await photo(), await photo(64, 96)], onDone } = options;
  const jobs: [name: string, run: () => Promise<Recording>][] = [
    ...blueprint.alarms.flatMap((alarm): [string, () => Promise<Recording>][] => {
      const scenario = scenarioOf(alarm, blueprint);
      const name = shortName(alarm, blueprint);
      if (scenario === undefined || (only !== undefined && !only.includes(name))) return [];
      return [[name, () => scenario.run(blueprint, faultsOf(alarm))]];
    }),
    ...Object.entries<Other>(OTHERS)
      .filter(([, { isFor }]) => isFor?.(blueprint.function) ?? true)
      .map(([name, { run }]): [string, () => Promise<Recording>] => [
        name,
        () => run(blueprint, pictures, blueprint.function),
      ]),
  ];
  const recordings = new Map<string, Recording>();
  const limit = pLimit(RUNS_AT_A_TIME);
  const record = async ([name, run]: (typeof jobs)[number]) => {
    recordings.set(name, await run());
    onDone?.(name, recordings.size, jobs.length);
  };
  await Promise.all(jobs.map((job) => limit(record, job)));
  return { blueprint, recordings };
};

/** @returns the recording, or silence if the run was not made */
export const recorded = ({ recordings }: Evidence, name: string): Stretch => recordings.get(name) ?? EMPTY;

/** One upload after the other was recorded, a minute apart. */
export const healthyUploads = (evidence: Evidence): readonly Stretch[] => {
  const { lines, data } = recorded(evidence, "healthy");
  const minuteOf = ({ timestampMs }: { readonly timestampMs: number }) =>
    Math.floor((timestampMs - FAULT_AT_MS) / MINUTE_MS);
  const minutes = [...new Set([...lines, ...data].map(minuteOf))].sort((one, other) => one - other);
  return minutes.map((minute) => ({
    lines: lines.filter((line) => minuteOf(line) === minute),
    data: data.filter((datum) => minuteOf(datum) === minute),
  }));
};

/** Ten uploads in five minutes are enough for any rate. */
export const TRAFFIC_EVERY_MS = 30_000;

export const traffic = (evidence: Evidence, fromMs: number, toMs: number): Stretch =>
  repeated(healthyUploads(evidence), fromMs, toMs, TRAFFIC_EVERY_MS);
