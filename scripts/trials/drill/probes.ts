/**
 * The alarms at their boundaries: exactly so much of what was recorded as must wake somebody, and just too little.
 *
 * Thresholds, periods and counts are those of the synthesized stack, never those of a mutant that is judged by the probes.
 */

import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import type { MetricQuery } from "../../cloudwatch/metric-queries";
import type { Blueprint } from "../../sandbox/blueprint";
import { FAULT_AT_MS } from "./bench";
import { memoryMs } from "./drill";
import { type Evidence, faultsOf, healthyUploads, recorded, shortName, traffic } from "./evidence";
import { filtersOf, historyOf, type Watched } from "./observe";
import { metricOf, retouched, signalsOf, spread } from "./signals";
import { MINUTE_MS, merged, repeated, type Stretch, startingAt } from "./stretch";

export interface Probe {
  /** Full name of the alarm. */
  readonly alarm: string;
  readonly title: string;
  readonly stretch: Stretch;
  readonly watched: Watched;
  /** When it must have gone off at the latest, and when be over. @default it must stay OK */
  readonly goesOff?: { readonly byMs: number; readonly notOverBeforeMs?: number; readonly overByMs: number };
}

const HOUR_MS = 60 * MINUTE_MS;
const BEGIN_MS = FAULT_AT_MS - HOUR_MS;
const GAUGED_EVERY_MS = 20_000;
const WATCH_MS = FAULT_AT_MS - 5 * MINUTE_MS;

interface Timing {
  readonly periodMs: number;
  /** How long a single datum is looked at. */
  readonly windowMs: number;
  readonly memoryMs: number;
}

const timingOf = (alarm: Alarm): Timing => {
  const periodMs = (metricsOf(alarm)[0]?.periodSeconds ?? 60) * 1_000;
  return { periodMs, windowMs: alarm.evaluationPeriods * periodMs, memoryMs: memoryMs(alarm) };
};

/** Where nothing is published while all is well, CloudWatch looks back at the last datum for longer. */
const isSparse = (alarm: Alarm, { blueprint, recordings }: Evidence): boolean => {
  const watched = metricsOf(alarm);
  const isMade = filtersOf(blueprint).some(({ metric }) => watched.some(({ name }) => name === metric.name));
  const data = recordings.get("healthy")?.data ?? [];
  return !isMade && !data.some(({ name }) => watched.some((metric) => metric.name === name));
};

const isGauge = (alarm: Alarm): boolean => metricOf(alarm)?.statistic !== "Sum";

/** For an hour: one fault less than it takes in every period, or a gauge at one less than its threshold, again and again. */
const justTooLittle = (alarm: Alarm, evidence: Evidence): Stretch => {
  const { blueprint } = evidence;
  const { periodMs } = timingOf(alarm);
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  if (isGauge(alarm)) {
    return repeated([retouched(signals, alarm.threshold - 1)], FAULT_AT_MS, FAULT_AT_MS + HOUR_MS, GAUGED_EVERY_MS);
  }
  const moments = Array.from({ length: Math.ceil(HOUR_MS / periodMs) }, (_, i) => FAULT_AT_MS + i * periodMs);
  return merged(moments.map((atMs) => spread(signals, faultsOf(alarm) - 1, atMs, atMs)));
};

/** Counts: as many signals as the threshold asks for, spread over the period; one less in every period of an hour. */
const countProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { blueprint } = evidence;
  const timing = timingOf(alarm);
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  const faults = faultsOf(alarm);
  const lastMs = FAULT_AT_MS + timing.periodMs - MINUTE_MS;
  const atThreshold = (spreadToMs: number) => spread(signals, faults, FAULT_AT_MS, spreadToMs);
  return [
    ...edgeProbes(alarm, evidence, { atThreshold, lastMs, timing }),
    hourProbe(alarm, evidence, `${faults - 1} in every period`, justTooLittle(alarm, evidence)),
  ];
};

/** Gauges: exactly the threshold once; one less, again and again. */
const gaugeProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { blueprint } = evidence;
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  const atThreshold = () => startingAt(retouched(signals, alarm.threshold), FAULT_AT_MS);
  return [
    ...edgeProbes(alarm, evidence, { atThreshold, lastMs: FAULT_AT_MS, timing: timingOf(alarm) }),
    hourProbe(alarm, evidence, `${alarm.threshold - 1} again and again`, justTooLittle(alarm, evidence)),
  ];
};

interface Edge {
  /** @param spreadToMs when the last of it is to happen */
  readonly atThreshold: (spreadToMs: number) => Stretch;
  readonly lastMs: number;
  readonly timing: Timing;
}

