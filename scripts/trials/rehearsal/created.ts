/** Compares the resources in an account after an apply with those that the stack should have created. */
import {
  DescribeAlarmsCommand,
  type Dimension,
  GetDashboardCommand,
  type MetricAlarm,
  type MetricDataQuery,
  type MetricStat,
} from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand, DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, GetPolicyCommand } from "@aws-sdk/client-lambda";
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { ListSubscriptionsCommand, ListTopicsCommand } from "@aws-sdk/client-sns";
import type { Clients } from "../../aws/clients";
import type { Deployed } from "./deployed";

/** One comparison. */
export interface Finding {
  readonly title: string;
  readonly expected: unknown;
  readonly got: unknown;
}

type Look = (aws: Clients, deployed: Deployed) => Promise<Finding[]>;

const byName = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));

const decoded = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? "null"));

const tlsOnly = (bucket: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

const buckets: Look = async ({ s3 }, { uploadBucket, processedBucket }) => {
  const findings = [uploadBucket, processedBucket].map(async (Bucket): Promise<Finding[]> => {
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    const access = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    const policy = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    const ownership = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    const rules = encryption.ServerSideEncryptionConfiguration?.Rules?.map(
      (rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    );
    const bucket = Bucket === uploadBucket ? "upload bucket" : "processed bucket";
    return [
      { title: `${bucket}: encrypted with AES256`, expected: ["AES256"], got: rules },
      { title: `${bucket}: versioned`, expected: "Enabled", got: versioning.Status },
      {
        title: `${bucket}: public access blocked in all four ways`,
        expected: ALL_BLOCKED,
        got: access.PublicAccessBlockConfiguration,
      },
      { title: `${bucket}: refuses requests without TLS`, expected: tlsOnly(Bucket), got: decoded(policy.Policy) },
      {
        title: `${bucket}: owns its objects`,
        expected: ["BucketOwnerEnforced"],
        got: ownership.OwnershipControls?.Rules?.map((rule) => rule.ObjectOwnership),
      },
    ];
  });
  return (await Promise.all(findings)).flat();
};

/** The order of a policy's statements has no meaning. */
const unordered = <T>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Repeated here on purpose, so that an additional permission in the modules is noticed. */
const leastPrivilege = ({ blueprint, accountId, uploadBucket, processedBucket }: Deployed) => [
  { Effect: "Allow", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: `arn:aws:s3:::${uploadBucket}/*` },
  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: `arn:aws:s3:::${uploadBucket}` },
  { Effect: "Allow", Action: ["s3:PutObject"], Resource: `arn:aws:s3:::${processedBucket}/*` },
  {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `arn:aws:logs:${blueprint.region}:${accountId}:log-group:${blueprint.function.logGroup}:*`,
  },
  {
    Effect: "Allow",
    Action: ["cloudwatch:PutMetricData"],
    Resource: "*",
    Condition: { StringEquals: { "cloudwatch:namespace": blueprint.function.environment.METRIC_NAMESPACE } },
  },
];

const role: Look = async ({ iam }, deployed) => {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: deployed.roleName }));
  const policies = PolicyNames.map((PolicyName) =>
    iam.send(new GetRolePolicyCommand({ RoleName: deployed.roleName, PolicyName })),
  );
  const statements = (await Promise.all(policies))
    .map(({ PolicyDocument }) => decoded(PolicyDocument) as { Statement: { Sid?: string }[] })
    .flatMap(({ Statement }) => Statement.map(({ Sid, ...statement }) => statement));
  return [
    {
      title: "role: has exactly the permissions that it needs",
      expected: unordered(leastPrivilege(deployed)),
      got: unordered(statements),
    },
  ];
};

const theFunction: Look = async ({ lambda, logs }, { blueprint, zipSha256, uploadBucket, accountId, ...deployed }) => {
  const { name, runtime, handler, memoryMb, timeoutSeconds, architecture, environment, logGroup } = blueprint.function;
  const got = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const policy = await lambda.send(new GetPolicyCommand({ FunctionName: name }));
  const permissions = (decoded(policy.Policy) as { Statement: Record<string, unknown>[] }).Statement;
  const groups = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup }));
  return [
    {
      title: "function: runtime, handler, memory, timeout, architecture",
      expected: [runtime, handler, memoryMb, timeoutSeconds, [architecture]],
      got: [got.Runtime, got.Handler, got.MemorySize, got.Timeout, got.Architectures],
    },
    { title: "function: environment", expected: environment, got: got.Environment?.Variables },
    { title: "function: code is the zip's", expected: zipSha256, got: got.CodeSha256 },
    {
      title: "function: only the upload bucket of this account may invoke it",
      expected: [
        {
          Effect: "Allow",
          Action: "lambda:InvokeFunction",
          Principal: { Service: "s3.amazonaws.com" },
          Condition: {
            StringEquals: { "AWS:SourceAccount": accountId },
            ArnLike: { "AWS:SourceArn": `arn:aws:s3:::${uploadBucket}` },
          },
        },
      ],
      got: permissions.map(({ Effect, Action, Principal, Condition }) => ({ Effect, Action, Principal, Condition })),
    },
    {
      title: "log group: retention",
      expected: [[logGroup, deployed.logRetentionDays]],
      got: groups.logGroups?.map((group) => [group.logGroupName, group.retentionInDays]),
    },
  ];
};

const notification: Look = async ({ s3 }, { blueprint, uploadBucket, processedBucket }) => {
  const [upload, processed] = await Promise.all(
    [uploadBucket, processedBucket].map((Bucket) => s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))),
  );
  return [
    {
      title: "notification: uploads invoke the function",
      expected: blueprint.notifications.map(({ events }) => [blueprint.function.arn, events]),
      got: upload?.LambdaFunctionConfigurations?.map(({ LambdaFunctionArn, Events }) => [LambdaFunctionArn, Events]),
    },
    {
      title: "notification: variants invoke nothing",
      expected: undefined,
      got: processed?.LambdaFunctionConfigurations,
    },
  ];
};

