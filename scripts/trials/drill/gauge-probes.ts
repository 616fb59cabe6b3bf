/** Boundary checks of alarms on a value, such as a duration or the length of a queue. */
import type { Alarm } from "../../cloudwatch/alarm";
import { edgeProbes, hourProbe, justTooLittle } from "./edge-probes";
import { type Evidence, recorded, shortName, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, type Probe, type Timing, timingOf, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { metricOf, signalsOf, withValue } from "./signals";
import { MINUTE_MS, merged, startingAt, type Timeline } from "./timeline";

const QUEUE_FULL_MS = 20 * MINUTE_MS;
const QUEUE = "AWS/SQS";

/** Later by `byMs`, but from the same activity of the queue. */
const later = (timeline: Timeline, byMs: number): Timeline => ({
  lines: [],
  data: timeline.data.map((datum) => ({
    ...datum,
    timestampMs: datum.timestampMs + byMs,
    sentMs: datum.sentMs + byMs,
  })),
});

/** Gauges: exactly the threshold once; one less repeatedly. */
export const gaugeProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
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