/** At the threshold: over the whole period amid traffic, and all at once before a silence. */
const edgeProbes = (alarm: Alarm, evidence: Evidence, { atThreshold, lastMs, timing }: Edge): Probe[] => {
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS };
  const until = (trafficEndsMs: number, spreadToMs: number): Stretch =>
    merged([traffic(evidence, BEGIN_MS, trafficEndsMs), atThreshold(spreadToMs)]);
  return [
    {
      alarm: alarm.name,
      title: `exactly ${alarm.threshold}`,
      stretch: until(FAULT_AT_MS + HOUR_MS, lastMs),
      watched,
      goesOff: {
        byMs: lastMs + MINUTE_MS,
        notOverBeforeMs: FAULT_AT_MS + timing.windowMs,
        overByMs: lastMs + (isSparse(alarm, evidence) ? timing.memoryMs : timing.windowMs) + MINUTE_MS,
      },
    },
    {
      alarm: alarm.name,
      title: `exactly ${alarm.threshold}, then silence`,
      stretch: until(FAULT_AT_MS, FAULT_AT_MS),
      watched,
      goesOff: { byMs: FAULT_AT_MS + MINUTE_MS, overByMs: FAULT_AT_MS + timing.memoryMs + MINUTE_MS },
    },
  ];
};

const hourProbe = ({ name }: Alarm, evidence: Evidence, title: string, added: Stretch): Probe => ({
  alarm: name,
  title,
  stretch: merged([traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS), added]),
  watched: { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS },
});

/** An alarm on silence: the longest pause that it allows, the least traffic that it takes, and a pause that is too long. */
const silenceProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { periodMs, memoryMs: longestMs } = timingOf(alarm);
  const uploads = healthyUploads(evidence);
  const every = (ms: number) => repeated(uploads, BEGIN_MS, FAULT_AT_MS + 2 * HOUR_MS, ms);
  const quiet = { alarm: alarm.name, watched: { fromMs: WATCH_MS, toMs: FAULT_AT_MS + 2 * HOUR_MS - MINUTE_MS } };
  const backMs = FAULT_AT_MS + longestMs + 3 * MINUTE_MS;
  const pause = [traffic(evidence, BEGIN_MS, FAULT_AT_MS), traffic(evidence, backMs, FAULT_AT_MS + 2 * HOUR_MS)];
  return [
    { ...quiet, title: "one upload in every period", stretch: every(periodMs) },
    { ...quiet, title: "pauses just short enough", stretch: every(longestMs - MINUTE_MS) },
    {
      ...quiet,
      title: "a pause too long",
      stretch: merged(pause),
      goesOff: { byMs: FAULT_AT_MS + longestMs + MINUTE_MS, overByMs: backMs + MINUTE_MS },
    },
  ];
};

const samplesOf = (rows: readonly MetricQuery[]): number =>
  Number(/>= (\d+)/.exec(rows.find(({ expression }) => expression !== undefined)?.expression ?? "")?.[1] ?? 1);

/** A rate: bursts of uploads, five minutes apart, of which so many in a hundred are refused. */
const rateProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { periodMs, windowMs } = timingOf(alarm);
  const { evaluationPeriods: periods, datapointsToAlarm: wanted = periods, threshold } = alarm;
  const samples = samplesOf("statistic" in alarm.watches ? [] : alarm.watches);
  const good = healthyUploads(evidence);
  const bad = [recorded(evidence, "log-errors")];
  const burst = (atMs: number, count: number, failing: number): Stretch =>
    merged([spread(good, count - failing, atMs, atMs + 1_000), spread(bad, failing, atMs + 2_000, atMs + 3_000)]);
  /** So many bad in one period after the other, all good before and after. */
  const periodsOf = (count: number, failing: readonly number[]): Stretch =>
    merged(Array.from({ length: 24 }, (_, i) => burst(FAULT_AT_MS + (i - 12) * periodMs, count, failing[i - 12] ?? 0)));
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + 11 * periodMs };
  const lastMs = (apart: number) => FAULT_AT_MS + apart * periodMs;
  const goesOff = (apart: number) => ({
    byMs: lastMs(apart) + MINUTE_MS,
    overByMs: lastMs(apart) + windowMs + MINUTE_MS,
  });
  const few = Math.floor((samples * (100 - threshold)) / 100) + 1;
  const share = { count: 100, edge: Math.floor(100 - threshold) };
  const always = Array.from({ length: 12 }, () => share.edge);
  const probe = (title: string, stretch: Stretch, expected?: Probe["goesOff"]): Probe => ({
    alarm: alarm.name,
    title,
    stretch,
    watched,
    ...(expected && { goesOff: expected }),
  });
  const consecutive = Array.from({ length: wanted }, () => few);
  const pause = Array.from({ length: periods - wanted }, () => 0);
  const apart = [...consecutive.slice(1), ...pause, few];
  const tooFarApart = [...consecutive.slice(1), ...pause, 0, few];
  return [
    probe(`exactly ${threshold} %, always`, periodsOf(share.count, always)),
    probe(
      `just below ${threshold} %`,
      periodsOf(
        share.count,
        consecutive.map(() => share.edge + 1),
      ),
      goesOff(wanted - 1),
    ),
    probe(`${wanted} bad periods of ${samples} uploads`, periodsOf(samples, consecutive), goesOff(wanted - 1)),
    probe(`${wanted} bad periods, apart`, periodsOf(samples, apart), goesOff(periods - 1)),
    probe(`${wanted} bad periods, too far apart`, periodsOf(samples, tooFarApart)),
    probe(`${wanted - 1} bad periods`, periodsOf(samples, consecutive.slice(1))),
    probe(
      `${samples - 1} uploads, all bad`,
      merged([
        periodsOf(
          samples - 1,
          Array.from({ length: 12 }, () => samples - 1),
        ),
      ]),
    ),
  ];
};

