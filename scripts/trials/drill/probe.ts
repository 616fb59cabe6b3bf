/** What a boundary check is, and how late an alarm sees the data of its metric. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { CHANNELS, type ChannelName, type Delivery } from "../../cloudwatch/delivery";
import type { Blueprint } from "../../sandbox/blueprint";
import { memoryMs } from "./drill";
import type { Evidence } from "./evidence";
import { filtersOf, type Watched } from "./observe";
import { FAULT_AT_MS } from "./recorded-run";
import { metricOf } from "./signals";
import { MINUTE_MS, type Timeline } from "./timeline";

export interface Probe {
  /** The alarm's full name. */
  readonly alarm: string;
  readonly title: string;
  readonly timeline: Timeline;
  readonly watched: Watched;
  readonly delivery: Delivery;
  /** Latest time of ALARM, and the time range of the return to OK. @default the alarm must stay OK */
  readonly fires?: {
    readonly byMs: number;
    readonly notOkBeforeMs?: number;
    /** undefined: it must not return to OK. */
    readonly okByMs: number | undefined;
  };
  /** ALARM and OK change places: the alarm is in ALARM while all is well. @default it is OK */
  readonly isInverse?: true;
}

export const HOUR_MS = 60 * MINUTE_MS;
export const BEGIN_MS = FAULT_AT_MS - HOUR_MS;
export const WATCH_MS = FAULT_AT_MS - 5 * MINUTE_MS;

export const isGauge = (alarm: Alarm): boolean => metricOf(alarm)?.statistic !== "Sum";

/** The view of an alarm, whose data arrive late by `delayMs`. */
export interface Timing {
  readonly periodMs: number;
  /** From the end of the minute in which a datum is sent until it is visible. */
  readonly delayMs: number;
  /** How long a single datum counts: the newest periods have no data yet, so the alarm looks further back. */
  readonly windowMs: number;
  readonly memoryMs: number;
}

const channelOf = (alarm: Alarm, blueprint: Blueprint): ChannelName => {
  const [watched] = metricsOf(alarm);
  if (watched?.namespace === "AWS/Lambda") return "lambdaMetric";
  if (watched?.namespace === "AWS/SQS") return "activeQueueMetric";
  if (watched?.namespace === "AWS/DynamoDB") return "tableMetric";
  const isMade = filtersOf(blueprint).some(({ metric }) => metric.name === watched?.name);
  if (isMade) return "filterMetric";
  return blueprint.function.environment.METRICS_TRANSPORT === "emf" ? "embeddedMetric" : "putMetricData";
};

export const timingOf = (alarm: Alarm, { blueprint }: Evidence, delivery: Delivery): Timing => {
  const periodMs = (metricsOf(alarm)[0]?.periodSeconds ?? 60) * 1_000;
  const delayMs = CHANNELS[channelOf(alarm, blueprint)][delivery][1] * 1_000;
  const countsMs = (alarm.evaluationPeriods + Math.floor(delayMs / periodMs)) * periodMs;
  return { periodMs, delayMs, windowMs: Math.min(countsMs, memoryMs(alarm)), memoryMs: memoryMs(alarm) };
};

/** How long the faults of one period may be apart so that an evaluation sees all of them. */
export const togetherMs = ({ periodMs, delayMs }: Timing): number => {
  const visibleMs = (Math.floor(delayMs / periodMs) + 1) * periodMs - delayMs;
  return Math.max(0, Math.min(visibleMs, periodMs) - MINUTE_MS);
};
