/** Boundary checks of alarms that count faults. */
import type { Alarm } from "../../cloudwatch/alarm";
import { edgeProbes, hourProbe, justTooLittle } from "./edge-probes";
import { type Evidence, faultsOf, recorded, shortName, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, type Probe, timingOf, togetherMs, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { signalsOf, spread } from "./signals";
import { MINUTE_MS, merged, type Timeline } from "./timeline";

/** Counts: exactly the threshold, spread over the period; one less in each period of an hour. */
export const countProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
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

/** Counts that must breach in every one of several periods: a fault a minute, just long enough and just too short. */
export const lastingProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
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
