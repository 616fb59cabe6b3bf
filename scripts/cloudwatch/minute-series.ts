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
const MINUTES = 60;

/** A statistic set that grows. */
class Total implements StatisticSet {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;

  reset(): void {
    this.count = 0;
    this.sum = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }

  add(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.sum += sum;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }
}

/** Sums of 60 minutes, in typed arrays because most of a month's evaluations read them. */
class Hour {
  readonly total = new Total();
  readonly counts = new Float64Array(MINUTES);
  readonly sums = new Float64Array(MINUTES);
  readonly mins = new Float64Array(MINUTES).fill(Infinity);
  readonly maxs = new Float64Array(MINUTES).fill(-Infinity);
  /** By minute; undefined for a minute without samples. */
  readonly samples: (Sample[] | undefined)[] = [];

  add(minute: number, sample: Sample): void {
    const { count, sum, min, max } = sample;
    this.total.add(count, sum, min, max);
    this.counts[minute] = (this.counts[minute] ?? 0) + count;
    this.sums[minute] = (this.sums[minute] ?? 0) + sum;
    this.mins[minute] = Math.min(this.mins[minute] ?? Infinity, min);
    this.maxs[minute] = Math.max(this.maxs[minute] ?? -Infinity, max);
    const samples = this.samples[minute];
    if (samples === undefined) this.samples[minute] = [sample];
    else samples.push(sample);
  }

  /** Adds the minutes from `first` up to `last`, without `last`, to a total. */
  addTo(total: Total, first: number, last: number): void {
    const { counts, sums, mins, maxs } = this;
    for (let minute = first; minute < last; minute += 1) {
      const count = counts[minute] ?? 0;
      if (count > 0) total.add(count, sums[minute] ?? 0, mins[minute] ?? Infinity, maxs[minute] ?? -Infinity);
    }
  }
}

/** Faster than a remainder, for numbers of this size. */
const isWholeMinute = (timeMs: number) => Math.floor(timeMs / MINUTE_MS) * MINUTE_MS === timeMs;

export class MinuteSeries {
  readonly #hours = new Map<number, Hour>();
  readonly #total = new Total();

  add(sample: Sample): void {
    const index = Math.floor(sample.timestampMs / HOUR_MS);
    const hour = this.#hours.get(index) ?? new Hour();
    this.#hours.set(index, hour);
    hour.add(Math.floor((sample.timestampMs - index * HOUR_MS) / MINUTE_MS), sample);
  }

  /** Deletes whole hours that end by then. */
  forget(beforeMs: number): void {
    for (const index of this.#hours.keys()) if ((index + 1) * HOUR_MS <= beforeMs) this.#hours.delete(index);
  }

  /** All samples, minute by minute; within a minute in the order they were added. */
  samples(): Sample[] {
    return [...this.#hours.values()].flatMap(({ samples }) => samples.flatMap((minute) => minute ?? []));
  }

  /**
   * @param visibleByMs leaves out samples that are visible later; Infinity takes all
   * @returns undefined if no sample is in the window. The same object is used for the next call
   */
  aggregate(fromMs: number, toMs: number, visibleByMs: number): StatisticSet | undefined {
    const total = this.#total;
    total.reset();
    if (visibleByMs === Infinity && isWholeMinute(fromMs) && isWholeMinute(toMs)) this.#addWhole(total, fromMs, toMs);
    else {
      for (const { count, sum, min, max } of this.#within(fromMs, toMs, visibleByMs)) total.add(count, sum, min, max);
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
      const hourMs = index * HOUR_MS;
      const endMs = Math.min(toMs, hourMs + HOUR_MS);
      const hour = this.#hours.get(index);
      if (hour !== undefined) {
        const { count, sum, min, max } = hour.total;
        if (endMs - startMs === HOUR_MS) total.add(count, sum, min, max);
        else hour.addTo(total, (startMs - hourMs) / MINUTE_MS, (endMs - hourMs) / MINUTE_MS);
      }
      startMs = endMs;
    }
  }

  #within(fromMs: number, toMs: number, visibleByMs: number): Sample[] {
    const found: Sample[] = [];
    for (let index = Math.floor(fromMs / HOUR_MS); index * HOUR_MS < toMs; index += 1) {
      for (const samples of this.#hours.get(index)?.samples ?? []) {
        for (const sample of samples ?? []) {
          const { timestampMs, visibleMs } = sample;
          if (timestampMs >= fromMs && timestampMs < toMs && visibleMs <= visibleByMs) found.push(sample);
        }
      }
    }
    return found;
  }
}
