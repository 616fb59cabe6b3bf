/** Plays one month against the alarms of one stack, minute by minute, in virtual time. */
import type { Delivery } from "../../cloudwatch/delivery";
import { MetricStore } from "../../cloudwatch/metric-store";
import { createWatch, type Transition } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Effects } from "./effects";
import { type Conditions, DAY_MINUTES, type Episode, MONTH_DAYS, scheduleOf } from "./episodes";
import { lookBackMinutes, type Policy, withChildren } from "./policy";
import { createReleases, type ReleaseEnd } from "./releases";
import { createTelemetry, MINUTE_MS } from "./telemetry";
import { peakOf, uploadsExpected } from "./traffic";
import { createWorld, type Harm, type Limits, USUAL } from "./world";

/** An alarm that notified a person. */
export interface Notified {
  readonly minute: number;
  readonly alarm: string;
  readonly to: "ALARM" | "OK";
  readonly isPage: boolean;
  /** Names of the topics. */
  readonly topics: readonly string[];
}

/** An episode as it was played. */
export interface Played {
  readonly episode: Episode;
  /** How the release ended. @default the episode is no release */
  readonly release?: ReleaseEnd;
}

export interface Month {
  readonly seed: number;
  readonly uploadsPerMonth: number;
  readonly minutes: number;
  readonly episodes: readonly Played[];
  readonly notified: readonly Notified[];
  /** Per minute, whether an alarm that pages is in ALARM. */
  readonly isPaging: Uint8Array;
  readonly harm: Harm;
}

export interface MonthOptions {
  readonly seed: number;
  readonly uploadsPerMonth: number;
  readonly delivery: Delivery;
  readonly sloSeconds: number;
  /** @default a whole month */
  readonly days?: number;
  /** @default that of the seed */
  readonly schedule?: readonly Episode[];
}

/** Long enough for every window of a healthy service to fill. */
const WARM_UP_MINUTES = 8 * 60;
/** A Monday. */
export const EPOCH_MS = Date.UTC(2026, 0, 5);

export const HEALTHY: Conditions = {
  traffic: 1,
  refusedShare: USUAL.refusedShare,
  failing: 0,
  failure: "unavailable",
  slow: 0,
  slowness: "unanswered",
  hopeless: 0,
  hopelessness: "unavailable",
  poison: 0,
  hiccups: 0,
  textFiles: 0,
  queueRefuses: false,
  isOff: false,
  lateMinutes: 0,
};

/** @returns the conditions of each minute; episodes overlap only on a quiet Sunday, which changes only the traffic */
const conditionsIn = (episodes: readonly Episode[]): ((minute: number) => Conditions) => {
  let next = 0;
  return (minute) => {
    while (next < episodes.length && minute >= (episodes[next]?.endMinute ?? 0)) next += 1;
    const current = episodes[next];
    if (current === undefined || minute < current.startMinute) return HEALTHY;
    return { ...HEALTHY, ...current.course.at(minute - current.startMinute) };
  };
};

export const limitsOf = ({ function: fn }: Blueprint, sloSeconds: number): Limits => ({
  timeoutSeconds: fn.timeoutSeconds,
  retries: fn.maximumRetryAttempts,
  maximumEventAgeSeconds: fn.maximumEventAgeSeconds,
  reservedConcurrency: fn.reservedConcurrency,
  hasQueue: fn.deadLetterTargetArn !== undefined,
  sloSeconds,
});

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

/** @throws Error for an alarm that CloudWatch would refuse */
export const playMonth = (policy: Policy, effects: Effects, options: MonthOptions): Month => {
  const { seed, uploadsPerMonth, delivery, sloSeconds, days = MONTH_DAYS } = options;
  const { blueprint, pageTopics, rollbackAlarms } = policy;
  const minutes = days * DAY_MINUTES;
  const key = `${seed} ${uploadsPerMonth}`;
  // Alarms that neither notify nor belong to one that does show causes only.
  const notifying = [...blueprint.alarms, ...blueprint.compositeAlarms].filter(
    ({ alarmActions }) => alarmActions.length > 0,
  );
  const alarms = withChildren(blueprint, [...notifying.map(({ name }) => name), ...rollbackAlarms]);
  const store = new MetricStore();
  const { step, states } = createWatch(alarms, store);
  const telemetry = createTelemetry(effects, store, delivery, key, EPOCH_MS);
  const world = createWorld(limitsOf(blueprint, sloSeconds), telemetry, key, minutes, peakOf(uploadsPerMonth));
  const episodes = options.schedule ?? scheduleOf(seed, uploadsPerMonth, days);
  const conditionsAt = conditionsIn(episodes);
  const releases = createReleases(episodes, policy);
  const pagers = alarms.filter(
    ({ alarmActions, actionsEnabled }) =>
      actionsEnabled !== false && alarmActions.some((arn) => pageTopics.includes(arn)),
  );
  const memoryMinutes = Math.max(...blueprint.alarms.map(lookBackMinutes));
  const isPaging = new Uint8Array(minutes);
  const notified: Notified[] = [];
  const note = ({ alarm, to, actions, actedAtMs = 0 }: Transition): void => {
    if (to === "INSUFFICIENT_DATA") return;
    const minute = Math.ceil((actedAtMs - EPOCH_MS) / MINUTE_MS);
    const isPage = actions.some((arn) => pageTopics.includes(arn));
    if (minute >= 0) notified.push({ minute, alarm: alarm.name, to, isPage, topics: actions.map(nameOf) });
  };
  for (let minute = -WARM_UP_MINUTES; minute < minutes; minute += 1) {
    if (minute % DAY_MINUTES === 0) store.forget(EPOCH_MS + (minute - memoryMinutes) * MINUTE_MS);
    const conditions = conditionsAt(minute);
    const mean = uploadsExpected(uploadsPerMonth, minute) * conditions.traffic;
    world.play(minute, mean, conditions, releases.serving(minute));
    for (const transition of step(EPOCH_MS + (minute + 1) * MINUTE_MS).acted) note(transition);
    releases.observe(minute + 1, states);
    if (minute + 1 >= 0 && minute + 1 < minutes && pagers.some(({ name }) => states.get(name) === "ALARM"))
      isPaging[minute + 1] = 1;
  }
  const played = episodes.map((episode) => ({ episode, release: releases.endOf(episode.startMinute) }));
  return { seed, uploadsPerMonth, minutes, episodes: played, notified, isPaging, harm: world.harm };
};
