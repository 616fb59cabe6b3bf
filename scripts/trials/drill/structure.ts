/** What can be seen of a stack's monitoring without waiting: whether all that is joined by names does meet. */

import { metricsOf } from "../../cloudwatch/alarm";
import type { MetricFilter } from "../../cloudwatch/metric-filter";
import type { Blueprint } from "../../sandbox/blueprint";
import { dimensionsOf, LAMBDA_METRICS } from "../../sandbox/lambda";
import { deadLetterProblems } from "./dead-letters";
import { type Evidence, scenarioOf, shortName } from "./evidence";
import { reportOf } from "./observe";
import { permissionProblems } from "./permissions";
import { releaseProblems } from "./releases";
import { trustProblems } from "./trust";
import { type Address, keyOf, widgetMetrics } from "./widgets";

/** The metric with any values of its dimensions: a filter takes them from the line. */
const openKeyOf = ({ dimensions, ...address }: Address): string =>
  keyOf({ ...address, dimensions: Object.fromEntries(Object.keys(dimensions).map((name) => [name, "*"])) });

const isOpen = ({ dimensions }: Address): boolean => Object.values(dimensions).some((value) => value.startsWith("$"));

const isOneOf = (addresses: readonly Address[]) => {
  const keys = new Set(addresses.map((address) => (isOpen(address) ? openKeyOf(address) : keyOf(address))));
  return (address: Address) => keys.has(keyOf(address)) || keys.has(openKeyOf(address));
};

/** What a filter makes: where it takes dimensions from lines, with the values that the runs gave them. */
const madeBy = (filter: MetricFilter, { recordings }: Evidence): Address[] => {
  const made = { ...filter.metric, dimensions: filter.metric.dimensions ?? {} };
  if (!isOpen(made)) return [made];
  const seen = [...recordings.values()].flatMap((recording) => reportOf(filter, recording));
  return seen.length === 0 ? [made] : [...new Map(seen.map((datum) => [keyOf(datum), datum])).values()];
};

/** Metrics of filters, of Lambda, of the log group, and those that the function was seen to publish. */
const produced = ({ metricFilters, function: fn }: Blueprint, { recordings }: Evidence): Address[] => [
  ...metricFilters.map(({ metric }) => ({ ...metric, dimensions: metric.dimensions ?? {} })),
  ...Object.keys(LAMBDA_METRICS).flatMap((name) =>
    dimensionsOf(fn, name).map((dimensions) => ({ namespace: "AWS/Lambda", name, dimensions })),
  ),
  { namespace: "AWS/Logs", name: "IncomingBytes", dimensions: { LogGroupName: fn.logGroup } },
  ...[...recordings.values()].flatMap(({ data }) => data).filter(({ namespace }) => namespace !== "AWS/Lambda"),
];

const filterProblems = (blueprint: Blueprint, evidence: Evidence): string[] => {
  const { metricFilters, alarms, function: fn } = blueprint;
  const isRead = isOneOf([...alarms.flatMap(metricsOf), ...widgetMetrics(blueprint)]);
  // The dashboard of an environment with several regions is in the stack of the first.
  const isReadElsewhere = blueprint.dashboards.length === 0;
  return metricFilters.flatMap((filter) => {
    const { name, logGroup, metric } = filter;
    return [
      ...(logGroup === fn.logGroup
        ? []
        : [`filter ${name} is on log group ${logGroup}, the function writes to ${fn.logGroup}`]),
      ...madeBy(filter, evidence)
        .filter((address) => !isReadElsewhere && !isRead(address))
        .map((address) => `nobody reads ${keyOf(address)}, which filter ${name} makes`),
      ...(metric.value.startsWith("$") && metric.defaultValue !== undefined
        ? [`filter ${name} has default ${metric.defaultValue}, which would drag the average of its values`]
        : []),
      ...(metric.value === "1" && metric.defaultValue !== 0 && metric.dimensions === undefined
        ? [`filter ${name} counts, but not to 0 where nothing matches`]
        : []),
    ];
  });
};

const readerProblems = (blueprint: Blueprint, evidence: Evidence): string[] => {
  const isProduced = isOneOf(produced(blueprint, evidence));
  const deaf = (address: Address) => (isProduced(address) ? [] : [keyOf(address)]);
  return [
    ...blueprint.alarms.flatMap((alarm) =>
      metricsOf(alarm)
        .flatMap(deaf)
        .map((metric) => `alarm ${shortName(alarm, blueprint)} watches ${metric}, which nothing produces`),
    ),
    ...widgetMetrics(blueprint)
      .flatMap(deaf)
      .map((metric) => `a widget charts ${metric}, which nothing produces`),
  ];
};

const alarmProblems = (blueprint: Blueprint): string[] =>
  blueprint.alarms.flatMap((alarm) => {
    const short = shortName(alarm, blueprint);
    const end = scenarioOf(alarm, blueprint)?.topic;
    const arn = blueprint.topics.find(({ name }) => end !== undefined && name.endsWith(`-${end}`))?.arn;
    const wrong = Object.entries({ ALARM: alarm.alarmActions, OK: alarm.okActions }).filter(
      ([, actions]) => arn === undefined || actions.join() !== arn,
    );
    return [
      ...wrong.map(
        ([state, actions]) => `alarm ${short} tells ${actions.join(", ") || "nobody"} of ${state}, not ${end}`,
      ),
      ...(alarm.actionsEnabled === false ? [`alarm ${short} has its actions disabled`] : []),
      ...(alarm.treatMissingData === undefined ? [`alarm ${short} does not say what silence means`] : []),
    ];
  });

const notificationProblems = (blueprint: Blueprint): string[] =>
  blueprint.notifications.some(
    ({ events, prefix, suffix }) => events.includes("s3:ObjectCreated:*") && !prefix && !suffix,
  )
    ? []
    : ["no bucket notifies the function of every upload"];

/**
 * @param stackDir folder of the `cdk.tf.json` that the blueprint was read from
 * @returns what does not meet, one sentence each
 */
export const structureProblems = (stackDir: string, blueprint: Blueprint, evidence: Evidence): string[] => [
  ...filterProblems(blueprint, evidence),
  ...readerProblems(blueprint, evidence),
  ...alarmProblems(blueprint),
  ...notificationProblems(blueprint),
  ...permissionProblems(stackDir, blueprint, evidence),
  ...trustProblems(stackDir, blueprint),
  ...releaseProblems(stackDir, blueprint),
  ...deadLetterProblems(stackDir, blueprint),
];
