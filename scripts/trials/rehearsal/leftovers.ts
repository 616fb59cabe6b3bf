/** Lists all resources of a stack's kinds in an account: any that remain after a destroy are leftovers. */
import { DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListSubscriptionsCommand, ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "../../aws/clients";

type Names = readonly (string | undefined)[] | undefined;

/** Kinds of resources and how to list them: add a row. One page is enough for an account that should be empty. */
// biome-ignore format: a ledger is read down its columns
const KINDS: Readonly<Record<string, (aws: Clients) => Promise<Names>>> = {
  bucket:       async ({ s3 })         => (await s3.send(new ListBucketsCommand({}))).Buckets?.map((row) => row.Name),
  function:     async ({ lambda })     => (await lambda.send(new ListFunctionsCommand({}))).Functions?.map((row) => row.FunctionName),
  role:         async ({ iam })        => (await iam.send(new ListRolesCommand({}))).Roles?.map((row) => row.RoleName),
  "log group":  async ({ logs })       => (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map((row) => row.logGroupName),
  alarm:        async ({ cloudwatch }) => (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map((row) => row.AlarmName),
  dashboard:    async ({ cloudwatch }) => (await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries?.map((row) => row.DashboardName),
  queue:        async ({ sqs })        => (await sqs.send(new ListQueuesCommand({}))).QueueUrls,
  topic:        async ({ sns })        => (await sns.send(new ListTopicsCommand({}))).Topics?.map((row) => row.TopicArn),
  subscription: async ({ sns })        => (await sns.send(new ListSubscriptionsCommand({}))).Subscriptions?.map((row) => row.SubscriptionArn),
};

/** @returns `kind name` of each resource in the account */
export const leftovers = async (aws: Clients): Promise<string[]> => {
  const lists = Object.entries(KINDS).map(async ([kind, list]) =>
    ((await list(aws)) ?? []).map((name) => `${kind} ${name}`),
  );
  return (await Promise.all(lists)).flat().sort();
};
