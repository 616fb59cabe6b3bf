/**
 * Boundary checks: recorded faults repeated exactly as often as the alarm must fire, and once less.
 *
 * Thresholds, periods and counts come from the synthesized stack, never from the mutant under test.
 */

import type { Alarm } from "../../cloudwatch/alarm";
import type { MetricQuery } from "../../cloudwatch/metric-queries";
import type { Blueprint } from "../../sandbox/blueprint";
import { casesOf, conditionProbes } from "./condition-probes";
import { type Evidence, faultsOf, healthyUploads, recorded, shortName, traffic } from "./evidence";
import { historyOf } from "./observe";
import { BEGIN_MS, HOUR_MS, isGauge, type Probe, type Timing, timingOf, togetherMs, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { remembered } from "./remembered";
import { metricOf, signalsOf, spread, withValue } from "./signals";
import { slowProbes, slowProbesOf } from "./slow-probes";
import { ticketWaitProblems } from "./ticket-waits";
import {
  fromActiveQueue,
  MINUTE_MS,
  merged,
  repeated,
  span,
  startingAt,
  type Timeline,
  visibleFromMs,
} from "./timeline";
import { zeros } from "./zeros";

const GAUGED_EVERY_MS = 20_000;
const QUEUE_FULL_MS = 20 * MINUTE_MS;
const QUEUE = "AWS/SQS";

/** @returns a timeline of an hour: one fault too few in each period, or repeated values one below the threshold. */
export const justTooLittle = (alarm: Alarm, evidence: Evidence): Timeline => {
  const { blueprint } = evidence;
  const { periodMs } = timingOf(alarm, evidence, evidence.delivery);
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  if (isGauge(alarm)) {
    return repeated(
      [fromActiveQueue(withValue(signals, alarm.threshold - 1))],
      FAULT_AT_MS,
      FAULT_AT_MS + HOUR_MS,
      GAUGED_EVERY_MS,
    );
  }
  const moments = Array.from({ length: Math.ceil(HOUR_MS / periodMs) }, (_, i) => FAULT_AT_MS + i * periodMs);
  return merged(moments.map((atMs) => spread(signals, faultsOf(alarm) - 1, atMs, atMs)));
};

/** Counts: exactly the threshold, spread over the period; one less in each period of an hour. */
const countProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { blueprint } = evidence;
  const timing = timingOf(alarm, evidence, evidence.delivery);
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  const faults = faultsOf(alarm);
  const lastMs = FAULT_AT_MS + togetherMs(timing);
  const atThreshold = (spreadToMs: number) => spread(signals, faults, FAULT_AT_MS, spreadToMs);
  return [
    ...edgeProbes(alarm, evidence, { atThreshold, lastMs, timing }),
    hourProbe(alarm, evidence, `${faults - 1} in each period`, justTooLittle(alarm, evidence)),
  ];
};

/** Gauges: exactly the threshold once; one less repeatedly. */
/** Later by `byMs`, but from the same activity of the queue. */
const later = (timeline: Timeline, byMs: number): Timeline => ({
  lines: [],
  data: timeline.data.map((datum) => ({
    ...datum,
    timestampMs: datum.timestampMs + byMs,
    sentMs: datum.sentMs + byMs,
  })),
});

const gaugeProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { blueprint } = evidence;
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  const once = startingAt(withValue(signals, alarm.threshold), FAULT_AT_MS);
  // A queue publishes its metric for as long as it holds messages.
  const lastMs = metricOf(alarm)?.namespace === QUEUE ? FAULT_AT_MS + QUEUE_FULL_MS : FAULT_AT_MS;
  const minutes = Array.from({ length: (lastMs - FAULT_AT_MS) / MINUTE_MS + 1 }, (_, minute) => minute * MINUTE_MS);
  const atThreshold = () => merged(minutes.map((afterMs) => later(once, afterMs)));
  const timing = timingOf(alarm, evidence, evidence.delivery);
  if ((alarm.datapointsToAlarm ?? alarm.evaluationPeriods) > 1) return severalProbes(alarm, evidence, once, timing);
  return [
    ...edgeProbes(alarm, evidence, { atThreshold, lastMs, timing }),
    hourProbe(alarm, evidence, `${alarm.threshold - 1} repeatedly`, justTooLittle(alarm, evidence)),
  ];
};

