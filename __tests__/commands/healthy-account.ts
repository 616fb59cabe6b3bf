/** Answers of an account in which an environment is deployed and everything is as it should be. */
import { singleAlarms } from "../../modules/alarm-rows";
import { isBackfillMetric, metricAddress } from "../../modules/metrics";
import { homeOf, naming, type Severity } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { recipientsOf } from "../../scripts/aws/doctor/notifications";
import type { Answers } from "./account";

export const ACCOUNT = "123456789012";
export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;

/** Names of the buckets, which have a suffix that Terraform has chosen. */
export const bucketsOf = (environment: Environment) => {
  const { upload, processed, backfill } = naming(environment).bucketPrefixes;
  return {
    upload: `${upload}1`,
    processed: `${processed}1`,
    ...(environment.enable_backfill && { backfill: `${backfill}1` }),
  };
};

const members = (rows: readonly string[]): string => rows.map((row) => `<member>${row}</member>`).join("");

const entries = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`)
    .join("");

/** An attribute map of SNS. */
export const attributes = (values: Readonly<Record<string, string>>): string =>
  `<Attributes>${entries(values)}</Attributes>`;

const topicArn = (name: string): string => `arn:aws:sns:us-east-1:${ACCOUNT}:${name}`;

const subscriptionsOf = (environment: Environment, arn: string): string => {
  const { topics } = naming(environment);
  const [severity] = (Object.entries(topics) as [Severity, string][]).find(([, name]) => topicArn(name) === arn) ?? [];
  const recipients = severity === undefined ? [] : recipientsOf(environment, severity);
  return members(
    recipients.map(
      ({ protocol, endpoint }) =>
        `<SubscriptionArn>${arn}:1</SubscriptionArn><Protocol>${protocol}</Protocol><Endpoint>${endpoint}</Endpoint>`,
    ),
  );
};

const functionAnswers = (environment: Environment): Answers => {
  const { functionName, aliasName } = naming(environment);
  const FunctionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${functionName}`;
  const isOn = environment.reserved_concurrent_executions >= 0;
  return {
    GetFunctionConfiguration: () => ({
      FunctionName: functionName,
      FunctionArn,
      State: "Active",
      LastUpdateStatus: "Successful",
      MemorySize: environment.lambda_memory_size,
      Timeout: environment.lambda_timeout,
      Runtime: environment.lambda_runtime,
      Architectures: [environment.lambda_architecture],
      CodeSha256: "code",
      Version: "4",
    }),
    GetFunctionConcurrency: ({ url }) => {
      if (String(url).includes(naming(environment).backfill.functionName))
        return { ReservedConcurrentExecutions: environment.backfill_max_concurrency };
      return isOn ? { ReservedConcurrentExecutions: environment.reserved_concurrent_executions } : {};
    },
    DescribeStateMachine: () => ({ name: naming(environment).backfill.stateMachineName, status: "ACTIVE" }),
    GetAccountSettings: () => ({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } }),
    GetPolicy: () => ({
      Policy: JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "s3.amazonaws.com" },
            Action: "lambda:InvokeFunction",
            Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:s3:::${bucketsOf(environment).upload}` } },
          },
        ],
      }),
    }),
    GetAlias: () => ({ Name: aliasName, FunctionVersion: "3", Description: "" }),
    UpdateAlias: (input) => ({ Name: aliasName, FunctionVersion: "3", ...input }),
    ListVersionsByFunction: () => ({ Versions: ["$LATEST", "3", "4"].map((Version) => ({ Version })) }),
    Invoke: () => "null",
  };
};

const bucketAnswers = (environment: Environment): Answers => {
  const { functionName, aliasName } = naming(environment);
  const alias = environment.enable_release_alias ? `:${aliasName}` : "";
  return {
    ListBuckets: () =>
      `<ListAllMyBucketsResult><Buckets>${Object.values(bucketsOf(environment))
        .map((name) => `<Bucket><Name>${name}</Name></Bucket>`)
        .join("")}</Buckets></ListAllMyBucketsResult>`,
    GetBucketNotificationConfiguration: () =>
      `<NotificationConfiguration><CloudFunctionConfiguration><Id>1</Id><CloudFunction>arn:aws:lambda:us-east-1:${ACCOUNT}:function:${functionName}${alias}</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>`,
    GetBucketCors: () => "<CORSConfiguration></CORSConfiguration>",
    GetBucketEncryption: () =>
      `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${KEY}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
  };
};

const queueAnswers = (environment: Environment): Answers => ({
  GetQueueUrl: () => ({
    QueueUrl: `http://127.0.0.1/${ACCOUNT}/${naming(environment).deadLetterQueueName}`,
  }),
  GetQueueAttributes: () => ({
    Attributes: {
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      KmsMasterKeyId: KEY,
    },
  }),
  ReceiveMessage: () => ({ Messages: [] }),
});

