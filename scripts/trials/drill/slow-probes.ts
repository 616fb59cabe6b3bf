/** Boundary checks of alarms on metrics that Lambda dates at the start of an invocation and sends after its end. */
import type { Alarm } from "../../cloudwatch/alarm";
import { DELIVERIES } from "../../cloudwatch/delivery";
import { type Evidence, faultsOf, healthyUploads, recorded, shortName, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, isGauge, type Probe, timingOf, WATCH_MS } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { metricOf, signalsOf, spread, withValue } from "./signals";
import { lasting, MINUTE_MS, merged, repeated, visibleFromMs } from "./timeline";

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html; assumed for AsyncEventAge. */
export const START_DATED: readonly string[] = ["Invocations", "Errors", "Duration", "AsyncEventAge"];

/** Full minute at which a slow invocation ends: its metrics then arrive as late as they can. */
const SLOW_END_MS = FAULT_AT_MS + 40_000;

/** The longest invocations amid healthy traffic, for alarms on metrics that Lambda dates at the start and sends after the end. */
export const slowProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const { blueprint } = evidence;
  const lastsMs = blueprint.function.timeoutSeconds * 1_000;
  const startMs = SLOW_END_MS - (lastsMs % MINUTE_MS);
  const toMs = startMs + lastsMs + HOUR_MS;
  const watched = { fromMs: WATCH_MS, toMs: toMs - MINUTE_MS };
  if (!START_DATED.includes(metricOf(alarm)?.name ?? "")) return [];
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  const strongest = isGauge(alarm) ? [withValue(signals, Math.max(alarm.threshold, lastsMs))] : signals;
  const periods = alarm.datapointsToAlarm ?? alarm.evaluationPeriods;
  const { periodMs } = timingOf(alarm, evidence, evidence.delivery);
  const startsMs = Array.from({ length: periods }, (_, i) => startMs - (periods - 1 - i) * periodMs);
  const count = isGauge(alarm) ? 1 : faultsOf(alarm);
  const failures = lasting(merged(startsMs.map((atMs) => spread(strongest, count, atMs, atMs))), lastsMs);
  return DELIVERIES.map((delivery) => {
    const timing = timingOf(alarm, evidence, delivery);
    const title = `invocations of ${lastsMs / 1_000} s, ${delivery} delivery`;
    if (alarm.comparison.startsWith("LessThan")) {
      const uploads = healthyUploads(evidence).map((upload) => lasting(upload, lastsMs));
      return {
        alarm: alarm.name,
        title,
        timeline: repeated(uploads, BEGIN_MS, toMs, timing.periodMs),
        watched,
        delivery,
      };
    }
    return {
      alarm: alarm.name,
      title,
      timeline: merged([traffic(evidence, BEGIN_MS, toMs), failures]),
      watched,
      delivery,
      fires: {
        byMs: visibleFromMs(failures, delivery, startMs) + MINUTE_MS,
        okByMs: startMs + timing.windowMs + MINUTE_MS,
      },
    };
  });
};

/** @returns the checks of every alarm whose scenario was recorded */
export const slowProbesOf = (evidence: Evidence): Probe[] =>
  evidence.blueprint.alarms
    .filter((alarm) => evidence.recordings.has(shortName(alarm, evidence.blueprint)))
    .flatMap((alarm) => slowProbes(alarm, evidence));