/** Gauges that must breach in several periods: as many as needed, as far apart as allowed, too far apart, and one less. */
const severalProbes = (alarm: Alarm, evidence: Evidence, once: Timeline, timing: Timing): Probe[] => {
  const { periodMs, delayMs } = timing;
  const { evaluationPeriods: periods, datapointsToAlarm: wanted = periods } = alarm;
  const toMs = FAULT_AT_MS + (periods + 4) * periodMs + HOUR_MS;
  const probe = (title: string, inPeriods: readonly number[], isEnough: boolean, isSilentAfterwards = false): Probe => {
    const lastMs = FAULT_AT_MS + Math.max(...inPeriods) * periodMs;
    const forgottenMs = isSilentAfterwards ? timing.memoryMs : timing.windowMs;
    return {
      alarm: alarm.name,
      delivery: evidence.delivery,
      title,
      timeline: merged([
        traffic(evidence, BEGIN_MS, isSilentAfterwards ? FAULT_AT_MS : toMs),
        ...inPeriods.map((period) => later(once, period * periodMs)),
      ]),
      watched: { fromMs: WATCH_MS, toMs: toMs - MINUTE_MS },
      ...(isEnough && {
        fires: {
          byMs: lastMs + delayMs + 2 * MINUTE_MS,
          okByMs: FAULT_AT_MS + (inPeriods.at(-wanted) ?? 0) * periodMs + forgottenMs + MINUTE_MS,
        },
      }),
    };
  };
  const first = Array.from({ length: wanted }, (_, period) => period);
  const apart = [...first.slice(0, -1), periods - 1];
  return [
    probe(`exactly ${alarm.threshold} in ${wanted} periods`, first, true),
    probe(`exactly ${alarm.threshold} in ${wanted} periods, then no traffic`, first, true, true),
    probe(`exactly ${alarm.threshold} in ${wanted} periods, apart`, apart, true),
    probe(`exactly ${alarm.threshold} in ${wanted} periods, too far apart`, [...first.slice(0, -1), periods], false),
    probe(`exactly ${alarm.threshold} in ${wanted - 1} periods`, first.slice(1), false),
    hourProbe(alarm, evidence, `${alarm.threshold - 1} repeatedly`, justTooLittle(alarm, evidence)),
  ];
};

/** Counts that must breach in every one of several periods: a fault a minute, just long enough and just too short. */
const lastingProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const timing = timingOf(alarm, evidence, evidence.delivery);
  const { evaluationPeriods: periods, datapointsToAlarm: wanted = periods } = alarm;
  const signals = signalsOf(alarm, evidence.blueprint, recorded(evidence, shortName(alarm, evidence.blueprint)));
  const period = timing.periodMs / MINUTE_MS;
  // Periods slide, so that the first and the last one need a single minute each.
  const enough = (wanted - 2) * period + 2;
  const faults = faultsOf(alarm);
  const inMinutes = (from: number, to: number): Timeline[] =>
    Array.from({ length: to - from }, (_, i) => {
      const atMs = FAULT_AT_MS + (from + i) * MINUTE_MS;
      return spread(signals, faults, atMs, atMs);
    });
  const lastMs = FAULT_AT_MS + enough * MINUTE_MS;
  const byMs = lastMs + timing.delayMs + timing.periodMs;
  const toMs = lastMs + timing.memoryMs + HOUR_MS;
  const probe = (title: string, parts: readonly Timeline[], trafficToMs: number, fires?: Probe["fires"]): Probe => ({
    alarm: alarm.name,
    title,
    timeline: merged([traffic(evidence, BEGIN_MS, trafficToMs), ...parts]),
    watched: { fromMs: WATCH_MS, toMs: toMs - MINUTE_MS },
    delivery: evidence.delivery,
    ...(fires && { fires }),
  });
  const longPause = enough - 1 + 2 * period - 1;
  return [
    probe(`${faults} a minute for ${enough} minutes`, inMinutes(0, enough), toMs, {
      byMs,
      okByMs: lastMs + timing.windowMs + MINUTE_MS,
    }),
    probe(`${faults} a minute for ${enough} minutes, then no traffic`, inMinutes(0, enough), FAULT_AT_MS, {
      byMs,
      okByMs: lastMs + timing.memoryMs + MINUTE_MS,
    }),
    probe(`${faults} a minute for ${enough - 1} minutes`, inMinutes(0, enough - 1), toMs),
    ...(wanted === periods
      ? [
          probe(
            `${faults} a minute with a pause of a period`,
            [...inMinutes(0, enough - 1), ...inMinutes(longPause, longPause + 1)],
            toMs,
          ),
        ]
      : []),
  ];
};

interface Edge {
  /** @param spreadToMs time of the last fault */
  readonly atThreshold: (spreadToMs: number) => Timeline;
  readonly lastMs: number;
  readonly timing: Timing;
}

