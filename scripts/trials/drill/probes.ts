/**
 * Boundary checks: recorded faults repeated exactly as often as the alarm must fire, and once less.
 *
 * Thresholds, periods and counts come from the synthesized stack, never from the mutant under test.
 */
import type { Alarm } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { casesOf, conditionProbes } from "./condition-probes";
import { countProbes, lastingProbes } from "./count-probes";
import { type Evidence, shortName, traffic } from "./evidence";
import { gaugeProbes } from "./gauge-probes";
import { historyOf } from "./observe";
import { BEGIN_MS, HOUR_MS, isGauge, type Probe, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { remembered } from "./remembered";
import { metricOf } from "./signals";
import { slowProbes, slowProbesOf } from "./slow-probes";
import { ticketWaitProblems } from "./ticket-waits";
import { MINUTE_MS } from "./timeline";
import { rateProbes, silenceProbes } from "./traffic-probes";

const probesOfAlarm = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const metric = metricOf(alarm);
  if (casesOf(alarm, evidence) !== undefined) return conditionProbes(alarm, evidence);
  if (metric === undefined) return rateProbes(alarm, evidence);
  if (alarm.comparison.startsWith("LessThan")) return silenceProbes(alarm, evidence);
  if (isGauge(alarm)) return gaugeProbes(alarm, evidence);
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods } = alarm;
  return datapointsToAlarm > 1 ? lastingProbes(alarm, evidence) : countProbes(alarm, evidence);
};

/** A healthy hour, and an hour without traffic, unless missing data is breaching. */
const restProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS };
  const healthy = traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS);
  const silent = traffic(evidence, BEGIN_MS, FAULT_AT_MS);
  const { delivery } = evidence;
  const firesWithoutData = alarm.treatMissingData === "breaching";
  return [
    { alarm: alarm.name, title: "a healthy hour", timeline: healthy, watched, delivery },
    ...(firesWithoutData
      ? []
      : [{ alarm: alarm.name, title: "an hour without traffic", timeline: silent, watched, delivery }]),
  ];
};

const probes = new WeakMap<Evidence, Map<string, readonly Probe[]>>();

const allProbesOf = (alarm: Alarm, evidence: Evidence): readonly Probe[] => {
  const known = remembered(probes, evidence, () => new Map<string, readonly Probe[]>());
  return remembered(known, alarm.name, () => [
    ...probesOfAlarm(alarm, evidence),
    ...slowProbes(alarm, evidence),
    ...(casesOf(alarm, evidence)?.isInverse ? [] : restProbes(alarm, evidence)),
  ]);
};

/** @returns the boundary checks of every alarm whose scenario was recorded */
export const probesOf = (evidence: Evidence): readonly Probe[] =>
  evidence.blueprint.alarms
    .filter((alarm) => evidence.recordings.has(shortName(alarm, evidence.blueprint)))
    .flatMap((alarm) => allProbesOf(alarm, evidence));

const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

export const problemOf = (
  { alarm: name, timeline, watched, delivery, fires, isInverse }: Probe,
  blueprint: Blueprint,
): string | undefined => {
  const alarm = blueprint.alarms.find((each) => each.name === name);
  if (alarm === undefined) return "the alarm is missing";
  const [well, wrong] = isInverse ? (["ALARM", "OK"] as const) : (["OK", "ALARM"] as const);
  const history = historyOf(alarm, blueprint, timeline, watched, delivery);
  const isBad = history.find(({ to, from }) => to === "INSUFFICIENT_DATA" && from !== "INSUFFICIENT_DATA");
  const off = history.find(({ to }) => to === wrong);
  if (isBad !== undefined) return `goes to INSUFFICIENT_DATA at ${time(isBad.atMs)}`;
  if (history[0]?.to !== well || history[0].atMs > FAULT_AT_MS) return `is not ${well} at the start`;
  if (fires === undefined) return off && `goes to ${wrong} at ${time(off.atMs)}`;
  if (off === undefined || off.atMs > fires.byMs) return `has not gone to ${wrong} by ${time(fires.byMs)}`;
  const last = history.at(-1);
  if (last !== undefined && last.atMs < (fires.notOkBeforeMs ?? 0))
    return `returns to ${well} before ${time(fires.notOkBeforeMs ?? 0)}`;
  if (fires.okByMs === undefined) return last?.to === wrong ? undefined : `returns to ${last?.to}`;
  if (last?.to !== well || last.atMs > fires.okByMs) return `has not returned to ${well} by ${time(fires.okByMs)}`;
  return undefined;
};

const failed = (probes: readonly Probe[], blueprint: Blueprint): string[] =>
  probes.flatMap((probe) => {
    const problem = problemOf(probe, blueprint);
    return problem === undefined ? [] : [`${shortName({ name: probe.alarm }, blueprint)}, ${probe.title}: ${problem}`];
  });

const ticketProblems = (blueprint: Blueprint, evidence: Evidence): string[] =>
  blueprint.alarms.flatMap((alarm) => ticketWaitProblems(alarm, blueprint, evidence));

/** @returns failed boundary checks of a stack or of a mutant of it, one sentence each */
export const probeProblems = (blueprint: Blueprint, evidence: Evidence): string[] => [
  ...failed(probesOf(evidence), blueprint),
  ...ticketProblems(blueprint, evidence),
];

/** @returns failed boundary checks of one alarm, whose scenario was recorded, of a stack or of a mutant of it */
export const probeProblemsOf = (alarm: Alarm, blueprint: Blueprint, evidence: Evidence): string[] => [
  ...failed(allProbesOf(alarm, evidence), blueprint),
  ...ticketProblems(blueprint, evidence),
];

/** @returns failed checks with the longest invocations, one sentence each */
export const slowProblems = (evidence: Evidence): string[] => failed(slowProbesOf(evidence), evidence.blueprint);
