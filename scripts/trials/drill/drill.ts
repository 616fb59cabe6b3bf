/** The drill: plays each alarm's recorded fault amid healthy traffic and checks the states of all alarms. */

import type { Alarm } from "../../cloudwatch/alarm";
import { metricsOf } from "../../cloudwatch/alarm";
import { isComposite } from "../../cloudwatch/composite-alarm";
import { evaluationRange } from "../../cloudwatch/missing-data";
import { type Message, notifications } from "../../cloudwatch/notifications";
import type { Transition } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import { type Evidence, faultsOf, recorded, scenarioOf, shortName, traffic } from "./evidence";
import { INCIDENT_SCENARIOS } from "./incident-scenarios";
import { type AnyAlarm, filtersOf, historiesOf, historyOf, neededBy, reportOf, type Watched } from "./observe";
import { MEASURES, OTHERS } from "./other-runs";
import { FAULT_AT_MS } from "./recorded-run";
import { remembered } from "./remembered";
import type { ExpectedCounts, Other, Scenario } from "./scenario";
import { SCENARIOS } from "./scenarios";
import { metricOf } from "./signals";
import { MINUTE_MS, merged, span, type Timeline } from "./timeline";

/** The result for one alarm, from the fault to the notification. */
export interface Verdict {
  /** End of the alarm's name. */
  readonly alarm: string;
  readonly name: string;
  readonly cause: string;
  /** How the run differed from the deployed stack. @default it did not */
  readonly scaled?: string;
  /** The alarm's metric, for example "Sum of Errors in 300 s", or its expression. */
  readonly watches: string;
  /** The first log line that matches the alarm's metric filter. */
  readonly line?: string;
  readonly pattern?: string;
  /** Values that the alarm evaluated when it went to ALARM, newest first. */
  readonly datapoints: readonly number[];
  /** State changes since the fault. */
  readonly states: readonly { readonly afterSeconds: number; readonly state: string }[];
  readonly reason?: string;
  /** Text of the SMS. @default no SMS is sent */
  readonly sms?: string;
  readonly topic: string;
  readonly recipients: readonly string[];
  readonly message?: Message;
  /** Seconds from the fault to the notification. */
  readonly pageSeconds?: number;
  /** Other alarms that went to ALARM. */
  readonly also: readonly string[];
  /** One sentence for each mistake; empty if the alarm works. */
  readonly problems: readonly string[];
}

/** An SMS of GSM characters has room for 160; phones and gateways add to it. */
const LONGEST_SMS = 140;

const BEFORE_MS = 60 * MINUTE_MS;

const LONGEST_DELAY_MS = 16 * MINUTE_MS;

/** How far back CloudWatch looks for datapoints, in milliseconds. */
export const memoryMs = (alarm: Alarm): number => {
  const periodSeconds = metricsOf(alarm)[0]?.periodSeconds ?? 60;
  return evaluationRange(alarm.evaluationPeriods, periodSeconds) * periodSeconds * 1_000;
};

/** @returns the metric alarms that an alarm depends on: itself, or those in its rule */
const metricAlarmsOf = (alarm: AnyAlarm, blueprint: Blueprint): Alarm[] =>
  neededBy(alarm, blueprint).filter((each): each is Alarm => !isComposite(each));

interface WatchedTimeline {
  readonly timeline: Timeline;
  readonly watched: Watched;
}

const watchedTimelines = new WeakMap<Evidence, Map<string, WatchedTimeline>>();

/** The fault amid healthy traffic, and the time range to evaluate: from before the fault until the slowest alarm has recovered. */
const timelineOf = (alarm: AnyAlarm, scenario: Scenario, evidence: Evidence): WatchedTimeline => {
  const name = shortName(alarm, evidence.blueprint);
  const everyMs = scenario.trafficEveryMs;
  const known = remembered(watchedTimelines, evidence, () => new Map<string, WatchedTimeline>());
  return remembered(known, name, () => {
    const fault = recorded(evidence, name);
    const deployed = everyAlarm(evidence.blueprint).find((each) => each.name === alarm.name) ?? alarm;
    const slowestMs = Math.max(...metricAlarmsOf(deployed, evidence.blueprint).map(memoryMs));
    const faultEndsMs = scenario.isSilence ? FAULT_AT_MS + slowestMs + 2 * MINUTE_MS : span(fault, FAULT_AT_MS).toMs;
    const endMs = faultEndsMs + slowestMs + LONGEST_DELAY_MS + 5 * MINUTE_MS;
    const beginMs = FAULT_AT_MS - BEFORE_MS;
    const healthy = scenario.isSilence
      ? [traffic(evidence, beginMs, FAULT_AT_MS, everyMs), traffic(evidence, faultEndsMs, endMs, everyMs)]
      : [traffic(evidence, beginMs, endMs, everyMs)];
    return {
      timeline: merged([...healthy, fault]),
      watched: { fromMs: FAULT_AT_MS - 5 * MINUTE_MS, toMs: endMs },
    };
  });
};