/** Exactly the threshold: spread over the period amid traffic, and at once before traffic stops. */
const edgeProbes = (alarm: Alarm, evidence: Evidence, { atThreshold, lastMs, timing }: Edge): Probe[] => {
  const endMs = Math.max(FAULT_AT_MS + HOUR_MS, lastMs + timing.memoryMs + 5 * MINUTE_MS);
  const watched = { fromMs: WATCH_MS, toMs: endMs - MINUTE_MS };
  const { delivery } = evidence;
  const until = (trafficEndsMs: number, faults: Timeline): Timeline =>
    merged([traffic(evidence, BEGIN_MS, trafficEndsMs), zeros(alarm, evidence, trafficEndsMs), faults]);
  const [spreadOut, atOnce] = [atThreshold(lastMs), atThreshold(FAULT_AT_MS)];
  const firesBy = (faults: Timeline) => visibleFromMs(faults, delivery, lastMs) + MINUTE_MS;
  const lastOf = (faults: Timeline) => span(faults, lastMs).toMs;
  return [
    {
      alarm: alarm.name,
      title: `exactly ${alarm.threshold}`,
      timeline: until(endMs, spreadOut),
      watched,
      delivery,
      fires: {
        byMs: firesBy(spreadOut),
        notOkBeforeMs: FAULT_AT_MS + timing.windowMs,
        okByMs: lastOf(spreadOut) + timing.windowMs + MINUTE_MS,
      },
    },
    {
      alarm: alarm.name,
      title: `exactly ${alarm.threshold}, then no traffic`,
      timeline: until(FAULT_AT_MS, atOnce),
      watched,
      delivery,
      fires: { byMs: firesBy(atOnce), okByMs: lastOf(atOnce) + timing.memoryMs + MINUTE_MS },
    },
  ];
};

const hourProbe = ({ name }: Alarm, evidence: Evidence, title: string, added: Timeline): Probe => ({
  alarm: name,
  delivery: evidence.delivery,
  title,
  timeline: merged([traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS), added]),
  watched: { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS },
});

/** An alarm on missing traffic: the lowest traffic, the longest allowed pause, and a pause that is too long. */
const silenceProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { periodMs, delayMs, memoryMs: longestMs } = timingOf(alarm, evidence, evidence.delivery);
  const { delivery } = evidence;
  const uploads = healthyUploads(evidence);
  const every = (ms: number) => repeated(uploads, BEGIN_MS, FAULT_AT_MS + 2 * HOUR_MS, ms);
  const quiet = {
    alarm: alarm.name,
    delivery,
    watched: { fromMs: WATCH_MS, toMs: FAULT_AT_MS + 2 * HOUR_MS - MINUTE_MS },
  };
  const backMs = FAULT_AT_MS + longestMs + 3 * MINUTE_MS;
  const pause = [traffic(evidence, BEGIN_MS, FAULT_AT_MS), traffic(evidence, backMs, FAULT_AT_MS + 2 * HOUR_MS)];
  return [
    { ...quiet, title: "one upload in each period", timeline: every(periodMs) },
    { ...quiet, title: "the longest allowed pauses", timeline: every(longestMs - delayMs - 2 * MINUTE_MS) },
    {
      ...quiet,
      title: "a pause that is too long",
      timeline: merged(pause),
      fires: { byMs: FAULT_AT_MS + longestMs + MINUTE_MS, okByMs: backMs + delayMs + 2 * MINUTE_MS },
    },
  ];
};

const samplesOf = (rows: readonly MetricQuery[]): number =>
  Number(/>= (\d+)/.exec(rows.find(({ expression }) => expression !== undefined)?.expression ?? "")?.[1] ?? 1);

/** A rate: bursts of uploads, one in each period, with a share of failed ones. */
const rateProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { periodMs, windowMs, delayMs } = timingOf(alarm, evidence, evidence.delivery);
  const { evaluationPeriods: periods, datapointsToAlarm: wanted = periods, threshold } = alarm;
  const samples = samplesOf("statistic" in alarm.watches ? [] : alarm.watches);
  const good = healthyUploads(evidence);
  const bad = [recorded(evidence, "failure")];
  const bursts = new Map<string, Timeline>();
  const burst = (atMs: number, count: number, failing: number): Timeline =>
    remembered(bursts, `${atMs} ${count} ${failing}`, () =>
      merged([spread(good, count - failing, atMs, atMs + 1_000), spread(bad, failing, atMs + 2_000, atMs + 3_000)]),
    );
  /** `failing[i]` bad uploads in period i; only good ones before and after. */
  const periodsOf = (count: number, failing: readonly number[]): Timeline =>
    merged(Array.from({ length: 24 }, (_, i) => burst(FAULT_AT_MS + (i - 12) * periodMs, count, failing[i - 12] ?? 0)));
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + 11 * periodMs };
  const lastMs = (apart: number) => FAULT_AT_MS + apart * periodMs;
  const fires = (apart: number) => ({
    byMs: lastMs(apart) + delayMs + 2 * MINUTE_MS,
    okByMs: lastMs(apart) + windowMs + MINUTE_MS,
  });
  const few = Math.floor((samples * (100 - threshold)) / 100) + 1;
  const share = { count: 100, edge: Math.floor(100 - threshold) };
  const always = Array.from({ length: 12 }, () => share.edge);
  const probe = (title: string, timeline: Timeline, expected?: Probe["fires"]): Probe => ({
    alarm: alarm.name,
    title,
    timeline,
    watched,
    delivery: evidence.delivery,
    ...(expected && { fires: expected }),
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
      fires(wanted - 1),
    ),
    probe(`${wanted} bad periods of ${samples} uploads`, periodsOf(samples, consecutive), fires(wanted - 1)),
    probe(`${wanted} bad periods, apart`, periodsOf(samples, apart), fires(periods - 1)),
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
