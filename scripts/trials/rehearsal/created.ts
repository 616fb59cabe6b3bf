/** Compares the resources in an account after an apply with those that the stack should have created. */
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
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
import type { Clients } from "../../aws/clients";
import { MONITORING_LOOKS } from "./created-monitoring";
import type { Deployed } from "./deployed";
import type { Finding, Look } from "./finding";

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

/** All comparisons: add a function. */
const LOOKS: readonly Look[] = [buckets, role, theFunction, notification, ...MONITORING_LOOKS];

/** @returns one finding for each comparison, equal or not */
export const lookAtCreated = async (aws: Clients, deployed: Deployed): Promise<Finding[]> =>
  (await Promise.all(LOOKS.map((look) => look(aws, deployed)))).flat();
