/** Data have two times: the one they are about, and the one from which CloudWatch can see them. */
import fc from "fast-check";
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import { type Datum, type MetricStatistic, MetricStore } from "../../scripts/cloudwatch/metric-store";
import { PendingData } from "../../scripts/cloudwatch/pending-data";
import { createWatch, watch } from "../../scripts/cloudwatch/watch";
import { alarmOnAMinute, metricNamed } from "./alarm-on-a-minute";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const METRIC = metricNamed("M");

const alarmOf = (changes: Partial<Alarm> = {}, watches: Partial<MetricStatistic> = {}): Alarm =>
  alarmOnAMinute({ watches: { ...METRIC, ...watches }, ...changes });

const datum = (afterMs: number, visibleAfterMs?: number, value = 1): Datum => ({
  ...METRIC,
  unit: "Count",
  timestampMs: NOON + afterMs,
  ...(visibleAfterMs === undefined ? {} : { visibleMs: NOON + visibleAfterMs }),
  value,
});

const storeOf = (...data: readonly Datum[]) => {
  const store = new MetricStore();
  for (const one of data) store.put(one);
  return store;
};

const sumAt = (store: MetricStore, visibleAfterMs: number, startAfterMs = 0) =>
  store.statistic({ ...METRIC, startMs: NOON + startAfterMs, visibleByMs: NOON + visibleAfterMs });

describe("a store", () => {
  it("answers with what is visible by a time, that time included", () => {
    const store = storeOf(datum(0, 90_000), datum(30_000), datum(40_000, 40_000));
    expect([29_999, 30_000, 40_000, 89_999, 90_000].map((atMs) => sumAt(store, atMs))).toEqual([undefined, 1, 2, 2, 3]);
  });

  it("answers with all data without a time", () => {
    expect(storeOf(datum(0, 90_000)).statistic({ ...METRIC, startMs: NOON })).toBe(1);
  });

  it("can be asked for an earlier time than before", () => {
    const store = storeOf(datum(0, 90_000), datum(1, 10), datum(2 * MINUTE, 10));
    expect([90_000, 10, 9].map((atMs) => sumAt(store, atMs))).toEqual([2, 1, undefined]);
  });

  it("takes data that are visible already at a time it has been asked for", () => {
    const store = storeOf(datum(0));
    expect(sumAt(store, MINUTE)).toBe(1);
    store.put(datum(1, 2));
    store.put(datum(2, MINUTE));
    store.put(datum(3, 2 * MINUTE));
    expect([sumAt(store, MINUTE), sumAt(store, 2 * MINUTE)]).toEqual([3, 4]);
  });

  it("lists data that are not visible yet", () => {
    const store = storeOf(datum(0, 90_000));
    expect(store.list()).toHaveLength(1);
    expect(store.data()).toEqual([
      {
        ...{ namespace: "N", name: "M", dimensions: {} },
        unit: "Count",
        timestampMs: NOON,
        visibleMs: NOON + 90_000,
        value: 1,
        count: 1,
      },
    ]);
  });

  it("answers the same from sums of minutes and hours as from the samples", () => {
    const second = fc.nat(5 * 3600);
    const data = fc.array(fc.record({ at: second, delay: fc.nat(3600), value: fc.integer({ min: -5, max: 5 }) }), {
      maxLength: 40,
    });
    const query = fc.record({ from: fc.nat(300), minutes: fc.integer({ min: 1, max: 300 }), seen: fc.nat(8 * 3600) });
    fc.assert(
      fc.property(
        data,
        fc.array(query, { maxLength: 5 }),
        fc.constantFrom("Sum", "Minimum", "Maximum", "SampleCount"),
        (all, queries, statistic) => {
          const store = storeOf(...all.map(({ at, delay, value }) => datum(at * SECOND, (at + delay) * SECOND, value)));
          for (const { from, minutes, seen } of queries) {
            const within = all
              .filter(({ at, delay }) => at >= from * 60 && at < (from + minutes) * 60 && at + delay <= seen)
              .map(({ value }) => value);
            const expected = {
              Sum: within.reduce((sum, value) => sum + value, 0),
              Minimum: Math.min(...within),
              Maximum: Math.max(...within),
              SampleCount: within.length,
            };
            const got = store.statistic({
              ...METRIC,
              statistic,
              periodSeconds: minutes * 60,
              startMs: NOON + from * MINUTE,
              visibleByMs: NOON + seen * SECOND,
            });
            expect(got).toBe(within.length === 0 ? undefined : expected[statistic as keyof typeof expected]);
          }
        },
      ),
    );
  });
});

