/** Boundary checks of alarms that need traffic: on missing uploads, and on the share that succeeds. */
import type { Alarm } from "../../cloudwatch/alarm";
import type { MetricQuery } from "../../cloudwatch/metric-queries";
import { type Evidence, healthyUploads, recorded, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, type Probe, timingOf, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { remembered } from "./remembered";
import { spread } from "./signals";
import { MINUTE_MS, merged, repeated, type Timeline } from "./timeline";

/** An alarm on missing traffic: the lowest traffic, the longest allowed pause, and a pause that is too long. */
export const silenceProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
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
export const rateProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
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