const everyAlarm = ({ alarms, compositeAlarms }: Blueprint): AnyAlarm[] => [...alarms, ...compositeAlarms];

const firingOf = (history: readonly Transition[]): Transition | undefined => history.find(({ to }) => to === "ALARM");

const watchesOf = (alarm: AnyAlarm, blueprint: Blueprint): string => {
  if (isComposite(alarm)) return alarm.rule.replaceAll(`${blueprint.function.name}-`, "");
  const { watches } = alarm;
  return "statistic" in watches
    ? `${watches.statistic} of ${watches.name} in ${watches.periodSeconds} s`
    : (watches.find(({ returnData }) => returnData)?.expression ?? "");
};

const topicEnd = (arn: string, end: string) => arn.endsWith(`-${end}`);

/** ALARM and OK must notify the expected topic and no other. */
const actionProblems = (history: readonly Transition[], topic: string, blueprint: Blueprint): string[] => {
  const arn = topic === "none" ? "" : blueprint.topics.find(({ arn: each }) => topicEnd(each, topic))?.arn;
  if (arn === undefined) return [`no topic name ends in ${topic}`];
  return history
    .filter(({ from, actions }) => from !== "INSUFFICIENT_DATA" && actions.join() !== arn)
    .map(({ to, actions }) => `sends ${to} to ${actions.join(", ") || "no topic"} instead of ${arn || "no topic"}`);
};

const stateProblems = (history: readonly Transition[], { isInverse }: Scenario): string[] => {
  const well = isInverse ? "ALARM" : "OK";
  const before = history.filter(({ atMs }) => atMs <= FAULT_AT_MS).at(-1);
  const after = history.filter(({ atMs }) => atMs > FAULT_AT_MS);
  return [
    ...(before?.to === well ? [] : [`is ${before?.to ?? "not evaluated"} before the fault`]),
    ...(after.length > 0 && firingOf(after) ? [] : ["does not fire"]),
    ...(firingOf(after) && after.at(-1)?.to !== well ? [`does not return to ${well}`] : []),
  ];
};

/** Compares the counts of every metric filter with the expected ones; measures, which any upload raises, only if one is expected. */
const filterProblems = (
  name: string,
  counts: ExpectedCounts,
  faults: number,
  blueprint: Blueprint,
  evidence: Evidence,
): string[] => {
  const isStrict = MEASURES.some((metric) => Object.hasOwn(counts, metric));
  return filtersOf(blueprint).flatMap((filter) => {
    const { name: metric } = filter.metric;
    const counted = reportOf(filter, recorded(evidence, name)).filter(({ value }) => value > 0).length;
    const wanted = (counts[metric] ?? 0) * faults;
    if (counted < wanted) return [`${metric} counts ${counted} matches instead of ${wanted}`];
    const isMeant = wanted > 0 || (MEASURES.includes(metric) && !isStrict);
    return counted > 0 && !isMeant ? [`${metric} counts lines that it must not count`] : [];
  });
};

/** A gauge or a rate has no number of faults. */
const faultsOfRun = (alarm: AnyAlarm, { counts }: Scenario): number =>
  !isComposite(alarm) && metricOf(alarm)?.statistic === "Sum" && Object.keys(counts).length > 0 ? faultsOf(alarm) : 1;

/** @returns the alarm's state changes amid its scenario */
const seenIn = (alarm: AnyAlarm, scenario: Scenario, blueprint: Blueprint, evidence: Evidence) => {
  const { timeline, watched } = timelineOf(alarm, scenario, evidence);
  return historyOf(alarm, blueprint, timeline, watched, evidence.delivery);
};

/** @returns what is wrong with an alarm's own states and notifications; nothing if its scenario was not recorded */
export const ownProblems = (alarm: AnyAlarm, blueprint: Blueprint, evidence: Evidence): string[] => {
  const scenario = scenarioOf(alarm, blueprint);
  if (scenario === undefined || !evidence.recordings.has(shortName(alarm, blueprint))) return [];
  const history = seenIn(alarm, scenario, blueprint, evidence);
  return [...stateProblems(history, scenario), ...actionProblems(history, scenario.topic, blueprint)];
};

