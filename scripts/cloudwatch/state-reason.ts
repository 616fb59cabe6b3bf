/**
 * The sentence with which CloudWatch explains an alarm's state.
 *
 * No page specifies it: the wording follows published notifications, for example in
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html.
 * No published example uses `ignore`: it is assumed to read like the other treatments.
 */
import type { AlarmState, Rule } from "./missing-data";

export interface Explained {
  readonly state: AlarmState;
  /** "greater than or equal to" */
  readonly words: string;
  readonly threshold: number;
  readonly rule: Rule;
  /** Whether the alarm sets datapointsToAlarm: CloudWatch then uses other words. */
  readonly isMOutOfN: boolean;
  /** The evaluated datapoints, newest first. */
  readonly received: readonly { readonly startMs: number; readonly value: number; readonly isBreaching: boolean }[];
}

const LABELS = { breaching: "[Breaching]", notBreaching: "[NonBreaching]", ignore: "[Ignore]", missing: "[Missing]" };

const were = (count: number) => (count === 1 ? "was" : "were");
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** 3 as "3.0" */
export const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** 23/11/26 10:00:00 */
const stamp = (timeMs: number): string => {
  const [date = "", time = ""] = new Date(timeMs).toISOString().slice(2, 19).split("T");
  return `${date.split("-").reverse().join("/")} ${time}`;
};

/** Wednesday 10 July, 2024 16:24:03 UTC */
export const longDate = (timeMs: number): string => {
  const date = new Date(timeMs);
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(date);
  const day = `${part({ weekday: "long" })} ${part({ day: "2-digit" })} ${part({ month: "long" })}, ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 19)} UTC`;
};

const list = (datapoints: Explained["received"]) =>
  `[${datapoints.map(({ value, startMs }) => `${decimal(value)} (${stamp(startMs)})`).join(", ")}]`;

const filling = ({ rule, received }: Explained): string => {
  const count = rule.evaluationPeriods - received.length;
  if (count === 0 || rule.treatMissingData === "missing") return "";
  return ` and ${counted(count, "missing datapoint")} ${were(count)} treated as ${LABELS[rule.treatMissingData]}`;
};

const onlyMissing = (explained: Explained): string => {
  const { received, rule } = explained;
  const count =
    received.length === 0 ? "no datapoints were" : `${counted(received.length, "datapoint")} ${were(received.length)}`;
  return `Threshold Crossed: ${count} received for ${counted(rule.evaluationPeriods, "period")}${filling(explained)}.`;
};

export const stateReason = (explained: Explained): string => {
  const { state, words, threshold, rule, isMOutOfN, received } = explained;
  if (state === "INSUFFICIENT_DATA") {
    return `Insufficient Data: ${counted(rule.evaluationPeriods, "datapoint")} ${were(rule.evaluationPeriods)} unknown.`;
  }
  const isAlarm = state === "ALARM";
  const deciding = received.filter(({ isBreaching }) => isBreaching === isAlarm);
  if (deciding.length === 0) return onlyMissing(explained);
  const verb = `${were(deciding.length)} ${isAlarm ? "" : "not "}${words} the threshold (${decimal(threshold)})`;
  const verdict = `${verb}${filling(explained)}`;
  if (isMOutOfN) {
    const minimum = isAlarm ? rule.datapointsToAlarm : rule.evaluationPeriods - rule.datapointsToAlarm + 1;
    const transition = `(minimum ${counted(minimum, "datapoint")} for ${isAlarm ? "OK -> ALARM" : "ALARM -> OK"} transition)`;
    const share = `${deciding.length} out of the last ${rule.evaluationPeriods} datapoints`;
    return `Threshold Crossed: ${share} ${list(deciding)} ${verdict} ${transition}.`;
  }
  if (deciding.length === 1) return `Threshold Crossed: 1 datapoint ${list(deciding)} ${verdict}.`;
  const crossing = isAlarm ? " which crossed the threshold" : "";
  return `Threshold Crossed: ${deciding.length} datapoints ${verdict}. The most recent datapoints${crossing}: ${list(deciding)}.`;
};
