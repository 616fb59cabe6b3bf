/** The drill: each alarm's own fault as it was recorded, amid healthy traffic, and what became of every alarm. */

import type { Alarm } from "../../cloudwatch/alarm";
import { metricsOf } from "../../cloudwatch/alarm";
import { evaluationRange } from "../../cloudwatch/missing-data";
import { type Message, notifications } from "../../cloudwatch/notifications";
import type { Transition } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import { FAULT_AT_MS } from "./bench";
import { type Evidence, faultsOf, recorded, scenarioOf, shortName, traffic } from "./evidence";
import { filtersOf, historyOf, reportOf, type Watched } from "./observe";
import { type Ears, MEASURES, OTHERS, type Other, SCENARIOS, type Scenario } from "./scenarios";
import { metricOf } from "./signals";
import { MINUTE_MS, merged, type Stretch, span } from "./stretch";

/** One alarm's fault, from its cause to the people who hear of it. */
export interface Verdict {
  /** End of the alarm's name. */
  readonly alarm: string;
  readonly name: string;
  readonly cause: string;
  /** What was not as deployed during the run. */
  readonly scaled?: string;
  /** What the alarm watches, as "Sum of Errors in 300 s" or its expression. */
  readonly watches: string;
  /** The first line that its filter heard. */
  readonly line?: string;
  readonly pattern?: string;
  /** Values that the alarm looked at when it went off, newest first. */
  readonly datapoints: readonly number[];
  /** Changes of state since the fault. */
  readonly states: readonly { readonly afterSeconds: number; readonly state: string }[];
  readonly reason?: string;
  readonly topic: string;
  readonly recipients: readonly string[];
  readonly message?: Message;
  /** From the fault to the page, as a subscriber lives them. */
  readonly pageSeconds?: number;
  /** Other alarms that went off. */
  readonly also: readonly string[];
  /** What is wrong; nothing where the alarm did all that it should. */
  readonly problems: readonly string[];
}

const BEFORE_MS = 60 * MINUTE_MS;

/** How long CloudWatch may look back, and so how long it may take until an alarm knows. */
export const memoryMs = (alarm: Alarm): number => {
  const periodSeconds = metricsOf(alarm)[0]?.periodSeconds ?? 60;
  return evaluationRange(alarm.evaluationPeriods, periodSeconds) * periodSeconds * 1_000;
};

export interface Scene {
  readonly stretch: Stretch;
  readonly watched: Watched;
}

const scenes = new WeakMap<Evidence, Map<string, Scene>>();

/** The fault amid traffic. Alarms are watched from some time before it until the slowest has seen its end. */
export const sceneOf = (name: string, scenario: Scenario, evidence: Evidence): Scene => {
  const known = scenes.get(evidence) ?? new Map<string, Scene>();
  scenes.set(evidence, known);
  const fault = recorded(evidence, name);
  const slowestMs = Math.max(...evidence.blueprint.alarms.map(memoryMs));
  const faultEndsMs = scenario.isSilence ? FAULT_AT_MS + slowestMs + 2 * MINUTE_MS : span(fault, FAULT_AT_MS).toMs;
  const endMs = faultEndsMs + slowestMs + 5 * MINUTE_MS;
  const beginMs = FAULT_AT_MS - BEFORE_MS;
  const healthy = scenario.isSilence
    ? [traffic(evidence, beginMs, FAULT_AT_MS), traffic(evidence, faultEndsMs, endMs)]
    : [traffic(evidence, beginMs, endMs)];
  const made = known.get(name) ?? {
    stretch: merged([...healthy, fault]),
    watched: { fromMs: FAULT_AT_MS - 5 * MINUTE_MS, toMs: endMs },
  };
  known.set(name, made);
  return made;
};

const wentOff = (history: readonly Transition[]): Transition | undefined => history.find(({ to }) => to === "ALARM");

const watchesOf = ({ watches }: Alarm): string =>
  "statistic" in watches
    ? `${watches.statistic} of ${watches.name} in ${watches.periodSeconds} s`
    : (watches.find(({ returnData }) => returnData)?.expression ?? "");

const topicEnd = (arn: string, end: string) => arn.endsWith(`-${end}`);

/** Whether the people of the right topic, and they alone, are told when the alarm goes off and when it is over. */
const actionProblems = (history: readonly Transition[], topic: string, blueprint: Blueprint): string[] => {
  const arn = blueprint.topics.find(({ arn: each }) => topicEnd(each, topic))?.arn;
  if (arn === undefined) return [`no topic ends in ${topic}`];
  return history
    .filter(({ from, actions }) => from !== "INSUFFICIENT_DATA" && actions.join() !== arn)
    .map(({ to, actions }) => `tells ${actions.join(", ") || "nobody"} of ${to} instead of ${arn}`);
};

const stateProblems = (history: readonly Transition[]): string[] => {
  const before = history.filter(({ atMs }) => atMs <= FAULT_AT_MS).at(-1);
  const after = history.filter(({ atMs }) => atMs > FAULT_AT_MS);
  return [
    ...(before?.to === "OK" ? [] : [`is ${before?.to ?? "nowhere"} before the fault`]),
    ...(wentOff(after) ? [] : ["stays silent"]),
    ...(wentOff(after) && after.at(-1)?.to !== "OK" ? ["does not return to OK"] : []),
  ];
};