const verdictOf = (alarm: AnyAlarm, scenario: Scenario, blueprint: Blueprint, evidence: Evidence): Verdict => {
  const short = shortName(alarm, blueprint);
  const { timeline, watched } = timelineOf(alarm, scenario, evidence);
  const every = everyAlarm(blueprint);
  const histories = historiesOf(every, blueprint, timeline, watched, evidence.delivery);
  const history = histories[every.indexOf(alarm)] ?? [];
  const after = history.filter(({ atMs }) => atMs > FAULT_AT_MS);
  const off = firingOf(after);
  const others = every.filter(
    (other, i) => other !== alarm && !scenarioOf(other, blueprint)?.isInverse && firingOf(histories[i] ?? []),
  );
  const also = others.map((other) => shortName(other, blueprint));
  const unexpected = also.filter((name) => !scenario.also.includes(name));
  const names = metricAlarmsOf(alarm, blueprint)
    .flatMap(metricsOf)
    .map(({ name }) => name);
  const filter = filtersOf(blueprint).find(({ metric }) => names.includes(metric.name));
  const messages = off === undefined ? [] : notifications(off, blueprint.topics, blueprint.subscriptions);
  const sms = messages.find(({ protocol }) => protocol === "sms")?.text;
  const countedAtMs = filter && reportOf(filter, recorded(evidence, short)).find(({ value }) => value > 0)?.timestampMs;
  const secondsAfter = (atMs: number) => Math.round((atMs - FAULT_AT_MS) / 1_000);
  return {
    alarm: short,
    name: alarm.name,
    cause: scenario.cause,
    scaled: scenario.scaled?.(evidence.blueprint.function),
    watches: watchesOf(alarm, blueprint),
    line: recorded(evidence, short).lines.find(
      (line) =>
        line.timestampMs === countedAtMs &&
        filter &&
        reportOf(filter, { lines: [line] }).some(({ value }) => value > 0),
    )?.message,
    pattern: filter?.pattern,
    datapoints:
      off?.datapoints.flatMap(({ value }) => value ?? []).slice(0, isComposite(alarm) ? 0 : alarm.evaluationPeriods) ??
      [],
    states: after.map(({ atMs, to }) => ({ afterSeconds: secondsAfter(atMs), state: to })),
    reason: off?.reason,
    topic: scenario.topic,
    recipients: messages.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`),
    message: messages[0],
    sms,
    pageSeconds: off && secondsAfter(off.actedAtMs ?? off.atMs),
    also,
    problems: [
      ...ownProblems(alarm, blueprint, evidence),
      ...unexpected.map((name) => `${name} fires, too, without its own cause`),
      ...(sms !== undefined && sms.length > LONGEST_SMS
        ? [`${short} sends an SMS of ${sms.length} characters; at most ${LONGEST_SMS} can be read at a glance`]
        : []),
      ...filterProblems(short, scenario.counts, faultsOfRun(alarm, scenario), blueprint, evidence),
    ],
  };
};

/**
 * @param blueprint the stack to drill: that of the evidence, or a mutant of it
 * @param evidence recordings of the scenarios
 * @returns one verdict for each alarm whose scenario was recorded
 */
export const drill = (blueprint: Blueprint, evidence: Evidence): Verdict[] =>
  everyAlarm(blueprint).flatMap((alarm) => {
    const scenario = scenarioOf(alarm, blueprint);
    const isWanted = evidence.recordings.has(shortName(alarm, blueprint));
    return scenario !== undefined && isWanted ? [verdictOf(alarm, scenario, blueprint, evidence)] : [];
  });

/** @returns one sentence for each alarm without a scenario */
export const withoutScenario = (blueprint: Blueprint): string[] =>
  everyAlarm(blueprint)
    .filter((alarm) => scenarioOf(alarm, blueprint) === undefined)
    .map(
      (alarm) => `Expected a scenario for alarm ${shortName(alarm, blueprint)} but got none: add a row to SCENARIOS`,
    );

/** @returns the embedded metrics that CloudWatch rejects, one sentence for each run with any */
const rejectionProblems = ({ recordings }: Evidence): string[] =>
  [...recordings].flatMap(([name, { data }]) => {
    const rejected = data.filter((datum) => datum.name === "EMFValidationErrors");
    const count = rejected.reduce((sum, { value }) => sum + value, 0);
    return count === 0 ? [] : [`${name}: CloudWatch rejects ${count} embedded metrics`];
  });

/** @returns rejected embedded metrics, and mistakes of the metric filters in the runs that belong to no alarm */
export const otherProblems = (blueprint: Blueprint, evidence: Evidence): string[] => [
  ...rejectionProblems(evidence),
  ...Object.entries<Other>(OTHERS).flatMap(([name, { cause, counts }]) =>
    evidence.recordings.has(name)
      ? filterProblems(name, counts, 1, blueprint, evidence).map((problem) => `${cause}: ${problem}`)
      : [],
  ),
];

/** Names of all scenarios. */
export const SCENARIO_NAMES: readonly string[] = [
  ...new Set([...Object.keys(SCENARIOS), ...Object.keys(INCIDENT_SCENARIOS)]),
];