const filters: Look = async ({ logs }, { blueprint }) => {
  const { metricFilters = [] } = await logs.send(
    new DescribeMetricFiltersCommand({ logGroupName: blueprint.function.logGroup }),
  );
  const got = metricFilters.map(({ filterName = "", filterPattern, logGroupName, metricTransformations }) => {
    const [metric] = metricTransformations ?? [];
    return {
      name: filterName,
      logGroup: logGroupName,
      pattern: filterPattern,
      metric: [metric?.metricNamespace, metric?.metricName, metric?.metricValue, metric?.unit, metric?.defaultValue],
      dimensions: metric?.dimensions,
    };
  });
  const expected = blueprint.metricFilters.map(({ name, logGroup, pattern, metric }) => ({
    name,
    logGroup,
    pattern,
    metric: [metric.namespace, metric.name, metric.value, metric.unit, metric.defaultValue],
    dimensions: metric.dimensions,
  }));
  return [{ title: `metric filters: all ${expected.length}`, expected: byName(expected), got: byName(got) }];
};

/** CloudWatch does not keep the order of metric queries. */
const byId = (queries: readonly MetricDataQuery[] | undefined): MetricDataQuery[] =>
  [...(queries ?? [])].sort((a, b) => ((a.Id ?? "") < (b.Id ?? "") ? -1 : 1));

const dimensionsOf = (dimensions: readonly Dimension[] | undefined) =>
  Object.fromEntries((dimensions ?? []).map(({ Name = "", Value }) => [Name, Value]));

const statistic = (stat: MetricStat) => ({
  namespace: stat.Metric?.Namespace,
  name: stat.Metric?.MetricName,
  dimensions: dimensionsOf(stat.Metric?.Dimensions),
  statistic: stat.Stat,
  periodSeconds: stat.Period,
});

const watched = (alarm: MetricAlarm) =>
  alarm.MetricName
    ? statistic({
        Metric: { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions },
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic,
        Period: alarm.Period,
      })
    : byId(alarm.Metrics).map(({ Id, MetricStat, Expression, ReturnData }) => ({
        id: Id,
        ...(MetricStat && { metric: statistic(MetricStat) }),
        ...(Expression && { expression: Expression }),
        returnData: ReturnData,
      }));

const alarms: Look = async ({ cloudwatch }, { blueprint }) => {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  const got = MetricAlarms.map((alarm) => ({
    name: alarm.AlarmName ?? "",
    comparison: alarm.ComparisonOperator as string | undefined,
    threshold: alarm.Threshold,
    periods: [alarm.DatapointsToAlarm, alarm.EvaluationPeriods],
    missing: alarm.TreatMissingData,
    actions: [alarm.ActionsEnabled, alarm.AlarmActions, alarm.OKActions],
    watches: watched(alarm),
  }));
  const expected = blueprint.alarms.map((alarm) => ({
    name: alarm.name,
    comparison: alarm.comparison,
    threshold: alarm.threshold,
    periods: [alarm.datapointsToAlarm, alarm.evaluationPeriods],
    missing: alarm.treatMissingData,
    actions: [alarm.actionsEnabled ?? true, alarm.alarmActions, alarm.okActions],
    watches: "namespace" in alarm.watches ? alarm.watches : [...alarm.watches].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }));
  // An alarm has either one metric or queries; both compare as JSON.
  const plain = (rows: readonly { name: string }[]) =>
    JSON.parse(JSON.stringify(byName(rows), (key, value) => (key === "label" ? undefined : value)));
  return [{ title: `alarms: all ${expected.length}`, expected: plain(expected), got: plain(got) }];
};

const dashboard: Look = async ({ cloudwatch }, { blueprint }) => {
  const bodies = blueprint.dashboards.map(({ name }) =>
    cloudwatch.send(new GetDashboardCommand({ DashboardName: name })),
  );
  const got = (await Promise.all(bodies)).map(({ DashboardBody = "null" }) => JSON.parse(DashboardBody));
  return [
    { title: "dashboard: body", expected: blueprint.dashboards.map(({ body }) => body), got },
    {
      title: "dashboard: names the deployed function",
      expected: true,
      got: JSON.stringify(got).includes(`"FunctionName","${blueprint.function.name}"`),
    },
  ];
};

const subscriptions: Look = async ({ sns }, { blueprint }) => {
  const [{ Topics = [] }, { Subscriptions = [] }] = await Promise.all([
    sns.send(new ListTopicsCommand({})),
    sns.send(new ListSubscriptionsCommand({})),
  ]);
  return [
    {
      title: `topics: all ${blueprint.topics.length}`,
      expected: blueprint.topics.map(({ arn }) => arn).sort(),
      got: Topics.map(({ TopicArn }) => TopicArn).sort(),
    },
    {
      title: `subscriptions: all ${blueprint.subscriptions.length}`,
      expected: blueprint.subscriptions.map((row) => `${row.topicArn} ${row.protocol} ${row.endpoint}`).sort(),
      got: Subscriptions.map((row) => `${row.TopicArn} ${row.Protocol} ${row.Endpoint}`).sort(),
    },
  ];
};

/** All comparisons: add a function. */
const LOOKS = [buckets, role, theFunction, notification, filters, alarms, dashboard, subscriptions] as const;

/** @returns one finding for each comparison, equal or not */
export const lookAtCreated = async (aws: Clients, deployed: Deployed): Promise<Finding[]> =>
  (await Promise.all(LOOKS.map((look) => look(aws, deployed)))).flat();
