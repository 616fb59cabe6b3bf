/** Static checks of a stack's monitoring: whether metrics, filters, alarms, widgets and topics refer to each other correctly. */

import { metricsOf } from "../../cloudwatch/alarm";
import { isComposite } from "../../cloudwatch/composite-alarm";
import type { MetricFilter } from "../../cloudwatch/metric-filter";
import type { Blueprint } from "../../sandbox/blueprint";
import { dimensionsOf, LAMBDA_METRICS } from "../../sandbox/lambda";
import { readStack } from "../../sandbox/read-stack";
import { compositeProblems } from "./composites";
import { deadLetterProblems } from "./dead-letters";
import { type Evidence, scenarioOf, shortName } from "./evidence";
import { executionProblems } from "./executions";
import { logGroupsOf, reportOf } from "./observe";
import { permissionProblems } from "./permissions";
import { tableProblems } from "./records";
import { releaseProblems } from "./releases";
import { remembered } from "./remembered";
import { trustProblems } from "./trust";
import { type Address, keyOf, widgetMetrics } from "./widgets";

/** The metric with placeholder dimension values: a filter takes the real ones from the line. */
const openKeyOf = ({ dimensions, ...address }: Address): string =>
  keyOf({ ...address, dimensions: Object.fromEntries(Object.keys(dimensions).map((name) => [name, "*"])) });

const isOpen = ({ dimensions }: Address): boolean => Object.values(dimensions).some((value) => value.startsWith("$"));

const isOneOf = (addresses: readonly Address[]) => {
  const keys = new Set(addresses.map((address) => (isOpen(address) ? openKeyOf(address) : keyOf(address))));
  return (address: Address) => keys.has(keyOf(address)) || keys.has(openKeyOf(address));
};

/** The metrics of a filter. If it takes dimension values from lines, with the values in the recorded runs. */
const metricsOfFilter = (filter: MetricFilter, { recordings }: Evidence): Address[] => {
  const made = { ...filter.metric, dimensions: filter.metric.dimensions ?? {} };
  if (!isOpen(made)) return [made];
  const seen = [...recordings.values()].flatMap((recording) => reportOf(filter, recording));
  return seen.length === 0 ? [made] : [...new Map(seen.map((datum) => [keyOf(datum), datum])).values()];
};

/** DynamoDB publishes these for each operation, not for the table as a whole; the function uses one operation. */
const publishedByTables = ({ tables }: Blueprint): Address[] =>
  tables.flatMap(({ name: TableName }) =>
    ["ThrottledRequests", "SystemErrors"].map((name) => ({
      namespace: "AWS/DynamoDB",
      name,
      dimensions: { TableName, Operation: "UpdateItem" },
    })),
  );

const publications = new WeakMap<Evidence["recordings"], readonly Address[]>();

/** @returns the metrics that the function and the services published in the runs, each once */
const published = ({ recordings }: Evidence): readonly Address[] =>
  remembered(publications, recordings, () => {
    const data = [...recordings.values()].flatMap(({ data }) => data);
    return [...new Map(data.map((datum) => [keyOf(datum), datum])).values()].filter(
      ({ namespace }) => namespace !== "AWS/Lambda",
    );
  });

/** Metrics of filters, of Lambda, of the log group, and those that the function published in the runs. */
const produced = (blueprint: Blueprint, evidence: Evidence): Address[] => [
  ...blueprint.metricFilters.map(({ metric }) => ({ ...metric, dimensions: metric.dimensions ?? {} })),
  ...Object.keys(LAMBDA_METRICS).flatMap((name) =>
    [blueprint.function, ...blueprint.otherFunctions]
      .flatMap((fn) => dimensionsOf(fn, name))
      .map((dimensions) => ({ namespace: "AWS/Lambda", name, dimensions })),
  ),
  ...publishedByTables(blueprint),
  ...logGroupsOf(blueprint).map((LogGroupName) => ({
    namespace: "AWS/Logs",
    name: "IncomingBytes",
    dimensions: { LogGroupName },
  })),
  ...published(evidence),
];

