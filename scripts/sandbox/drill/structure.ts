/** What can be seen of a stack's monitoring without waiting: whether all that is joined by names does meet. */
import { type ApiCall, FUNCTION_ACCESS_KEY_ID } from "../api-call";
import type { Blueprint } from "../blueprint";
import { metricsOf } from "../cloudwatch/alarm";
import { LAMBDA_METRICS } from "../lambda";
import { asList, readStack } from "../terraform-json";
import { type Evidence, scenarioOf, shortName } from "./evidence";
import { OTHERS } from "./scenarios";
import { type Address, widgetMetrics } from "./widgets";

/** Actions that the function does not call itself, and who needs them. */
const NEEDED_BY_OTHERS: Readonly<Record<string, string>> = {
  "s3:ListBucket": "S3, to answer 404 instead of 403 for an object that is gone",
  "s3:GetObject": "uploads that have no version, from before versioning was switched on",
  "logs:CreateLogStream": "Lambda, to write the log",
  "logs:PutLogEvents": "Lambda, to write the log",
};

const keyOf = ({ namespace, name, dimensions }: Address): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .map((pair) => pair.join("="))
      .sort(),
  ].join(" ");

const isOneOf = (addresses: readonly Address[]) => {
  const keys = new Set(addresses.map(keyOf));
  return (address: Address) => keys.has(keyOf(address));
};

/** Metrics of filters, of Lambda, and those that the function was seen to publish. */
const produced = ({ metricFilters, function: fn }: Blueprint, { recordings }: Evidence): Address[] => [
  ...metricFilters.map(({ metric }) => ({ ...metric, dimensions: metric.dimensions ?? {} })),
  ...Object.keys(LAMBDA_METRICS).map((name) => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName: fn.name },
  })),
  ...[...recordings.values()].flatMap(({ data }) => data).filter(({ namespace }) => namespace !== "AWS/Lambda"),
];

const filterProblems = (blueprint: Blueprint): string[] => {
  const { metricFilters, alarms, function: fn } = blueprint;
  const isRead = isOneOf([...alarms.flatMap(metricsOf), ...widgetMetrics(blueprint)]);
  return metricFilters.flatMap(({ name, logGroup, metric }) => [
    ...(logGroup === fn.logGroup
      ? []
      : [`filter ${name} is on log group ${logGroup}, the function writes to ${fn.logGroup}`]),
    ...(isRead({ ...metric, dimensions: metric.dimensions ?? {} })
      ? []
      : [`nobody reads ${metric.namespace} ${metric.name}, which filter ${name} makes`]),
    ...(metric.value.startsWith("$") && metric.defaultValue !== undefined
      ? [`filter ${name} has default ${metric.defaultValue}, which would drag the average of its values`]
      : []),
    ...(metric.value === "1" && metric.defaultValue !== 0
      ? [`filter ${name} counts, but not to 0 where nothing matches`]
      : []),
  ]);
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

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

const statementsOf = (stackDir: string): Statement[] =>
  readStack(stackDir)
    .resources("aws_iam_role_policy", ["policy"])
    .flatMap(({ body }) => asList(JSON.parse(String(body.policy)).Statement))
    .map((statement) => {
      const { Action, Resource, Condition } = statement as Record<string, unknown>;
      return { actions: asList(Action).map(String), resources: asList(Resource).map(String), conditions: Condition };
    });

const resourceOf = ({ bucket, key }: ApiCall): string =>
  bucket ? `arn:aws:s3:::${bucket}${key ? `/${key}` : ""}` : "*";

const covers = (pattern: string, resource: string): boolean =>
  pattern.endsWith("*") ? resource.startsWith(pattern.slice(0, -1)) : pattern === resource;

const permissionProblems = (stackDir: string, { function: fn }: Blueprint, { recordings }: Evidence): string[] => {
  const statements = statementsOf(stackDir);
  // A run with a changed environment may make calls that the stack as deployed never makes.
  const seen = [...recordings]
    .filter(([name]) => !Object.hasOwn(OTHERS, name) || name === "healthy")
    .flatMap(([, { calls }]) => calls)
    .filter(({ caller }) => caller === FUNCTION_ACCESS_KEY_ID);
  const isAllowed = (call: ApiCall) =>
    statements.some(
      ({ actions, resources }) =>
        actions.includes(call.action) && resources.some((resource) => covers(resource, resourceOf(call))),
    );
  const denied = new Set(
    seen.filter((call) => !isAllowed(call)).map(({ action, bucket = "" }) => `${action} ${bucket}`.trim()),
  );
  const isUsed = (action: string) =>
    Object.hasOwn(NEEDED_BY_OTHERS, action) || seen.some((call) => call.action === action);
  const namespaces = statements.flatMap(({ conditions }) => [
    ...JSON.stringify(conditions ?? {}).matchAll(/"cloudwatch:namespace":"([^"]*)"/g),
  ]);
  return [
    ...[...denied].map((call) => `the function calls ${call}, which its role does not allow`),
    ...new Set(
      statements
        .flatMap(({ actions }) => actions)
        .filter((action) => !isUsed(action))
        .map((action) => `the role allows ${action}, which nobody uses`),
    ),
    ...namespaces
      .filter(([, namespace]) => namespace !== fn.environment.METRIC_NAMESPACE)
      .map(
        ([, namespace]) =>
          `the role allows metrics in ${namespace} only, the function publishes in ${fn.environment.METRIC_NAMESPACE}`,
      ),
    ...["s3:ListBucket", "logs:CreateLogStream", "logs:PutLogEvents"]
      .filter((action) => !statements.some(({ actions }) => actions.includes(action)))
      .map((action) => `the role lacks ${action}, for ${NEEDED_BY_OTHERS[action]}`),
  ];
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Whether S3 may invoke the function, and CloudWatch publish to each topic. */
const trustProblems = (stackDir: string, { function: fn, topics }: Blueprint): string[] => {
  const stack = readStack(stackDir);
  const permissions = stack.resources("aws_lambda_permission", ["action", "function_name", "principal"]);
  const invokes = permissions.some(
    ({ body }) =>
      body.action === "lambda:InvokeFunction" &&
      body.function_name === fn.name &&
      body.principal === "s3.amazonaws.com",
  );
  const policies = stack.resources("aws_sns_topic_policy", ["arn", "policy"]).map(({ body }) => body);
  const mayPublish = (arn: string) =>
    policies.some(
      (policy) =>
        policy.arn === arn &&
        asList(JSON.parse(String(policy.policy)).Statement).some(
          (statement) =>
            isObject(statement) &&
            JSON.stringify(statement.Principal).includes('"cloudwatch.amazonaws.com"') &&
            statement.Action === "sns:Publish" &&
            statement.Resource === arn,
        ),
    );
  return [
    ...(invokes ? [] : ["S3 may not invoke the function"]),
    ...topics.filter(({ arn }) => !mayPublish(arn)).map(({ name }) => `CloudWatch may not publish to ${name}`),
  ];
};

/**
 * @param stackDir folder of the `cdk.tf.json` that the blueprint was read from
 * @returns what does not meet, one sentence each
 */
export const structureProblems = (stackDir: string, blueprint: Blueprint, evidence: Evidence): string[] => [
  ...filterProblems(blueprint),
  ...readerProblems(blueprint, evidence),
  ...alarmProblems(blueprint),
  ...notificationProblems(blueprint),
  ...permissionProblems(stackDir, blueprint, evidence),
  ...trustProblems(stackDir, blueprint),
];
