/** Boundary checks of alarms on conditions: exact values of their metrics, amid healthy ones. */
import type { Alarm } from "../../cloudwatch/alarm";
import type { MetricQuery } from "../../cloudwatch/metric-queries";
import type { SentDatum } from "../../sandbox/sent";
import { CONDITION_CASES, type ConditionCase, type ConditionCases, type Values } from "./condition-cases";
import { type Evidence, shortName } from "./evidence";
import { type Probe, timingOf } from "./probe";
import { FAULT_AT_MS } from "./recorded-run";
import { MINUTE_MS, merged, type Timeline } from "./timeline";

const rowsOf = ({ watches }: Alarm): readonly MetricQuery[] => ("statistic" in watches ? [] : watches);

const expressionOf = (alarm: Alarm): string => rowsOf(alarm).find(({ returnData }) => returnData)?.expression ?? "";

const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\b\d+(?:\.\d+)?\b/g)].map(([number]) => Number(number));

/** @returns the cases of an alarm; undefined if it watches no condition */
export const casesOf = (alarm: Alarm, { blueprint }: Pick<Evidence, "blueprint">): ConditionCases | undefined =>
  expressionOf(alarm).startsWith("IF(") && !alarm.comparison.startsWith("LessThan")
    ? CONDITION_CASES[shortName(alarm, blueprint)]
    : undefined;

/** The values a second apart. */
const timelineOf = (alarm: Alarm, values: Values, atMs: number): Timeline => {
  const data = rowsOf(alarm).flatMap(({ id, metric }): SentDatum[] =>
    metric === undefined
      ? []
      : (values[id] ?? []).map((value, i) => {
          const { namespace, name, dimensions } = metric;
          const timestampMs = atMs + i * 100;
          const channel = namespace === "AWS/Lambda" ? "lambdaMetric" : "filterMetric";
          return { namespace, name, dimensions, unit: "Count", value, timestampMs, sentMs: timestampMs, channel };
        }),
  );
  return { lines: [], data };
};

const probeOf = (alarm: Alarm, evidence: Evidence, cases: ConditionCases, each: ConditionCase): Probe => {
  const { periodMs, delayMs, memoryMs } = timingOf(alarm, evidence, evidence.delivery);
  const apartMs = periodMs + 2 * MINUTE_MS;
  const stepMs = (i: number) => FAULT_AT_MS + i * apartMs;
  const { evaluationPeriods: periods, datapointsToAlarm = 1 } = alarm;
  const enoughMs = stepMs(datapointsToAlarm - 1);
  const healthy = (fromMs: number, toMs: number): Timeline[] => {
    const count = Math.floor((toMs - fromMs) / (periodMs / 3)) + 1;
    return Array.from({ length: count }, (_, i) => timelineOf(alarm, cases.idle, fromMs + (i * periodMs) / 3));
  };
  const resumesMs = stepMs(each.steps.length);
  const steps = each.steps.map((values, i) => timelineOf(alarm, values, stepMs(i)));
  const seenMs = delayMs + 2 * MINUTE_MS;
  const lastsMs = (periods - 1) * periodMs;
  const okByOf = ({ stays, endsInSilence, returnsAt = each.steps.length }: ConditionCase): number | undefined => {
    if (stays) return undefined;
    if (endsInSilence) return enoughMs + memoryMs + seenMs;
    // With FILL, a breach is forgotten when its time leaves the window; without, or for health, when new data are visible.
    return cases.isInverse || !expressionOf(alarm).includes("FILL(")
      ? stepMs(returnsAt) + lastsMs + seenMs
      : stepMs(returnsAt - datapointsToAlarm) + periods * periodMs + (datapointsToAlarm > 1 ? 1 : 2) * MINUTE_MS;
  };
  const unchangedMs = resumesMs + (each.stays ? memoryMs : lastsMs) + seenMs;
  const endMs = (each.changes ? (okByOf(each) ?? unchangedMs) : unchangedMs) + 5 * MINUTE_MS;
  const before = healthy(FAULT_AT_MS - 3 * periodMs, FAULT_AT_MS - periodMs - 2 * MINUTE_MS);
  const after = each.stays || each.endsInSilence ? [] : healthy(resumesMs, endMs);
  return {
    alarm: alarm.name,
    title: each.title,
    timeline: merged([...before, ...steps, ...after]),
    watched: { fromMs: FAULT_AT_MS - MINUTE_MS, toMs: endMs },
    delivery: evidence.delivery,
    ...(cases.isInverse && { isInverse: true }),
    ...(each.changes && {
      fires: {
        byMs: enoughMs + seenMs,
        ...(periods > 1 && {
          notOkBeforeMs:
            FAULT_AT_MS + Math.min(lastsMs + seenMs, periods * periodMs - (datapointsToAlarm > 1 ? 0 : MINUTE_MS)),
        }),
        okByMs: okByOf(each),
      },
    }),
  };
};

/** Without traffic, an alarm stays OK, and returns to OK. */
const inSilence = (cases: readonly ConditionCase[]): ConditionCase[] => [
  { title: "no traffic", steps: [{}], changes: false, stays: true },
  ...cases
    .filter(({ changes }) => changes)
    .slice(0, 1)
    .map((each): ConditionCase => ({ ...each, title: `${each.title}, then no traffic`, endsInSilence: true })),
];

/** An alarm that needs several datapoints gets the first step as often, and in one case once less. */
const repeated = (all: readonly ConditionCase[], { datapointsToAlarm = 1 }: Alarm): readonly ConditionCase[] => {
  const times = (each: ConditionCase, count: number): Values[] =>
    Array.from({ length: count }, () => each.steps[0] ?? {}).concat(each.steps.slice(1));
  const [one] = all.filter(({ changes }) => changes);
  return [
    ...all.map((each) => ({ ...each, steps: times(each, datapointsToAlarm) })),
    ...(datapointsToAlarm === 1 || one === undefined
      ? []
      : [{ title: `${one.title}, too few times`, steps: times(one, datapointsToAlarm - 1), changes: false }]),
  ];
};

/** @returns the boundary checks of an alarm on a condition */
export const conditionProbes = (alarm: Alarm, evidence: Evidence): Probe[] => {
  const cases = casesOf(alarm, evidence);
  if (cases === undefined) return [];
  const all = repeated(cases.cases(numbersIn(expressionOf(alarm))), alarm);
  return [...all, ...(cases.isInverse ? [] : inSilence(all))].map((each) => probeOf(alarm, evidence, cases, each));
};
