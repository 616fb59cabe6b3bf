/** Counts healthy canaries that the alarms of a stack would roll back: each at another minute of the month. */
import type { Alarm } from "../../cloudwatch/alarm";
import { isComposite } from "../../cloudwatch/composite-alarm";
import type { Delivery } from "../../cloudwatch/delivery";
import { MetricStore } from "../../cloudwatch/metric-store";
import { createWatch } from "../../cloudwatch/watch";
import { type Effects, isOfVersion } from "./effects";
import { DAY_MINUTES, MONTH_DAYS } from "./episodes";
import { EPOCH_MS, HEALTHY, limitsOf } from "./play";
import { lookBackMinutes, type Policy, withChildren } from "./policy";
import { drawsFor } from "./random";
import { createTelemetry, MINUTE_MS } from "./telemetry";
import { peakOf, uploadsExpected } from "./traffic";
import { createWorld } from "./world";

export interface Canaries {
  readonly healthy: number;
  readonly takenBack: number;
}

/** Failures of that many minutes before can still be retried during the canary. */
const RETRY_MINUTES = 4;

/**
 * Plays only the minutes that the alarms of the deployment can see.
 * @returns none, if the stack has no canary
 * @throws Error for an alarm that CloudWatch would refuse
 */
export const countCanaries = (
  { blueprint, canary, rollbackAlarms }: Policy,
  effects: Effects,
  {
    count,
    uploadsPerMonth,
    delivery,
    sloSeconds,
  }: { count: number; uploadsPerMonth: number; delivery: Delivery; sloSeconds: number },
): Canaries => {
  if (canary === undefined) return { healthy: 0, takenBack: 0 };
  const alarms = withChildren(blueprint, rollbackAlarms);
  const metricAlarms = alarms.filter((alarm): alarm is Alarm => !isComposite(alarm));
  const lookBack = Math.max(...metricAlarms.map(lookBackMinutes));
  const isScoped = metricAlarms.every((alarm) => isOfVersion(alarm));
  const before = Math.max(RETRY_MINUTES, isScoped ? 0 : lookBack);
  const key = `canaries ${uploadsPerMonth}`;
  const store = new MetricStore();
  const { step, states } = createWatch(alarms, store);
  const telemetry = createTelemetry(effects, store, delivery, key, EPOCH_MS);
  const world = createWorld(limitsOf(blueprint, sloSeconds), telemetry, key, 0, peakOf(uploadsPerMonth));
  const draws = drawsFor(key, "times");
  let takenBack = 0;
  let minute = 0;
  for (let number = 0; number < count; number += 1) {
    const expected = uploadsExpected(uploadsPerMonth, draws.between(0, MONTH_DAYS * DAY_MINUTES - 1));
    const startMinute = minute + before;
    let isTakenBack = false;
    for (; minute < startMinute + canary.minutes && !isTakenBack; minute += 1) {
      const newestShare = minute < startMinute ? 0 : canary.share;
      world.play(minute, expected, HEALTHY, { newestShare });
      if (minute < startMinute) continue;
      step(EPOCH_MS + (minute + 1) * MINUTE_MS);
      isTakenBack = rollbackAlarms.some((name) => states.get(name) === "ALARM");
    }
    if (isTakenBack) takenBack += 1;
    // The windows of the next one begin empty.
    minute = startMinute + canary.minutes + lookBack;
    store.forget(EPOCH_MS + (minute - lookBack) * MINUTE_MS);
  }
  return { healthy: count, takenBack };
};
