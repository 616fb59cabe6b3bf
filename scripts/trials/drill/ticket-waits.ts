/** Boundary check of alarms under a ticket: a ticket notifies only if it is still in ALARM when its wait for the page ends. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { alarmsOf } from "../../cloudwatch/alarm-rule";
import type { CompositeAlarm } from "../../cloudwatch/composite-alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { parsedRule } from "./composites";
import { type Evidence, shortName } from "./evidence";
import { timingOf } from "./probe";
import { START_DATED } from "./slow-probes";
import { MINUTE_MS } from "./timeline";

/** Whether one failure puts the alarm into ALARM for a while: not a state that lasts, such as a message in a queue. */
const isPassing = (alarm: Alarm): boolean =>
  metricsOf(alarm)[0]?.namespace === "AWS/Lambda" && !alarm.comparison.startsWith("LessThan");

/** How long the alarm is in ALARM at least, if its last failure is an invocation as long as the timeout. */
const staysMs = (alarm: Alarm, evidence: Evidence): number => {
  const { windowMs, periodMs, delayMs } = timingOf(alarm, evidence, "worst");
  const isStartDated = metricsOf(alarm).some(({ name }) => START_DATED.includes(name));
  const lastsMs = isStartDated ? evidence.blueprint.function.timeoutSeconds * 1_000 : 0;
  const spare = (alarm.datapointsToAlarm ?? alarm.evaluationPeriods) - 1;
  return windowMs - spare * periodMs - lastsMs - MINUTE_MS - delayMs;
};

const namesIn = ({ rule }: CompositeAlarm): string[] => {
  const parsed = parsedRule(rule);
  return parsed === undefined ? [] : alarmsOf(parsed);
};

/** @returns one sentence for each ticket that misses a failure by which this alarm goes to ALARM */
export const ticketWaitProblems = (alarm: Alarm, blueprint: Blueprint, evidence: Evidence): string[] =>
  blueprint.compositeAlarms
    .filter((ticket) => isPassing(alarm) && namesIn(ticket).includes(alarm.name))
    .filter(
      ({ actionsSuppressor: suppressor }) =>
        suppressor !== undefined && staysMs(alarm, { ...evidence, blueprint }) <= suppressor.waitSeconds * 1_000,
    )
    .map((ticket) => {
      const [short, name] = [alarm, ticket].map((each) => shortName(each, blueprint));
      return `${short} can return to OK before ${name}, which waits for the page, notifies`;
    });
