/** Boundary checks of every alarm on one metric: exactly its threshold, and an hour of a little less. */
import type { Alarm } from "../../cloudwatch/alarm";
import { type Evidence, faultsOf, recorded, shortName, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, isGauge, type Probe, type Timing, timingOf, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { signalsOf, spread, withValue } from "./signals";
import { fromActiveQueue, MINUTE_MS, merged, repeated, span, type Timeline, visibleFromMs } from "./timeline";
import { zeros } from "./zeros";

const GAUGED_EVERY_MS = 20_000;

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

interface Edge {
  /** @param spreadToMs time of the last fault */
  readonly atThreshold: (spreadToMs: number) => Timeline;
  readonly lastMs: number;
  readonly timing: Timing;
}

/** Exactly the threshold: spread over the period amid traffic, and at once before traffic stops. */
export const edgeProbes = (alarm: Alarm, evidence: Evidence, { atThreshold, lastMs, timing }: Edge): Probe[] => {
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

export const hourProbe = ({ name }: Alarm, evidence: Evidence, title: string, added: Timeline): Probe => ({
  alarm: name,
  delivery: evidence.delivery,
  title,
  timeline: merged([traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS), added]),
  watched: { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS },
});
