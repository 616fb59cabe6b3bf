/** What `npm run doctor` makes of an account whose answers are plausible and wrong: each check must notice. */
import { naming } from "../../modules/naming";
import { clientsFor } from "../../scripts/aws/clients";
import type { Subject } from "../../scripts/aws/doctor/check";
import { diagnose } from "../../scripts/commands/doctor";
import type { Answers } from "./account";
import { useAccounts } from "./accounts";
import { ServiceError } from "./aws-json";
import { attributes, healthyAccount, KEY } from "./healthy-account";
import { run } from "./run";

const { dev, account } = useAccounts();

/** @returns the findings of doctor that are not ok, as `check: what` */
const findings = async (wrong: Answers = {}): Promise<string[]> => {
  const { endpoint } = await account(wrong);
  const subject: Subject = { environment: dev(), names: naming(dev()), aws: clientsFor("us-east-1", endpoint) };
  const diagnoses = await diagnose(subject);
  return diagnoses.flatMap(({ check, findings }) =>
    findings.filter(({ state }) => state !== "ok").map(({ state, what }) => `${check}: ${state}: ${what}`),
  );
};

const notFound = (name: string) => () => {
  throw new ServiceError(name, "does not exist");
};

describe("npm run doctor", () => {
  it("has no finding in a healthy account", async () => {
    expect(await findings()).toEqual([]);
  });

  it.each([
    [403, []],
    [200, ["upload API: problem: ENDPOINT answers a request without a caller with HTTP 200 instead of HTTP 403"]],
  ])(
    "asks the upload API for a link without a signature, and wants no answer but 403: %i",
    async (status, expected) => {
      const api = await account({ "POST /uploads": () => ({ raw: { status } }) });
      const item = { apiId: "a1", name: "image-processor-dev-uploads", apiEndpoint: api.endpoint };

      const found = await findings({ GetApis: () => ({ items: [item] }) });

      expect(found).toEqual(expected.map((line) => line.replace("ENDPOINT", api.endpoint)));
      expect(api.calls.map(({ operation }) => operation)).toEqual(["POST /uploads"]);
    },
  );

  const UPLOAD = "image-processor-dev-upload-1";
  const FUNCTION = "image-processor-dev-processor";
  const LIVE = `${FUNCTION}:live`;

  /** By title. Several are tried in one account, so an answer must not change what another check says. */
  const wrongAnswers: Readonly<Record<string, readonly [wrong: () => Answers, expected: readonly string[]]>> = {
    "a notification that invokes the function of the same name in another account": [
      () => ({
        GetBucketNotificationConfiguration: () =>
          `<NotificationConfiguration><CloudFunctionConfiguration><Id>1</Id><CloudFunction>arn:aws:lambda:us-east-1:999999999999:function:${LIVE}</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>`,
      }),
      [`notification: problem: ${UPLOAD} has no event notification that invokes ${LIVE} for every upload`],
    ],
    "a notification for PUT only": [
      () => ({
        GetBucketNotificationConfiguration: () =>
          `<NotificationConfiguration><CloudFunctionConfiguration><Id>1</Id><CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:${LIVE}</CloudFunction><Event>s3:ObjectCreated:Put</Event></CloudFunctionConfiguration></NotificationConfiguration>`,
      }),
      [`notification: problem: ${UPLOAD} has no event notification that invokes ${LIVE} for every upload`],
    ],
    "no notification": [
      () => ({ GetBucketNotificationConfiguration: () => "<NotificationConfiguration></NotificationConfiguration>" }),
      [`notification: problem: ${UPLOAD} has no event notification that invokes ${LIVE} for every upload`],
    ],
    "no policy": [
      () => ({ GetPolicy: notFound("ResourceNotFoundException") }),
      [`permission: problem: S3 may not invoke ${FUNCTION} for ${UPLOAD}`],
    ],
    "a reserved concurrency of 0": [
      () => ({ GetFunctionConcurrency: () => ({ ReservedConcurrentExecutions: 0 }) }),
      [
        "concurrency: problem: its reserved concurrency is 0 (set in the console?): Lambda throttles every invocation",
        "batches: problem: image-processor-dev-backfill reserves 0 concurrent executions instead of 10: batches are throttled, or take them from live uploads",
      ],
    ],
    "no account limit": [
      () => ({ GetAccountSettings: () => ({}) }),
      ["concurrency", "batches"].map(
        (check) => `${check}: unknown: Expected ConcurrentExecutions from GetAccountSettings but got none`,
      ),
    ],
    "no upload API": [
      () => ({ GetApis: () => ({ items: [] }) }),
      [
        "upload API: problem: dev is not deployed to us-east-1 of this account, or only in part: there is no API image-processor-dev-uploads. Run npm run deploy -- dev",
      ],
    ],
    "an upload API without authorizer": [
      () => ({ GetRoutes: () => ({ items: [{ routeKey: "POST /uploads", authorizationType: "NONE" }] }) }),
      [
        "upload API: problem: POST /uploads has the authorizer NONE instead of AWS_IAM",
        "upload API: problem: GET /images/{id} has no route",
      ],
    ],
    "an upload API for any page": [
      () => ({
        GetApis: () => ({
          items: [
            {
              ...{ apiId: "a1", name: "image-processor-dev-uploads", apiEndpoint: "https://a1.example.com" },
              corsConfiguration: { allowOrigins: ["*"] },
            },
          ],
        }),
      }),
      ["upload API: problem: the API may be called from * instead of no page"],
    ],
    "an upload API without limits": [
      () => ({
        GetStage: () => ({
          routeSettings: { "GET /images/{id}": { throttlingRateLimit: 7, throttlingBurstLimit: 3 } },
        }),
      }),
      [
        "upload API: problem: POST /uploads is limited to any number of requests per second instead of 50",
        "upload API: problem: POST /uploads is limited to any number of requests at once instead of 100",
        "upload API: problem: GET /images/{id} is limited to 7 requests per second instead of 200",
        "upload API: problem: GET /images/{id} is limited to 3 requests at once instead of 400",
      ],
    ],
    "a bucket that accepts forms from any page": [
      () => ({
        GetBucketCors: () =>
          "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>POST</AllowedMethod></CORSRule></CORSConfiguration>",
      }),
      [`upload API: problem: ${UPLOAD} accepts forms from * instead of no page`],
    ],
    "a backfill that is being deleted": [
      () => ({ DescribeStateMachine: () => ({ name: "image-processor-dev-backfill", status: "DELETING" }) }),
      ["backfill: problem: the state machine image-processor-dev-backfill is DELETING"],
    ],
    "no state machine": [
      () => ({ DescribeStateMachine: notFound("StateMachineDoesNotExist") }),
      [
        `backfill: problem: dev is not deployed to us-east-1 of this account, or only in part: there is no state machine arn:aws:states:us-east-1:123456789012:stateMachine:image-processor-dev-backfill. Run npm run deploy -- dev`,
      ],
    ],
    "no bucket for the lists of backfills": [
      () => ({
        ListBuckets: () =>
          `<ListAllMyBucketsResult><Buckets>${[UPLOAD, "image-processor-dev-processed-1"].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("")}</Buckets></ListAllMyBucketsResult>`,
      }),
      [
        "backfill: problem: dev is not deployed to us-east-1 of this account, or only in part: there is no bucket image-processor-dev-backfill-*. Run npm run deploy -- dev",
      ],
    ],
    "a backfill that reserves no concurrency": [
      () => ({ GetFunctionConcurrency: () => ({}) }),
      [
        "batches: problem: image-processor-dev-backfill reserves no concurrent executions instead of 10: batches are throttled, or take them from live uploads",
      ],
    ],
    "an upload API that is denied to the caller": [
      () => ({ GetApis: () => ({ raw: { status: 403, body: '{"message":"not authorized"}' } }) }),
      ['upload API: unknown: Expected an answer to GetApis but got HTTP 403 {"message":"not authorized"}'],
    ],
    "topics with the key of SNS": [
      () => ({ GetTopicAttributes: () => attributes({ KmsMasterKeyId: "alias/aws/sns" }) }),
      ["critical", "performance", "log"].map(
        (severity) =>
          `keys: problem: image-processor-dev-${severity}-alerts uses alias/aws/sns, with which CloudWatch cannot publish`,
      ),
    ],
    "a log group whose name only begins the same": [
      () => ({ DescribeLogGroups: () => ({ logGroups: [{ logGroupName: `/aws/lambda/${FUNCTION}-2` }] }) }),
      [`log group: problem: /aws/lambda/${FUNCTION} does not exist`],
    ],
    "a queue without a count": [
      () => ({ GetQueueAttributes: () => ({ Attributes: { KmsMasterKeyId: KEY } }) }),
      [
        `dead letters: unknown: Expected ApproximateNumberOfMessages and ApproximateNumberOfMessagesNotVisible from GetQueueAttributes but got {"KmsMasterKeyId":"${KEY}"}`,
      ],
    ],
    "alarms of another environment": [
      () => ({ DescribeAlarms: () => ({ MetricAlarms: [{ AlarmName: "image-processor-qa-processor-throttles" }] }) }),
      [
        `alarms: problem: dev is not deployed to us-east-1 of this account, or only in part: there is no alarm ${FUNCTION}-*. Run npm run deploy -- dev`,
      ],
    ],
    "subscriptions that SNS has listed but that are not confirmed": [
      () => ({ GetSubscriptionAttributes: () => attributes({ PendingConfirmation: "true" }) }),
      [
        "critical-alerts: email o…@example.com",
        "critical-alerts: sms …0100",
        "performance-alerts: email o…@example.com",
        "log-alerts: email o…@example.com",
      ].map((who) => `subscriptions: problem: image-processor-dev-${who} is not confirmed and receives nothing`),
    ],
    "subscriptions of other addresses": [
      () => ({
        ListSubscriptionsByTopic: () => "<Subscriptions></Subscriptions>",
      }),
      [
        "critical-alerts: email o…@example.com",
        "critical-alerts: sms …0100",
        "performance-alerts: email o…@example.com",
        "log-alerts: email o…@example.com",
      ].map((who) => `subscriptions: problem: image-processor-dev-${who} is not subscribed`),
    ],
    "the SMS sandbox": [
      () => ({ GetSMSSandboxAccountStatus: () => "<IsInSandbox>true</IsInSandbox>" }),
      ["SMS: problem: the account is in the SMS sandbox, and the number is not verified: SNS sends no SMS to it"],
    ],
    "a spent SMS quota": [
      () => ({ GetMetricStatistics: () => ({ Datapoints: [{ Maximum: 50.5 }] }) }),
      ["SMS: problem: 50.50 of 50 USD are spent on SMS this month: SNS sends no more"],
    ],
    "a number that has opted out": [
      () => ({ CheckIfPhoneNumberIsOptedOut: () => "<isOptedOut>true</isOptedOut>" }),
      ["SMS: problem: …0100 has opted out of SMS"],
    ],
    "another dashboard": [
      () => ({ GetDashboard: () => ({ DashboardName: "other", DashboardBody: "{}" }) }),
      [`dashboard: problem: ${FUNCTION}-monitoring does not exist`],
    ],
    "lines of other levels, where it asked for errors": [
      () => ({
        FilterLogEvents: () => ({
          events: [{ timestamp: Date.now(), message: '{"level":"INFO","event":"image.received"}' }],
        }),
      }),
      [],
    ],
  };

  const checksOf = (expected: readonly string[]) => expected.map((line) => line.split(":")[0] ?? "");

  /** What is wrong in one account: answers to different calls, each noticed by another check. */
  const accounts: { titles: string[]; answers: Answers; expected: readonly string[] }[] = [];
  for (const [title, [wrong, expected]] of Object.entries(wrongAnswers)) {
    const answers = wrong();
    const isFree = (taken: (typeof accounts)[number]) =>
      Object.keys(answers).every((call) => !(call in taken.answers)) &&
      checksOf(expected).every((check) => !checksOf(taken.expected).includes(check));
    const account = accounts.find(isFree);
    if (account === undefined) accounts.push({ titles: [title], answers, expected });
    else {
      account.titles.push(title);
      account.answers = { ...account.answers, ...answers };
      account.expected = [...account.expected, ...expected];
    }
  }

  it.each(accounts.map((each) => [each.titles.join("; "), each] as const))(
    "notices %s",
    async (_, { answers, expected }) => {
      expect((await findings(answers)).sort()).toEqual([...expected].sort());
    },
  );

  it("notices a key that is scheduled for deletion, and names all that uses it", async () => {
    expect(
      await findings({ DescribeKey: () => ({ KeyMetadata: { KeyId: "1", KeyState: "PendingDeletion" } }) }),
    ).toEqual([
      `keys: problem: ${KEY} is scheduled for deletion: ${UPLOAD}, image-processor-dev-processed-1, image-processor-dev-critical-alerts, image-processor-dev-performance-alerts, image-processor-dev-log-alerts, ${FUNCTION}-dead-letters, /aws/lambda/${FUNCTION} cannot be read or written`,
    ]);
  });

  it("notices a topic of another region only", async () => {
    const topics = "<Topics><member><TopicArn>arn:aws:sns:us-east-1:123456789012:others</TopicArn></member></Topics>";

    expect(await findings({ ListTopics: () => topics })).toEqual(
      ["critical", "performance", "log"].map(
        (severity) => `subscriptions: problem: image-processor-dev-${severity}-alerts does not exist`,
      ),
    );
  });

  it("notices a key of the replicas that is disabled, in their region", async () => {
    const replicaKey = KEY.replace("us-east-1", "eu-west-1");
    const environment = { ...dev(), enable_replication: true, replica_region: "eu-west-1" };
    const { endpoint } = await account({
      GetBucketReplication: () =>
        `<ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::replica</Bucket><EncryptionConfiguration><ReplicaKmsKeyID>${replicaKey}</ReplicaKmsKeyID></EncryptionConfiguration></Destination></Rule></ReplicationConfiguration>`,
      DescribeKey: ({ KeyId }) => ({ KeyMetadata: { KeyState: KeyId === replicaKey ? "Disabled" : "Enabled" } }),
    });
    const found = await diagnose({ environment, names: naming(environment), aws: clientsFor("us-east-1", endpoint) });

    expect(found.find(({ check }) => check === "keys")?.findings).toContainEqual({
      state: "problem",
      what: `${replicaKey} is disabled: replica, replica cannot be read or written`,
      remedy: `aws kms enable-key --key-id ${replicaKey}`,
    });
  });

  it("notices a function of another name, and checks nothing else", async () => {
    const { endpoint, calls } = await account({
      GetFunctionConfiguration: () => ({ FunctionName: "image-processor-qa-processor" }),
    });

    const { code, stderr } = await run("doctor", "dev", "--endpoint-url", endpoint);

    expect([code, stderr]).toEqual([
      1,
      "error: Expected image-processor-dev-processor from GetFunctionConfiguration but got image-processor-qa-processor\n",
    ]);
    // The buckets show whether the address is that of npm start.
    expect(calls.map(({ operation }) => operation)).toEqual([
      "GetCallerIdentity",
      "GetFunctionConfiguration",
      "ListBuckets",
    ]);
  });

  it("notices an alarm without its topic, with another threshold, and with its actions disabled", async () => {
    const healthy = healthyAccount(dev()).DescribeAlarms?.({}) as { MetricAlarms: { AlarmName: string }[] };
    const changed = (name: string, change: object) => (alarm: { AlarmName: string }) =>
      alarm.AlarmName.endsWith(name) ? { ...alarm, ...change } : alarm;

    const found = await findings({
      DescribeAlarms: () => ({
        MetricAlarms: healthy.MetricAlarms.map(changed("processor-throttles", { AlarmActions: [] }))
          .map(changed("-high-duration", { Threshold: 1 }))
          .map(changed("-timeout-errors", { ActionsEnabled: false })),
      }),
    });

    expect(found.sort()).toEqual([
      "alarms: problem: high-duration has the threshold 1 instead of 45000",
      "alarms: problem: throttles does not notify image-processor-dev-critical-alerts",
      "alarms: problem: timeout-errors notifies no one: its actions are disabled",
    ]);
  });
});
