/** The monitoring of one stack, read for a simulated month: whom alarms notify, and which of them roll a release back. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { alarmName, alarmsOf, parseAlarmRule } from "../../cloudwatch/alarm-rule";
import { type CompositeAlarm, isComposite } from "../../cloudwatch/composite-alarm";
import { evaluationRange } from "../../cloudwatch/missing-data";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import { readStack } from "../../sandbox/read-stack";
import { asList } from "../../sandbox/terraform-json";
import { isOfVersion } from "./effects";

export interface Policy {
  readonly blueprint: Blueprint;
  /** ARNs of the topics whose notifications are pages. */
  readonly pageTopics: readonly string[];
  /** Names of the alarms that roll a release back; none if releases are not gradual. */
  readonly rollbackAlarms: readonly string[];
  /** Minutes of the canary, and its share of the attempts. @default a release gets all attempts at once */
  readonly canary?: { readonly minutes: number; readonly share: number };
  /** How far back alarms look at a single version, in minutes. */
  readonly versionMinutes: number;
}

const CANARY = /(\d+)Percent(\d+)Minutes$/;

const canaryOf = (strategy: unknown): Policy["canary"] => {
  const [, percent, minutes] = CANARY.exec(String(strategy)) ?? [];
  return percent === undefined ? undefined : { minutes: Number(minutes), share: Number(percent) / 100 };
};

/** How far back CloudWatch looks for datapoints of an alarm. */
export const lookBackMinutes = (alarm: Alarm): number => {
  const periodSeconds = metricsOf(alarm)[0]?.periodSeconds ?? 60;
  return (evaluationRange(alarm.evaluationPeriods, periodSeconds) * periodSeconds) / 60;
};

const versionMinutesOf = ({ alarms }: Blueprint): number =>
  Math.max(0, ...alarms.filter(isOfVersion).map(lookBackMinutes));

/** @returns the alarms with these names, and the alarms that they depend on */
export const withChildren = (
  { alarms, compositeAlarms }: Blueprint,
  names: readonly string[],
): (Alarm | CompositeAlarm)[] => {
  const all = [...alarms, ...compositeAlarms];
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const alarm = all.find((each) => each.name === name);
    if (alarm === undefined || wanted.has(name)) return;
    wanted.add(name);
    if (!isComposite(alarm)) return;
    for (const child of alarmsOf(parseAlarmRule(alarm.rule))) want(child);
    if (alarm.actionsSuppressor !== undefined) want(alarmName(alarm.actionsSuppressor.alarm));
  };
  for (const name of names) want(name);
  return all.filter(({ name }) => wanted.has(name));
};

/**
 * @param stackDir folder of a synthesized stack
 * @throws Error of `readBlueprint`
 */
export const readPolicy = (stackDir: string): Policy => {
  const blueprint = readBlueprint(stackDir);
  const critical = blueprint.topics.filter(({ name }) => name.endsWith("-critical-alerts"));
  const attributes = ["alarm_configuration", "deployment_config_name"];
  const [group] = readStack(stackDir).resources("aws_codedeploy_deployment_group", attributes);
  const configuration = asList(group?.body.alarm_configuration)[0] as { readonly alarms?: unknown } | undefined;
  return {
    blueprint,
    pageTopics: (critical.length > 0 ? critical : blueprint.topics).map(({ arn }) => arn),
    rollbackAlarms: asList(configuration?.alarms).map(String),
    canary: canaryOf(group?.body.deployment_config_name),
    versionMinutes: versionMinutesOf(blueprint),
  };
};
