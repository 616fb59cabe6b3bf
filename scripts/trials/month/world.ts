/** Uploads and Lambda, minute by minute: arrivals, attempts, retries, throttling, and events that are given up. */
import type { Conditions, Release } from "./episodes";
import type { OutcomeName } from "./outcomes";
import { createQueue } from "./queue";
import { type Draws, drawsFor } from "./random";
import type { Occurrence, Telemetry } from "./telemetry";
import { type Arrived, createThrottling } from "./throttling";

/** What the function and its environment allow. */
export interface Limits {
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly maximumEventAgeSeconds: number;
  readonly reservedConcurrency?: number;
  readonly hasQueue: boolean;
  readonly sloSeconds: number;
}

/** How uploads differ in a healthy minute, and what is assumed of them. */
export const USUAL = {
  refusedShare: 0.01,
  transientShare: 0.0002,
  largeShare: 0.03,
  secondsPerAttempt: 1.6,
  /** Peak of parallel attempts in a minute, compared with its mean. */
  peakFactor: 1.3,
  /** Uploads that the concurrency suffices for, compared with the busiest minute. */
  spareFactor: 8,
} as const;

/** Uploads that arrived in the same minute and have the same prospects. */
interface Cohort extends Arrived {
  /** 1 is the first. */
  readonly attempt: number;
  /** Fails on every attempt: as long as the fault lasts, or always. */
  readonly fate?: "hopeless" | "poison";
}

/** Lambda retries after one and two minutes: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_MINUTES = [1, 2];

/** Who serves an attempt: the share of the newest version, and what is wrong with it. */
export interface Serving {
  readonly newestShare: number;
  /** @default the newest version works */
  readonly fault?: Pick<Release, "failing" | "failure">;
}

/** By the minute in which the uploads arrived. */
export interface Harm {
  /** Given up, lost, or stored later than the objective. */
  readonly touched: Int32Array;
  /** Failed at first and were stored in time. */
  readonly healed: Int32Array;
  /** Number of uploads that wait for longer than the objective, by the minute in which they wait. */
  readonly overdue: Int32Array;
}

export interface World {
  readonly harm: Harm;
  /** Plays a minute. Call it with ascending minutes. */
  play(minute: number, expectedUploads: number, conditions: Conditions, serving: Serving): void;
}

/** One minute that is being played. */
interface Moment {
  readonly minute: number;
  readonly conditions: Conditions;
  readonly serving: Serving;
  readonly draws: Draws;
}

/** Things that happen in later minutes. */
const createAgenda = <T>() => {
  const items = new Map<number, T[]>();
  return {
    add: (minute: number, item: T): void => {
      const known = items.get(minute);
      if (known === undefined) items.set(minute, [item]);
      else known.push(item);
    },
    take: (minute: number): readonly T[] => {
      const taken = items.get(minute) ?? [];
      items.delete(minute);
      return taken;
    },
  };
};

const countAll = (cohorts: readonly Arrived[]): number => cohorts.reduce((sum, { count }) => sum + count, 0);

/**
 * @param minutes of the month; harm outside of it is not counted
 * @param usualPeak uploads in the busiest minute of a usual month
 */