it("pending data come out by time, and those of one time in the order they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(9), (times, byMs) => {
      const pending = new PendingData<readonly [number, number]>();
      for (const [index, atMs] of times.entries()) pending.add(atMs, [atMs, index]);
      const expected = times
        .map((atMs, index): [number, number] => [atMs, index])
        .sort(([one], [other]) => one - other);
      const early = pending.takeUntil(byMs);
      expect(early).toEqual(expected.filter(([atMs]) => atMs <= byMs));
      expect([...early, ...pending.takeUntil(10)]).toEqual(expected);
    }),
  );
});

describe("an alarm", () => {
  const states = (alarm: Alarm, store: MetricStore, toMinute = 12) =>
    watch([alarm], store, NOON, NOON + toMinute * MINUTE).map(({ atMs, to }) => [(atMs - NOON) / MINUTE, to]);

  it("fires only once its data are visible", () => {
    expect(states(alarmOf(), storeOf(datum(0, 3.5 * MINUTE)))).toEqual([
      [0, "OK"],
      [4, "ALARM"],
      [7, "OK"],
    ]);
  });

  it("never sees data that become visible after its evaluation range has passed", () => {
    expect(states(alarmOf(), storeOf(datum(0, 6.5 * MINUTE)))).toEqual([[0, "OK"]]);
  });

  it("does not see an older fault behind a newer healthy datapoint", () => {
    const healthy = [1, 2, 3].map((minute) => datum(minute * MINUTE, undefined, 0));
    expect(states(alarmOf(), storeOf(datum(0, 3 * MINUTE), ...healthy))).toEqual([[0, "OK"]]);
    expect(states(alarmOf(), storeOf(datum(0, 30 * SECOND), ...healthy))).toEqual([
      [0, "OK"],
      [1, "ALARM"],
      [2, "OK"],
    ]);
  });

  it("looks as far back as its periods reach", () => {
    const healthy = [1, 2, 3, 4, 5, 6, 7, 8].map((minute) => datum(minute * MINUTE, undefined, 0));
    const late = storeOf(datum(0, 3 * MINUTE), ...healthy);
    const threePeriods = alarmOf({ evaluationPeriods: 4, datapointsToAlarm: 1 });
    expect(states(threePeriods, late)).toEqual([
      [0, "OK"],
      [3, "ALARM"],
      [5, "OK"],
    ]);
  });
});

describe("evaluations", () => {
  it("come every ten seconds for a period under a minute, and every minute for others", () => {
    const alarms = [alarmOf({ name: "fast" }, { periodSeconds: 10 }), alarmOf({ name: "slow" })];
    const { step, stepMs } = createWatch(alarms, storeOf(datum(12 * SECOND)));
    const transitions = [0, 10, 15, 20, 30, 60].flatMap((second) =>
      step(NOON + second * SECOND).transitions.map(({ alarm, to }) => [second, alarm.name, to]),
    );
    expect(stepMs).toBe(10_000);
    expect(transitions).toEqual([
      [0, "fast", "OK"],
      [0, "slow", "OK"],
      [20, "fast", "ALARM"],
      [60, "fast", "OK"],
      [60, "slow", "ALARM"],
    ]);
  });

  it("come at their own times only, even if data have become visible between them", () => {
    const { step } = createWatch([alarmOf()], storeOf(datum(0, 80 * SECOND)));
    const states = [0, 60, 90, 120].flatMap((second) =>
      step(NOON + second * SECOND).transitions.map(({ to }) => [second, to]),
    );
    expect(states).toEqual([
      [0, "OK"],
      [120, "ALARM"],
    ]);
  });

  it("of a period of 30 s end at whole ten seconds", () => {
    const history = watch([alarmOf({}, { periodSeconds: 30 })], storeOf(datum(12 * SECOND)), NOON, NOON + 20 * SECOND);
    expect(history.map(({ atMs, to }) => [(atMs - NOON) / SECOND, to])).toEqual([
      [0, "OK"],
      [20, "ALARM"],
    ]);
  });
});