const alarmAnswers = (environment: Environment): Answers => {
  const { functionName, topics } = naming(environment);
  const rows = singleAlarms(environment);
  const watched = { functionName, metricNamespace: environment.metric_namespace, uploadApiId: API_ID };
  const metrics = rows.flatMap(({ metric }) => (typeof metric === "string" ? [metric] : Object.values(metric.of)));
  // Step Functions and the function of a backfill publish nothing without runs.
  const published = metrics.filter((metric) => !isBackfillMetric(metric));
  const addresses = [
    ...published.map((metric) => metricAddress(metric, watched)),
    metricAddress("Invocations", watched),
  ];
  return {
    DescribeAlarms: () => ({
      MetricAlarms: rows.map(({ name, threshold, severity }) => ({
        AlarmName: `${functionName}-${name}`,
        StateValue: "OK",
        StateReason: "no datapoints",
        ActionsEnabled: true,
        Threshold: threshold,
        AlarmActions: severity === "none" ? [] : [topicArn(topics[severity])],
      })),
    }),
    ListMetrics: ({ Namespace }) => ({
      Metrics: addresses
        .filter(({ namespace }) => namespace === Namespace)
        .map(({ metricName, dimensions = {} }) => ({
          Namespace,
          MetricName: metricName,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
    }),
    GetMetricStatistics: () => ({ Datapoints: [] }),
    GetDashboard: () => ({ DashboardName: naming(homeOf(environment)).dashboardName, DashboardBody: "{}" }),
  };
};

const API_ID = "a1b2c3d4e5";

const limitsOf = (perSecond: number) => ({ throttlingRateLimit: perSecond, throttlingBurstLimit: 2 * perSecond });

const apiAnswers = (environment: Environment): Answers => ({
  GetApis: () => ({
    items: [
      {
        apiId: API_ID,
        name: naming(environment).uploads.apiName,
        apiEndpoint: `https://${API_ID}.execute-api.us-east-1.amazonaws.com`,
      },
    ],
  }),
  GetRoutes: () => ({
    items: ["POST /uploads", "GET /images/{id}"].map((routeKey) => ({ routeKey, authorizationType: "AWS_IAM" })),
  }),
  GetStage: () => ({
    stageName: "$default",
    routeSettings: {
      "POST /uploads": limitsOf(environment.upload_api_links_per_second),
      "GET /images/{id}": limitsOf(environment.upload_api_reads_per_second),
    },
  }),
});

const tableAnswers = (environment: Environment): Answers => ({
  DescribeTable: () => ({
    Table: {
      TableName: naming(environment).recordsTableName,
      TableStatus: "ACTIVE",
      GlobalSecondaryIndexes: [{ IndexName: "problems", IndexStatus: "ACTIVE" }],
    },
  }),
});

const topicAnswers = (environment: Environment): Answers => ({
  ListTopics: () =>
    `<Topics>${members(Object.values(naming(environment).topics).map((name) => `<TopicArn>${topicArn(name)}</TopicArn>`))}</Topics>`,
  GetTopicAttributes: () => attributes({ KmsMasterKeyId: KEY }),
  ListSubscriptionsByTopic: ({ TopicArn }) =>
    `<Subscriptions>${subscriptionsOf(environment, String(TopicArn))}</Subscriptions>`,
  GetSubscriptionAttributes: () => attributes({ PendingConfirmation: "false" }),
  GetSMSSandboxAccountStatus: () => "<IsInSandbox>false</IsInSandbox>",
  ListSMSSandboxPhoneNumbers: () => "<PhoneNumbers></PhoneNumbers>",
  GetSMSAttributes: () => `<attributes>${entries({ MonthlySpendLimit: "50" })}</attributes>`,
  CheckIfPhoneNumberIsOptedOut: () => "<isOptedOut>false</isOptedOut>",
});

/** Everything that `npm run doctor` asks, and the calls of the other commands that read. */
export const healthyAccount = (environment: Environment): Answers => ({
  ...functionAnswers(environment),
  ...bucketAnswers(environment),
  ...queueAnswers(environment),
  ...tableAnswers(environment),
  ...apiAnswers(environment),
  ...alarmAnswers(environment),
  ...topicAnswers(environment),
  DescribeKey: () => ({ KeyMetadata: { KeyId: "1", Arn: KEY, KeyState: "Enabled" } }),
  DescribeLogGroups: () => ({
    logGroups: [
      {
        logGroupName: naming(environment).logGroupName,
        retentionInDays: environment.log_retention_days,
        kmsKeyId: KEY,
      },
    ],
  }),
  FilterLogEvents: () => ({ events: [] }),
  GetCallerIdentity: () => `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/operator</Arn>`,
});