const filterDefinitionProblems = (blueprint: Blueprint, evidence: Evidence): string[] => {
  const { metricFilters, alarms } = blueprint;
  const groups = logGroupsOf(blueprint);
  const isRead = isOneOf([...alarms.flatMap(metricsOf), ...widgetMetrics(blueprint)]);
  // With several regions, the first region's stack has the dashboard.
  const isReadElsewhere = blueprint.dashboards.length === 0;
  return metricFilters.flatMap((filter) => {
    const { name, logGroup, metric } = filter;
    return [
      ...(groups.includes(logGroup)
        ? []
        : [`filter ${name} is on log group ${logGroup}, the function writes to ${groups.join(" or ")}`]),
      ...metricsOfFilter(filter, evidence)
        .filter((address) => !isReadElsewhere && !isRead(address))
        .map((address) => `no alarm or widget uses ${keyOf(address)} of filter ${name}`),
      ...(metric.value.startsWith("$") && metric.defaultValue !== undefined
        ? [`filter ${name} has default ${metric.defaultValue}, which distorts the average of its values`]
        : []),
      ...(metric.value === "1" && metric.defaultValue !== 0 && metric.dimensions === undefined
        ? [`filter ${name} does not report 0 for minutes without a match`]
        : []),
    ];
  });
};

const readerProblems = (blueprint: Blueprint, evidence: Evidence): string[] => {
  const isProduced = isOneOf(produced(blueprint, evidence));
  const unproduced = (address: Address) => (isProduced(address) ? [] : [keyOf(address)]);
  return [
    ...blueprint.alarms.flatMap((alarm) =>
      metricsOf(alarm)
        .flatMap(unproduced)
        .map((metric) => `alarm ${shortName(alarm, blueprint)} uses ${metric}, which is never published`),
    ),
    ...widgetMetrics(blueprint)
      .flatMap(unproduced)
      .map((metric) => `a widget shows ${metric}, which is never published`),
  ];
};

const alarmProblems = (blueprint: Blueprint): string[] =>
  [...blueprint.alarms, ...blueprint.compositeAlarms].flatMap((alarm) => {
    const short = shortName(alarm, blueprint);
    const end = scenarioOf(alarm, blueprint)?.topic;
    const arn =
      end === "none" ? "" : blueprint.topics.find(({ name }) => end !== undefined && name.endsWith(`-${end}`))?.arn;
    const wrong = Object.entries({ ALARM: alarm.alarmActions, OK: alarm.okActions }).filter(
      ([, actions]) => arn === undefined || actions.join() !== arn,
    );
    return [
      ...wrong.map(
        ([state, actions]) => `alarm ${short} sends ${state} to ${actions.join(", ") || "no topic"}, not to ${end}`,
      ),
      ...(alarm.actionsEnabled === false ? [`alarm ${short} has its actions disabled`] : []),
      ...(!isComposite(alarm) && alarm.treatMissingData === undefined
        ? [`alarm ${short} sets no treat_missing_data`]
        : []),
    ];
  });

const notificationProblems = (blueprint: Blueprint): string[] =>
  blueprint.notifications.some(
    ({ events, prefix, suffix }) => events.includes("s3:ObjectCreated:*") && !prefix && !suffix,
  )
    ? []
    : ["no bucket invokes the function for every upload"];

/** @returns one sentence for each mistake of the filters, alarms and widgets of any function, this one or a foreign one */
export const monitoringProblems = (blueprint: Blueprint, evidence: Evidence): string[] => [
  ...filterDefinitionProblems(blueprint, evidence),
  ...readerProblems(blueprint, evidence),
  ...alarmProblems(blueprint),
  ...compositeProblems(blueprint),
];

/**
 * @param stackDir folder of the blueprint's `cdk.tf.json`
 * @returns one sentence for each mistake
 */
export const structureProblems = (stackDir: string, blueprint: Blueprint, evidence: Evidence): string[] => {
  const stack = readStack(stackDir);
  return [
    ...monitoringProblems(blueprint, evidence),
    ...notificationProblems(blueprint),
    ...permissionProblems(stack, blueprint, evidence),
    ...trustProblems(stack, blueprint),
    ...releaseProblems(stack, blueprint),
    ...deadLetterProblems(stack, blueprint),
    ...tableProblems(stack),
    ...executionProblems(stack, blueprint),
  ];
};
