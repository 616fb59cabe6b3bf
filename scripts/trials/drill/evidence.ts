/** Records the real runs that the drill evaluates: each scenario once, several at a time. */

import pLimit from "p-limit";
import type { Alarm } from "../../cloudwatch/alarm";
import { type CompositeAlarm, isComposite } from "../../cloudwatch/composite-alarm";
import type { Delivery } from "../../cloudwatch/delivery";
import { photo } from "../../faults/pictures";
import type { Blueprint } from "../../sandbox/blueprint";
import { INCIDENT_SCENARIOS } from "./incident-scenarios";
import { OTHERS } from "./other-runs";
import { FAULT_AT_MS, type Recording } from "./recorded-run";
import { remembered } from "./remembered";
import type { Other, Scenario } from "./scenario";
import { SCENARIOS } from "./scenarios";
import { EMPTY, MINUTE_MS, merged, repeated, type Timeline } from "./timeline";

type AnyAlarm = Alarm | CompositeAlarm;

export interface Evidence {
  /** The stack that was run. */
  readonly blueprint: Blueprint;
  /** How fast data reach CloudWatch. */
  readonly delivery: Delivery;
  /** Recordings by name of the scenario or other run. */
  readonly recordings: ReadonlyMap<string, Recording>;
}

export interface GatherOptions {
  /** Scenarios to run; the runs of OTHERS always take place. @default the scenarios of all alarms */
  readonly only?: readonly string[];
  /** @default "typical" */
  readonly delivery?: Delivery;
  /** Pictures of the healthy traffic. @default two small ones */
  readonly pictures?: readonly Buffer[];
  readonly onDone?: (name: string, done: number, total: number) => void;
}

/** @returns the alarm's name without the function's name, as in SCENARIOS */
export const shortName = ({ name }: Pick<Alarm, "name">, { function: fn }: Blueprint): string =>
  name.startsWith(`${fn.name}-`) ? name.slice(fn.name.length + 1) : name;

/** @returns the scenario; undefined if there is none, or if the stack should have no such alarm */
export const scenarioOf = (alarm: Pick<Alarm, "name">, blueprint: Blueprint): Scenario | undefined => {
  const name = shortName(alarm, blueprint);
  const isIncident = blueprint.compositeAlarms.length > 0;
  const own = isIncident ? INCIDENT_SCENARIOS : SCENARIOS;
  if (Object.hasOwn(own, name)) return own[name];
  // The alarms that only show a cause are the same, but notify no one.
  const shared = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  return isIncident && shared?.topic === "log-alerts"
    ? { ...shared, topic: "none", also: [...shared.also, ...EVIDENCE] }
    : undefined;
};

/** Alarms that fire for the causes that others show, too. */
const EVIDENCE = ["budget-2h", "image-processing-errors", "redrive", "bad-release"];

/** @returns the number of faults at which an alarm fires: its threshold, or the first number of its condition */
export const faultsOf = (alarm: AnyAlarm): number => {
  if (isComposite(alarm)) return 1;
  const { threshold, watches } = alarm;
  const expression = "statistic" in watches ? "" : watches.find(({ returnData }) => returnData)?.expression;
  const [, least] = /^IF\(+(?:FILL\()?\w+(?:, 0\))? >= (\d+)/.exec(expression ?? "") ?? [];
  return Math.max(1, Math.ceil(least === undefined ? threshold : Number(least)));
};

/** A run waits for answers that come late on purpose, and for retries. */
export const RUNS_AT_A_TIME = 3;

/** @throws Error if a run cannot start: no package, no buckets */
export const gather = async (blueprint: Blueprint, options: GatherOptions = {}): Promise<Evidence> => {
  const { only, delivery = "typical", pictures = [await photo(), await photo(64, 96)], onDone } = options;
  const jobs: [name: string, run: () => Promise<Recording>][] = [
    ...[...blueprint.alarms, ...blueprint.compositeAlarms].flatMap((alarm): [string, () => Promise<Recording>][] => {
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
  return { blueprint, delivery, recordings };
};

/** @returns the recording; an empty timeline if the run did not take place */
export const recorded = ({ recordings }: Evidence, name: string): Timeline => recordings.get(name) ?? EMPTY;

/** @returns the recorded healthy uploads, one by one; they were recorded a minute apart */
export const healthyUploads = (evidence: Evidence): readonly Timeline[] => {
  const { lines, data } = recorded(evidence, "healthy");
  const minuteOf = ({ timestampMs }: { readonly timestampMs: number }) =>
    Math.floor((timestampMs - FAULT_AT_MS) / MINUTE_MS);
  const minutes = [...new Set([...lines, ...data].map(minuteOf))].sort((one, other) => one - other);
  return minutes.map((minute) => ({
    lines: lines.filter((line) => minuteOf(line) === minute),
    data: data.filter((datum) => minuteOf(datum) === minute),
  }));
};

/** Ten uploads in five minutes: enough samples for every rate. */
export const TRAFFIC_EVERY_MS = 30_000;

/** Traffic consists of parts that last about as long, which timelines of other lengths share. */
const SHARED_MS = 20 * MINUTE_MS;

const hours = new WeakMap<Evidence, Map<string, Timeline>>();

/** @returns healthy uploads from `fromMs` until `toMs`; the same timeline for the same times, because most checks need the same hours */
export const traffic = (
  evidence: Evidence,
  fromMs: number,
  toMs: number,
  everyMs: number = TRAFFIC_EVERY_MS,
): Timeline => {
  const uploads = healthyUploads(evidence);
  const known = remembered(hours, evidence, () => new Map<string, Timeline>());
  const part = (beginMs: number, endMs: number) =>
    remembered(known, `${beginMs} ${endMs} ${everyMs}`, () => repeated(uploads, beginMs, endMs, everyMs));
  // Whole cycles of the uploads in each part, so that the parts follow each other without a seam.
  const cycleMs = Math.max(1, uploads.length) * everyMs;
  const partMs = Math.ceil(SHARED_MS / cycleMs) * cycleMs;
  const count = Math.ceil((toMs - fromMs) / partMs);
  return remembered(known, `all ${fromMs} ${toMs} ${everyMs}`, () =>
    merged(
      Array.from({ length: count }, (_, i) => part(fromMs + i * partMs, Math.min(toMs, fromMs + (i + 1) * partMs))),
    ),
  );
};
