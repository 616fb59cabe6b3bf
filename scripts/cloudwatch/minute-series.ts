/**
 * The samples of one metric and unit, with sums by minute and by hour.
 *
 * A window of a day is then 24 hours and at most 118 minutes instead of every sample, so that a month of evaluations, minute
 * by minute, takes seconds.
 */
import type { StatisticSet, Weighted } from "./statistics";

export interface Sample extends StatisticSet {
  readonly timestampMs: number;
  readonly visibleMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

class Total {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;

  add(set: StatisticSet): void {
    this.count += set.count;
    this.sum += set.sum;
    if (set.min < this.min) this.min = set.min;
    if (set.max > this.max) this.max = set.max;
  }
}

class Minute extends Total {
  readonly samples: Sample[] = [];
}

class Hour extends Total {
  /** By minute of the hour; undefined for a minute without samples. */
  readonly minutes: (Minute | undefined)[] = [];
}

const isWhole = (timeMs: number, unitMs: number) => timeMs % unitMs === 0;

export class MinuteSeries {
  readonly #hours = new Map<number, Hour>();

  add(sample: Sample): void {
    const index = Math.floor(sample.timestampMs / HOUR_MS);
    const hour = this.#hours.get(index) ?? new Hour();
    this.#hours.set(index, hour);
    const minuteIndex = Math.floor((sample.timestampMs - index * HOUR_MS) / MINUTE_MS);
    const minute = hour.minutes[minuteIndex] ?? new Minute();
    hour.minutes[minuteIndex] = minute;
    minute.samples.push(sample);
    minute.add(sample);
    hour.add(sample);
  }

  /** All samples, minute by minute; within a minute in the order they were added. */
  samples(): Sample[] {
    return [...this.#hours.values()].flatMap(({ minutes }) =>
      minutes.flatMap((minute) => (minute === undefined ? [] : minute.samples)),
    );
  }

  /**
   * @param visibleByMs leaves out samples that are visible later; Infinity takes all
   * @returns undefined if no sample is in the window
   */
  aggregate(fromMs: number, toMs: number, visibleByMs: number): StatisticSet | undefined {
    const total = new Total();
    const isAligned = isWhole(fromMs, MINUTE_MS) && isWhole(toMs, MINUTE_MS);
    if (visibleByMs !== Infinity || !isAligned) {
      for (const sample of this.#within(fromMs, toMs, visibleByMs)) total.add(sample);
    } else {
      this.#addWhole(total, fromMs, toMs);
    }
    return total.count === 0 ? undefined : total;
  }

  /** @returns the values in ascending order, or undefined if a sample holds different values in one set */
  values(fromMs: number, toMs: number, visibleByMs: number): Weighted[] | undefined {
    const samples = this.#within(fromMs, toMs, visibleByMs);
    if (samples.some(({ min, max }) => min !== max)) return undefined;
    return samples.map(({ min, count }): Weighted => [min, count]).sort(([one], [other]) => one - other);
  }

  #addWhole(total: Total, fromMs: number, toMs: number): void {
    for (let startMs = fromMs; startMs < toMs; ) {
      const index = Math.floor(startMs / HOUR_MS);
      const hour = this.#hours.get(index);
      const endMs = Math.min(toMs, (index + 1) * HOUR_MS);
      if (hour !== undefined && endMs - startMs === HOUR_MS) total.add(hour);
      else if (hour !== undefined) {
        const first = (startMs - index * HOUR_MS) / MINUTE_MS;
        const last = (endMs - index * HOUR_MS) / MINUTE_MS;
        for (let at = first; at < last; at += 1) {
          const minute = hour.minutes[at];
          if (minute !== undefined) total.add(minute);
        }
      }
      startMs = endMs;
    }
  }

  #within(fromMs: number, toMs: number, visibleByMs: number): Sample[] {
    const found: Sample[] = [];
    const isIn = ({ timestampMs, visibleMs }: Sample) =>
      timestampMs >= fromMs && timestampMs < toMs && visibleMs <= visibleByMs;
    for (let index = Math.floor(fromMs / HOUR_MS); index * HOUR_MS < toMs; index += 1) {
      for (const minute of this.#hours.get(index)?.minutes ?? []) {
        for (const sample of minute?.samples ?? []) if (isIn(sample)) found.push(sample);
      }
    }
    return found;
  }
}