const probesOfAlarm = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const metric = metricOf(alarm);
  if (metric === undefined) return rateProbes(alarm, evidence);
  if (alarm.comparison.startsWith("LessThan")) return silenceProbes(alarm, evidence);
  return isGauge(alarm) ? gaugeProbes(alarm, evidence) : countProbes(alarm, evidence);
};

/** What no alarm but that on silence may mind. */
const restProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS };
  const healthy = traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS);
  const silent = traffic(evidence, BEGIN_MS, FAULT_AT_MS);
  const mindsSilence = alarm.treatMissingData === "breaching";
  return [
    { alarm: alarm.name, title: "a healthy hour", stretch: healthy, watched },
    ...(mindsSilence ? [] : [{ alarm: alarm.name, title: "an hour of silence", stretch: silent, watched }]),
  ];
};

const probes = new WeakMap<Evidence, readonly Probe[]>();

/** @returns the probes of every alarm of which the evidence has a run */
export const probesOf = (evidence: Evidence): readonly Probe[] => {
  const known = probes.get(evidence);
  if (known !== undefined) return known;
  const made = evidence.blueprint.alarms
    .filter((alarm) => evidence.recordings.has(shortName(alarm, evidence.blueprint)))
    .flatMap((alarm) => [...probesOfAlarm(alarm, evidence), ...restProbes(alarm, evidence)]);
  probes.set(evidence, made);
  return made;
};

const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

const problemOf = ({ alarm: name, stretch, watched, goesOff }: Probe, blueprint: Blueprint): string | undefined => {
  const alarm = blueprint.alarms.find((each) => each.name === name);
  if (alarm === undefined) return "there is no such alarm";
  const history = historyOf(alarm, blueprint, stretch, watched);
  const isBad = history.find(({ to, from }) => to === "INSUFFICIENT_DATA" && from !== "INSUFFICIENT_DATA");
  const off = history.find(({ to }) => to === "ALARM");
  if (isBad !== undefined) return `does not know its state at ${time(isBad.atMs)}`;
  if (history[0]?.to !== "OK" || history[0].atMs > FAULT_AT_MS) return "is not OK to begin with";
  if (goesOff === undefined) return off && `goes off at ${time(off.atMs)}`;
  if (off === undefined || off.atMs > goesOff.byMs) return `has not gone off by ${time(goesOff.byMs)}`;
  const last = history.at(-1);
  if (last !== undefined && last.atMs < (goesOff.notOverBeforeMs ?? 0))
    return `is over before ${time(goesOff.notOverBeforeMs ?? 0)}`;
  if (last?.to !== "OK" || last.atMs > goesOff.overByMs) return `is not over by ${time(goesOff.overByMs)}`;
  return undefined;
};

/** @returns what the alarms of a stack, or of a mutant of it, get wrong at their boundaries */
export const probeProblems = (blueprint: Blueprint, evidence: Evidence): string[] =>
  probesOf(evidence).flatMap((probe) => {
    const problem = problemOf(probe, blueprint);
    return problem === undefined ? [] : [`${shortName({ name: probe.alarm }, blueprint)}, ${probe.title}: ${problem}`];
  });

/** The negative control: a busy hour in which as many alarms as possible are kept just below their thresholds. */
export interface Control {
  /** Alarms that are kept at their edge; a fault that is another alarm's too would wake that one. */
  readonly atTheEdge: readonly string[];
  readonly problems: readonly string[];
}

const countsOnlyAt = (alarm: Alarm, added: Stretch, { alarms, ...rest }: Blueprint): boolean =>
  alarms.every((other) => other === alarm || signalsOf(other, { alarms, ...rest }, added).length === 0);

export const control = (blueprint: Blueprint, evidence: Evidence): Control => {
  const edges = evidence.blueprint.alarms
    .filter((alarm) => metricOf(alarm) !== undefined && !alarm.comparison.startsWith("LessThan"))
    .map((alarm) => ({ alarm, added: justTooLittle(alarm, evidence) }))
    .filter(({ added }) => added.lines.length + added.data.length > 0)
    .filter(({ alarm, added }) => countsOnlyAt(alarm, added, evidence.blueprint));
  const stretch = merged([traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS), ...edges.map(({ added }) => added)]);
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS };
  const problems = blueprint.alarms.flatMap(({ name }) => {
    const problem = problemOf({ alarm: name, title: "", stretch, watched }, blueprint);
    return problem === undefined ? [] : [`${shortName({ name }, blueprint)} ${problem} in a healthy hour`];
  });
  return { atTheEdge: edges.map(({ alarm }) => shortName(alarm, evidence.blueprint)), problems };
};
