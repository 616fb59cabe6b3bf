/** The faster evaluation of simulations gives the states of the complete one. */
import fc from "fast-check";
import { type Alarm, evaluate, stateAt } from "../../scripts/cloudwatch/alarm";
import { type MetricStatistic, MetricStore } from "../../scripts/cloudwatch/metric-store";
import { type AlarmState, TREATMENTS } from "../../scripts/cloudwatch/missing-data";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const MINUTE = 60_000;

const metric = (name: string, periodSeconds: number): MetricStatistic => ({
  namespace: "N",
  name,
  dimensions: {},
  statistic: "Sum",
  periodSeconds,
});

/** All that a period needs, and some that need more than one period. */
const EXPRESSIONS = [
  "IF(a >= 3 AND a / b >= 0.2, 1, 0)",
  "IF(FILL(a, 0) >= 2 AND FILL(b, 0) < 1, 1, 0)",
  "IF(b >= 1, 0, IF(a >= 1, 1))",
  "IF((a + b) >= 4, 100 * b / (a + b))",
  "FILL(a, b) - 2",
  "IF(a == 0 OR b > 3, b, a)",
  "RATE(a)",
  "FILL(a, REPEAT)",
  "IF(1 > 2, a, b)",
  "MAX([a, b])",
];

const values = fc.array(fc.option(fc.nat(6), { nil: undefined }), { minLength: 25, maxLength: 25 });

const alarms = fc
  .record({
    expression: fc.option(fc.constantFrom(...EXPRESSIONS), { nil: undefined }),
    periodSeconds: fc.constantFrom(60, 120, 300, 360),
    evaluationPeriods: fc.integer({ min: 1, max: 4 }),
    threshold: fc.integer({ min: 0, max: 4 }),
    datapoints: fc.nat(3),
    treatMissingData: fc.constantFrom(...TREATMENTS),
  })
  .map(
    ({ expression, periodSeconds, datapoints, ...rest }): Alarm => ({
      name: "a",
      comparison: "GreaterThanOrEqualToThreshold",
      alarmActions: [],
      okActions: [],
      insufficientDataActions: [],
      ...rest,
      datapointsToAlarm: 1 + (datapoints % rest.evaluationPeriods),
      watches:
        expression === undefined
          ? metric("A", periodSeconds)
          : [
              { id: "a", metric: metric("A", periodSeconds) },
              { id: "b", metric: metric("B", periodSeconds) },
              { id: "e", expression, returnData: true },
            ],
    }),
  );

const put = (store: MetricStore, name: string, all: readonly (number | undefined)[]) => {
  for (const [age, value] of all.entries()) {
    const timestampMs = NOON - (age + 1) * MINUTE;
    // Every third datum is late.
    const visibleMs = age % 3 === 0 ? NOON + MINUTE : timestampMs;
    if (value === undefined) continue;
    store.put({ namespace: "N", name, dimensions: {}, unit: "Count", timestampMs, visibleMs, value });
  }
};

it("finds the same state for any alarm, data and time", () => {
  fc.assert(
    fc.property(
      alarms,
      values,
      values,
      fc.constantFrom<AlarmState>("OK", "ALARM", "INSUFFICIENT_DATA"),
      (alarm, a, b, before) => {
        const store = new MetricStore();
        put(store, "A", a);
        put(store, "B", b);

        for (const atMs of [NOON, NOON + MINUTE, NOON + 7 * MINUTE])
          expect(stateAt(alarm, store, atMs, before)).toBe(evaluate(alarm, store, atMs, before).state);
      },
    ),
    { numRuns: 400 },
  );
});
