/** The engine's answer to each kind of recorded case. */
import { type Alarm, evaluate } from "../../cloudwatch/alarm";
import { embeddedMetrics } from "../../cloudwatch/embedded-metrics";
import { matches, parseFilterPattern, valueReader } from "../../cloudwatch/filter-pattern";
import { compileFilter } from "../../cloudwatch/metric-filter";
import { evaluateExpression, parseExpression } from "../../cloudwatch/metric-math";
import { type MetricStatistic, MetricStore } from "../../cloudwatch/metric-store";
import type { AlarmState } from "../../cloudwatch/missing-data";
import { NotModelledError } from "../../cloudwatch/not-modelled";
import { watch } from "../../cloudwatch/watch";
import { passesLogLevel } from "../../sandbox/function-log";
import type { Input, Kind } from "./cases";

const START_MS = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;
const VALUES: Readonly<Record<string, number>> = { X: 10, "0": 0 };
const METRIC = { namespace: "N", name: "M", dimensions: {} };

const textOf = (line: string | object): string => (typeof line === "string" ? line : JSON.stringify(line));

const filterOf = ({ pattern, value, defaultValue, dimensions }: Input<"accepted">) =>
  compileFilter({
    name: "f",
    logGroup: "g",
    pattern,
    metric: { namespace: "N", name: "M", value, defaultValue, dimensions },
  });

const isAccepted = (filter: Input<"accepted">): boolean => {
  try {
    filterOf(filter);
    return true;
  } catch (error) {
    if (error instanceof NotModelledError) throw error;
    return false;
  }
};

const patternAnswer = ({ pattern, line, values }: Input<"pattern">): unknown => {
  const parsed = parseFilterPattern(pattern);
  const match = matches(parsed, textOf(line));
  if (match === undefined || values === undefined) return match !== undefined;
  const found = values.map((selector) => [
    selector,
    match.values.get(selector) ?? valueReader(parsed, selector)?.(match),
  ]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
};

const filterAnswer = ({ lines, ...filter }: Input<"filter">): unknown => {
  const data = filterOf(filter).report(
    lines.map(([minute, line]) => ({ timestampMs: START_MS + minute * MINUTE_MS, message: textOf(line) })),
  );
  return data.map(({ timestampMs, value, dimensions }) => {
    const minute = Math.floor((timestampMs - START_MS) / MINUTE_MS);
    return Object.keys(dimensions).length === 0 ? [minute, value] : [minute, value, dimensions];
  });
};

const statisticAnswer = ({ data, statistic, unit }: Input<"statistic">): unknown => {
  const store = new MetricStore();
  for (const [value, dataUnit = "None", count = 1, dimensions = {}] of data) {
    store.put({ ...METRIC, dimensions, unit: dataUnit, count, value, timestampMs: START_MS });
  }
  return store.statistic({ ...METRIC, statistic, unit, startMs: START_MS, periodSeconds: 60 }) ?? null;
};

type AlarmInput = Omit<Input<"alarm">, "points">;

const alarmOf = ({ n, m, treat, period, threshold, comparison, statistic }: AlarmInput): Alarm => {
  const watches: MetricStatistic = { ...METRIC, statistic, periodSeconds: period };
  return {
    name: "a",
    comparison,
    threshold,
    evaluationPeriods: n,
    datapointsToAlarm: m,
    treatMissingData: treat,
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
    watches,
  };
};

/** A store whose periods up to START_MS have these points, the newest last. */
const storeOf = ({ points, period }: Input<"alarm">): MetricStore => {
  const store = new MetricStore();
  for (const [index, point] of points.entries()) {
    const timestampMs = START_MS - (points.length - index) * period * 1000;
    if (point !== "-") store.put({ ...METRIC, unit: "None", timestampMs, value: VALUES[point] ?? Number(point) });
  }
  return store;
};

const STATES: readonly AlarmState[] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

const alarmAnswer = (input: Input<"alarm">): unknown => {
  const [alarm, store] = [alarmOf(input), storeOf(input)];
  const states = STATES.map((previous) => evaluate(alarm, store, START_MS, previous).state);
  return states.every((state, index) => state === STATES[index]) ? "current" : states[0];
};

const reasonAnswer = (input: Input<"reason">): unknown =>
  evaluate(alarmOf(input), storeOf(input), START_MS, input.was).reason.replaceAll(
    /\(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\)/g,
    "(t)",
  );

interface Sent {
  readonly second: number;
  readonly value: number;
  readonly sentSecond: number;
}

const transitionsOf = (input: AlarmInput & { readonly until: number }, data: readonly Sent[]): unknown => {
  const store = new MetricStore();
  for (const { second, value, sentSecond } of data) {
    const times = { timestampMs: START_MS + second * 1000, visibleMs: START_MS + sentSecond * 1000 };
    store.put({ ...METRIC, unit: "None", value, ...times });
  }
  const history = watch([alarmOf(input)], store, START_MS, START_MS + input.until * MINUTE_MS);
  return history.map(({ atMs, to }) => [(atMs - START_MS) / MINUTE_MS, to]);
};

const mathAnswer = ({ expression, series, period }: Input<"math">): unknown => {
  const lookup = (id: string) => (series[id] ?? []).map((value) => value ?? undefined);
  const periods = Math.max(1, ...Object.values(series).map(({ length }) => length));
  const startsMs = Array.from({ length: periods }, (_, index) => START_MS + index * period * 1000);
  const context = { startsMs, periodSeconds: period, lookup, metricIds: Object.keys(series) };
  const value = evaluateExpression(parseExpression(expression), context);
  if (value.kind === "S") return value.value;
  const withNull = (values: readonly (number | undefined)[]) => values.map((one) => one ?? null);
  return value.kind === "TS" ? withNull(value.series) : value.list.map(withNull);
};

/** @throws Error of the engine for what it refuses, NotModelledError for what it does not support */
export const ANSWERS: { readonly [K in Kind]: (input: Input<K>) => unknown } = {
  pattern: patternAnswer,
  accepted: isAccepted,
  filter: filterAnswer,
  statistic: statisticAnswer,
  alarm: alarmAnswer,
  reason: reasonAnswer,
  timeline: (input) =>
    transitionsOf(
      input,
      input.data.map(([second, value]) => ({ second, value, sentSecond: second })),
    ),
  late: (input) =>
    transitionsOf(
      input,
      input.data.map(([second, value, sentSecond]) => ({ second, value, sentSecond })),
    ),
  math: mathAnswer,
  emf: ({ line }) =>
    embeddedMetrics(textOf(line)).data.map(({ name, value, dimensions, unit }) => [name, value, dimensions, unit]),
  lambdaLevel: ({ line, applicationLogLevel, logFormat }) =>
    passesLogLevel(textOf(line), { applicationLogLevel, logFormat }),
};