export const createWorld = (
  limits: Limits,
  telemetry: Telemetry,
  seed: string,
  minutes: number,
  usualPeak: number,
): World => {
  const { timeoutSeconds, retries, sloSeconds, hasQueue } = limits;
  const timeoutMinutes = Math.ceil(timeoutSeconds / 60);
  const sloMinutes = sloSeconds / 60;
  const counts = () => new Int32Array(minutes);
  const harm: Harm = { touched: counts(), healed: counts(), overdue: counts() };
  const queue = createQueue();
  const throttling = createThrottling(telemetry, limits.maximumEventAgeSeconds);
  const retriesAt = createAgenda<Cohort>();
  const timeoutsAt = createAgenda<{ readonly occurrence: Occurrence; readonly cohort: Cohort }>();
  /** Attempts that last into later minutes. */
  let longRunning = 0;

  const add = (field: keyof Harm, minute: number, count: number): void => {
    if (minute >= 0 && minute < minutes) harm[field][minute] = (harm[field][minute] ?? 0) + count;
  };

  const giveUp = ({ minute, conditions }: Moment, { arrivedMinute, count }: Arrived): void => {
    add("touched", arrivedMinute, count);
    const isLost = hasQueue && conditions.queueRefuses;
    telemetry.ended({ outcome: isLost ? "lost" : "givenUp", count, startMinute: minute });
    if (hasQueue && !isLost) queue.add(minute, count);
  };

  const fail = (moment: Moment, cohort: Cohort): void => {
    if (cohort.attempt > retries) giveUp(moment, cohort);
    else {
      const delay = RETRY_MINUTES[cohort.attempt - 1] ?? RETRY_MINUTES.at(-1) ?? 1;
      retriesAt.add(moment.minute + delay, { ...cohort, attempt: cohort.attempt + 1 });
    }
  };

  /** What all outcomes of the attempts of a cohort share. */
  const attemptOf = ({ minute }: Moment, { arrivedMinute }: Cohort, isOfOlder: boolean) => ({
    startMinute: minute,
    ageMs: Math.max(0, minute - arrivedMinute) * 60_000,
    ...(isOfOlder && { isOfOlder: true as const }),
  });

  const succeed = (moment: Moment, cohort: Cohort, isOfOlder: boolean): void => {
    const { conditions, draws, minute } = moment;
    const { count, attempt, arrivedMinute } = cohort;
    const durationMs = conditions.duration === undefined ? undefined : conditions.duration * timeoutSeconds * 1_000;
    const shared = { ...attemptOf(moment, cohort, isOfOlder), ...(durationMs !== undefined && { durationMs }) };
    const large = draws.binomial(count, USUAL.largeShare);
    telemetry.ended({ ...shared, outcome: "large", count: large });
    telemetry.ended({ ...shared, outcome: "processed", count: count - large });
    if (minute - arrivedMinute >= sloMinutes) add("touched", arrivedMinute, count);
    else if (attempt > 1) add("healed", arrivedMinute, count);
  };

  /** The attempts of one version: each fails in one way at most. */
  const attempt = (moment: Moment, cohort: Cohort, isOfOlder: boolean): void => {
    const { conditions, draws, minute, serving } = moment;
    const shared = attemptOf(moment, cohort, isOfOlder);
    let left = cohort.count;
    const failing = (count: number, outcome: OutcomeName): void => {
      if (count === 0) return;
      left -= count;
      telemetry.ended({ ...shared, outcome, count });
      fail(moment, { ...cohort, count });
    };
    const timingOut = (count: number): void => {
      if (count === 0) return;
      left -= count;
      longRunning += count;
      const durationMs = timeoutSeconds * 1_000;
      const occurrence: Occurrence = { ...shared, outcome: conditions.slowness, count, durationMs };
      telemetry.started(occurrence);
      timeoutsAt.add(minute + timeoutMinutes, { occurrence, cohort: { ...cohort, count } });
    };
    if (cohort.fate === "poison") failing(left, "outOfMemory");
    if (cohort.fate === "hopeless" && conditions.hopeless > 0) failing(left, conditions.hopelessness);
    const { fault } = serving;
    if (fault !== undefined && !isOfOlder) failing(draws.binomial(left, fault.failing), fault.failure);
    timingOut(draws.binomial(left, conditions.slow));
    failing(draws.binomial(left, conditions.failing), conditions.failure);
    if (cohort.attempt === 1) failing(Math.min(left, conditions.hiccups), "unavailable");
    failing(draws.binomial(left, USUAL.transientShare), "unavailable");
    if (left > 0) succeed(moment, { ...cohort, count: left }, isOfOlder);
  };

  const serve = (moment: Moment, cohort: Cohort): void => {
    const newest = moment.draws.binomial(cohort.count, moment.serving.newestShare);
    if (newest > 0) attempt(moment, { ...cohort, count: newest }, false);
    if (newest < cohort.count) attempt(moment, { ...cohort, count: cohort.count - newest }, true);
  };

  const refuse = ({ minute, draws, serving }: Moment, count: number): void => {
    const newest = draws.binomial(count, serving.newestShare);
    telemetry.ended({ outcome: "refused", count: newest, startMinute: minute });
    telemetry.ended({ outcome: "refused", count: count - newest, startMinute: minute, isOfOlder: true });
  };

  /** First attempts. */
  const receive = (moment: Moment, { arrivedMinute, count }: Arrived): void => {
    const { conditions, draws } = moment;
    const refused = draws.binomial(count, conditions.refusedShare);
    refuse(moment, refused);
    const hopeless = draws.binomial(count - refused, conditions.hopeless);
    const cohort = { arrivedMinute, attempt: 1 };
    if (hopeless > 0) serve(moment, { ...cohort, count: hopeless, fate: "hopeless" });
    if (count > refused + hopeless) serve(moment, { ...cohort, count: count - refused - hopeless });
  };

  const capacityOf = (expectedUploads: number, { conditions, draws }: Moment): number => {
    const { reservedConcurrency = Infinity } = limits;
    if (conditions.capacity !== undefined) return draws.poisson(expectedUploads * conditions.capacity);
    return Math.max((reservedConcurrency * 60) / USUAL.secondsPerAttempt, USUAL.spareFactor * usualPeak);
  };

  /** Lambda discards events at once while reserved concurrency is 0. */
  const discard = (moment: Moment, arrivals: number): void => {
    if (arrivals === 0) return;
    telemetry.ended({ outcome: "switchedOff", count: arrivals, startMinute: moment.minute });
    giveUp(moment, { arrivedMinute: moment.minute, count: arrivals });
  };

  const concurrencyOf = (attempts: number, before: number): number => {
    const running = (attempts * USUAL.secondsPerAttempt) / 60 + Math.max(before, longRunning);
    return Math.ceil(running * USUAL.peakFactor);
  };

  return {
    harm,
    play: (minute, expectedUploads, conditions, serving) => {
      const draws = drawsFor(seed, "world", minute);
      const moment: Moment = { minute, conditions, serving, draws };
      const arrivals = draws.poisson(expectedUploads);
      const before = longRunning;
      for (const { occurrence, cohort } of timeoutsAt.take(minute)) {
        longRunning -= occurrence.count;
        telemetry.ended(occurrence);
        fail(moment, cohort);
      }
      const again = retriesAt.take(minute);
      for (const cohort of again) serve(moment, cohort);
      refuse(moment, conditions.textFiles);
      if (conditions.poison > 0)
        serve(moment, { arrivedMinute: minute, count: conditions.poison, attempt: 1, fate: "poison" });
      const admitted = conditions.isOff
        ? []
        : throttling.admit(minute, arrivals, capacityOf(expectedUploads, moment), draws);
      if (conditions.isOff) discard(moment, arrivals);
      for (const arrived of admitted) receive(moment, arrived);
      for (const old of throttling.expire(minute)) giveUp(moment, old);
      add("overdue", minute, throttling.overdue(minute, sloMinutes));
      telemetry.send(minute, {
        concurrency: concurrencyOf(countAll(again) + countAll(admitted), before),
        queued: hasQueue ? queue.gauge(minute) : undefined,
        lateMinutes: conditions.lateMinutes,
      });
    },
  };
};