/** Which counts the run raised, beside those that any traffic does, against those that it had to. */
export const earProblems = (
  name: string,
  hears: Ears,
  faults: number,
  blueprint: Blueprint,
  evidence: Evidence,
): string[] => {
  const isStrict = MEASURES.some((metric) => Object.hasOwn(hears, metric));
  return filtersOf(blueprint).flatMap((filter) => {
    const { name: metric } = filter.metric;
    const counted = reportOf(filter, recorded(evidence, name)).filter(({ value }) => value > 0).length;
    const wanted = (hears[metric] ?? 0) * faults;
    if (counted < wanted) return [`${metric} counts it ${counted} times instead of ${wanted}`];
    const isMeant = wanted > 0 || (MEASURES.includes(metric) && !isStrict);
    return counted > 0 && !isMeant ? [`${metric} counts what is none of its business`] : [];
  });
};

/** A gauge or a rate takes no number of faults. */
const faultsOfRun = (alarm: Alarm, { hears }: Scenario): number =>
  metricOf(alarm)?.statistic === "Sum" && Object.keys(hears).length > 0 ? faultsOf(alarm) : 1;

const verdictOf = (alarm: Alarm, scenario: Scenario, blueprint: Blueprint, evidence: Evidence): Verdict => {
  const short = shortName(alarm, blueprint);
  const { stretch, watched } = sceneOf(short, scenario, evidence);
  const history = historyOf(alarm, blueprint, stretch, watched);
  const after = history.filter(({ atMs }) => atMs > FAULT_AT_MS);
  const off = wentOff(after);
  const others = blueprint.alarms.filter((other) => {
    const seen = other === alarm ? [] : historyOf(other, blueprint, stretch, watched);
    return wentOff(seen) !== undefined;
  });
  const also = others.map((other) => shortName(other, blueprint));
  const wolves = also.filter((name) => !scenario.also.includes(name));
  const names = metricsOf(alarm).map(({ name }) => name);
  const filter = filtersOf(blueprint).find(({ metric }) => names.includes(metric.name));
  const messages = off === undefined ? [] : notifications(off, blueprint.topics, blueprint.subscriptions);
  const heardAt = filter && reportOf(filter, recorded(evidence, short)).find(({ value }) => value > 0)?.timestampMs;
  const secondsAfter = (atMs: number) => Math.round((atMs - FAULT_AT_MS) / 1_000);
  return {
    alarm: short,
    name: alarm.name,
    cause: scenario.cause,
    scaled: scenario.scaled?.(evidence.blueprint.function),
    watches: watchesOf(alarm),
    line: recorded(evidence, short).lines.find(
      (line) =>
        line.timestampMs === heardAt &&
        filter &&
        reportOf(filter, { lines: [line], data: [] }).some(({ value }) => value > 0),
    )?.message,
    pattern: filter?.pattern,
    datapoints: off?.datapoints.flatMap(({ value }) => value ?? []).slice(0, alarm.evaluationPeriods) ?? [],
    states: after.map(({ atMs, to }) => ({ afterSeconds: secondsAfter(atMs), state: to })),
    reason: off?.reason,
    topic: scenario.topic,
    recipients: messages.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`),
    message: messages[0],
    pageSeconds: off && secondsAfter(off.atMs),
    also,
    problems: [
      ...stateProblems(history),
      ...actionProblems(history, scenario.topic, blueprint),
      ...wolves.map((name) => `${name} cries wolf`),
      ...earProblems(short, scenario.hears, faultsOfRun(alarm, scenario), blueprint, evidence),
    ],
  };
};

/**
 * @param blueprint whose filters and alarms are drilled; a mutant, or that of the evidence
 * @param evidence of the scenarios that are to be judged
 */
export const drill = (blueprint: Blueprint, evidence: Evidence): Verdict[] =>
  blueprint.alarms.flatMap((alarm) => {
    const scenario = scenarioOf(alarm, blueprint);
    const isWanted = evidence.recordings.has(shortName(alarm, blueprint));
    return scenario !== undefined && isWanted ? [verdictOf(alarm, scenario, blueprint, evidence)] : [];
  });

/** @returns alarms that no scenario is about: whoever adds an alarm says what it is for */
export const withoutScenario = (blueprint: Blueprint): string[] =>
  blueprint.alarms
    .filter((alarm) => scenarioOf(alarm, blueprint) === undefined)
    .map(
      (alarm) => `Expected a scenario for alarm ${shortName(alarm, blueprint)} but got none: add a row to SCENARIOS`,
    );

/** @returns what the runs beside the scenarios should be heard by, and are not */
export const otherProblems = (blueprint: Blueprint, evidence: Evidence): string[] =>
  Object.entries<Other>(OTHERS).flatMap(([name, { cause, hears }]) =>
    evidence.recordings.has(name)
      ? earProblems(name, hears, 1, blueprint, evidence).map((problem) => `${cause}: ${problem}`)
      : [],
  );

/** The names that the ledger knows. */
export const SCENARIO_NAMES: readonly string[] = Object.keys(SCENARIOS);
