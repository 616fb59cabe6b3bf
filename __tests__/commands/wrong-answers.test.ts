/** What the commands make of an account whose answers are plausible and wrong: each check must notice. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { resetAlarm, testAlarm } from "../../scripts/aws/account-alarms";
import { type LogEvent, logEvents, logGroupOf } from "../../scripts/aws/account-log";
import type { RoundOptions } from "../../scripts/aws/account-uploads";
import { clientsFor } from "../../scripts/aws/clients";
import { redrive } from "../../scripts/aws/dead-letters";
import type { Subject } from "../../scripts/aws/doctor/check";
import { refused } from "../../scripts/aws/smoke-outcomes";
import { variantProblems } from "../../scripts/aws/stored-variants";
import { diagnose } from "../../scripts/commands/doctor";
import { release } from "../../scripts/commands/release";
import { devWith } from "../modules/synthesized";
import { type Answers, startAccount } from "./account";
import { ServiceError } from "./aws-json";
import { attributes, bucketsOf, healthyAccount, KEY } from "./healthy-account";
import { run } from "./run";

let dev: Environment;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dev = await devWith(`
    enable_dead_letter_queue = true
    enable_kms_key           = true
    enable_release_alias     = true
    alert_email              = "oncall@example.com"
    alert_sms                = "+15555550100"
  `);
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const account = async (wrong: Answers = {}, environment = dev) => {
  const server = await startAccount({ ...healthyAccount(environment), ...wrong });
  stops.push(server.stop);
  return server;
};

/** @returns the findings of doctor that are not ok, as `check: what` */
const findings = async (wrong: Answers = {}): Promise<string[]> => {
  const { endpoint } = await account(wrong);
  const subject: Subject = { environment: dev, names: naming(dev), aws: clientsFor("us-east-1", endpoint) };
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

  const UPLOAD = "image-processor-dev-upload-1";
  const FUNCTION = "image-processor-dev-processor";
  const LIVE = `${FUNCTION}:live`;

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
      ["concurrency: problem: its reserved concurrency is 0 (set in the console?): Lambda throttles every invocation"],
    ],
    "no account limit": [
      () => ({ GetAccountSettings: () => ({}) }),
      ["concurrency: unknown: Expected ConcurrentExecutions from GetAccountSettings but got none"],
    ],
    "a key that is scheduled for deletion": [
      () => ({ DescribeKey: () => ({ KeyMetadata: { KeyId: "1", KeyState: "PendingDeletion" } }) }),
      [
        `keys: problem: ${KEY} is scheduled for deletion: ${UPLOAD}, image-processor-dev-processed-1, image-processor-dev-critical-alerts, image-processor-dev-performance-alerts, image-processor-dev-log-alerts, ${FUNCTION}-dead-letters, /aws/lambda/${FUNCTION} cannot be read or written`,
      ],
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
    "a topic of another region only": [
      () => ({
        ListTopics: () =>
          "<Topics><member><TopicArn>arn:aws:sns:us-east-1:123456789012:others</TopicArn></member></Topics>",
      }),
      ["critical", "performance", "log"].map(
        (severity) => `subscriptions: problem: image-processor-dev-${severity}-alerts does not exist`,
      ),
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

  it.each(Object.entries(wrongAnswers))("notices %s", async (_, [wrong, expected]) => {
    expect(await findings(wrong())).toEqual(expected);
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
    expect(calls.map(({ operation }) => operation)).toEqual(["GetCallerIdentity", "GetFunctionConfiguration"]);
  });

  it("notices an alarm without its topic, with another threshold, and with its actions disabled", async () => {
    const healthy = healthyAccount(dev).DescribeAlarms?.({}) as { MetricAlarms: { AlarmName: string }[] };
    const changed = (name: string, change: object) => (alarm: { AlarmName: string }) =>
      alarm.AlarmName.endsWith(name) ? { ...alarm, ...change } : alarm;

    const found = await findings({
      DescribeAlarms: () => ({
        MetricAlarms: healthy.MetricAlarms.map(changed("-throttles", { AlarmActions: [] }))
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

describe("the log", () => {
  const now = Date.now();
  const event = (fields: object, more: object = {}) => ({ timestamp: now, message: JSON.stringify(fields), ...more });
  const read = async (events: object[], pattern?: string): Promise<LogEvent[]> => {
    const { endpoint } = await account({ FilterLogEvents: () => ({ events }) });
    const group = logGroupOf(clientsFor("us-east-1", endpoint).logs, dev);
    const lines: LogEvent[] = [];
    for await (const line of logEvents(group, { pattern, sinceMs: now - 1 })) lines.push(line);
    return lines;
  };

  it("leaves out lines that do not match the pattern, and lines from before", async () => {
    const wanted = { event: "image.refused", key: "a.jpg" };

    const lines = await read(
      [event({ event: "image.refused", key: "b.jpg" }), event(wanted, { timestamp: now - 60_000 }), event(wanted)],
      '{ ($.event = "image.refused") && ($.key = "a.jpg") }',
    );

    expect(lines.map(({ text }) => JSON.parse(text))).toEqual([wanted]);
  });

  it("ends if the service returns the same page again and again", async () => {
    const { endpoint, calls } = await account({ FilterLogEvents: () => ({ events: [], nextToken: "same" }) });
    const group = logGroupOf(clientsFor("us-east-1", endpoint).logs, dev);

    const lines: LogEvent[] = [];
    for await (const line of logEvents(group, { sinceMs: 0 })) lines.push(line);

    expect([lines.length, calls.length]).toEqual([0, 2]);
  });
});

describe("npm run release", () => {
  const performed = async (wrong: Answers) => {
    const { endpoint, calls } = await account(wrong);
    const error = await release(dev, { endpointUrl: endpoint }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    return { error, moved: calls.filter(({ operation }) => operation === "UpdateAlias").length };
  };

  it("notices another alias", async () => {
    const { error } = await performed({ GetAlias: () => ({ Name: "other", FunctionVersion: "3" }) });

    expect(error).toBe("Expected a version of live from GetAlias but got other at 3");
  });

  it("does not take missing alarms for alarms that are not in ALARM", async () => {
    const { error, moved } = await performed({ DescribeAlarms: () => ({ MetricAlarms: [] }) });

    expect([error, moved]).toEqual([
      "dev is not deployed to us-east-1 of this account, or only in part: there is no alarm image-processor-dev-processor-high-error-rate. Run npm run deploy -- dev",
      0,
    ]);
  });

  it("notices that the alias was not moved", async () => {
    const { error } = await performed({ UpdateAlias: () => ({ Name: "live", FunctionVersion: "3" }) });

    expect(error).toBe("Expected version 4 from UpdateAlias but got 3");
  });
});

describe("npm run smoke", () => {
  const KEY_OF_FAKE = "smoke/1/not-a-photo.jpg";
  const SAMPLES = join(__dirname, "../../scripts/images/samples");
  const SUNRISE = readFileSync(join(SAMPLES, "sunrise-sideways.jpg"));

  const roundAt = (endpoint: string): RoundOptions => ({
    s3: clientsFor("us-east-1", endpoint).s3,
    buckets: bucketsOf(dev),
    prefix: "smoke/1/",
    concurrency: 1,
    waitMs: 40,
    intervalMs: 10,
    signal: new AbortController().signal,
  });

  const refusalWith = async (line: object) => {
    const { endpoint } = await account({
      PutObject: () => "",
      FilterLogEvents: () => ({ events: [{ timestamp: Date.now(), message: JSON.stringify(line) }] }),
    });
    const log = { group: logGroupOf(clientsFor("us-east-1", endpoint).logs, dev), sinceMs: 0 };
    const { result, passed } = await refused({ key: KEY_OF_FAKE, bytes: Buffer.from("x") }, log, roundAt(endpoint));
    return [passed, result];
  };

  it("passes at the refusal of its own file for the right reason only", async () => {
    const line = { event: "image.refused", key: KEY_OF_FAKE, reason: "not-an-image" };

    const results = await Promise.all(
      [line, { ...line, reason: "too-large" }, { ...line, reason: undefined }, { ...line, key: "other.jpg" }]
        .concat({ ...line, event: "image.processed" })
        .map(refusalWith),
    );

    expect(results).toEqual([
      [true, "refused: not-an-image"],
      [false, "refused: too-large"],
      [false, "refused: undefined"],
      [false, "no refusal in the log within 0.04 s"],
      [false, "no refusal in the log within 0.04 s"],
    ]);
  });

  it("notices variants that show another picture, have another size, or are not what their names say", async () => {
    const other = await sharp(readFileSync(join(SAMPLES, "evening-lake.webp")))
      .resize(1536, 2048, { fit: "fill" })
      .jpeg()
      .toBuffer();
    const upright = sharp(SUNRISE).autoOrient();
    const problems = async (stored: Buffer): Promise<string[]> => {
      const { endpoint } = await account({ GetObject: () => stored });
      return variantProblems(SUNRISE, { compressed: "a", webp: "b", thumbnail: "c" }, roundAt(endpoint));
    };
    const { width, height } = await upright
      .clone()
      .toBuffer({ resolveWithObject: true })
      .then(({ info }) => info);

    expect(await problems(await upright.clone().jpeg().toBuffer())).toEqual([
      "webp is jpeg, stored as image/jpeg",
      `thumbnail is ${width} × ${height} px instead of 300 × 225`,
    ]);
    expect((await problems(other))[0]).toBe(`compressed is 1536 × 2048 px instead of ${width} × ${height}`);
    expect((await problems(await sharp(other).resize(width, height, { fit: "fill" }).jpeg().toBuffer()))[0]).toBe(
      "compressed shows another picture",
    );
    expect((await problems(Buffer.from("no picture")))[0]).toBe("compressed is not an image, stored as image/jpeg");
  });
});

describe("npm run alarms", () => {
  const NAME = "image-processor-dev-processor-throttles";
  const ARN = "arn:aws:sns:us-east-1:123456789012:image-processor-dev-critical-alerts";
  const alarm = (changed: object = {}) => ({
    MetricAlarms: [{ AlarmName: NAME, StateValue: "OK", StateReason: "", AlarmActions: [ARN], ...changed }],
  });
  const addressAt = (endpoint: string) => ({
    client: clientsFor("us-east-1", endpoint).cloudwatch,
    environment: dev,
    name: NAME,
  });

  it("reset notices that the state has not changed", async () => {
    const { endpoint } = await account({
      DescribeAlarms: () => alarm({ StateValue: "ALARM" }),
      SetAlarmState: () => ({}),
    });

    await expect(resetAlarm(addressAt(endpoint))).rejects.toThrow(
      `Expected OK for ${NAME} after SetAlarmState but got ALARM`,
    );
  });

  it("reset does not take another alarm for its own", async () => {
    const { endpoint, calls } = await account({ DescribeAlarms: () => alarm({ AlarmName: `${NAME}-2` }) });

    await expect(resetAlarm(addressAt(endpoint))).rejects.toThrow(`there is no alarm ${NAME}.`);
    expect(calls.map(({ operation }) => operation)).toEqual(["DescribeAlarms"]);
  });

  it("test counts only actions of its own alarm and its own topics", async () => {
    const action = (AlarmName: string, arn: string) => ({
      AlarmName,
      HistoryItemType: "Action",
      Timestamp: 2_000_000,
      HistorySummary: `Successfully executed action ${arn}`,
    });
    let reads = 0;
    const { endpoint } = await account({
      DescribeAlarms: () => alarm(),
      SetAlarmState: () => ({}),
      DescribeAlarmHistory: () => ({
        AlarmHistoryItems: reads++ === 0 ? [] : [action(`${NAME}-2`, ARN), action(NAME, "arn:aws:sns:x:y:other")],
      }),
    });

    const result = await testAlarm(addressAt(endpoint), {
      limitMs: 20,
      intervalMs: 5,
      signal: new AbortController().signal,
    });

    expect([result.actions, result.expected]).toEqual([[], 1]);
  });
});

describe("npm run redrive", () => {
  const S3_RECORD = {
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: "image-processor-dev-upload-1" }, object: { key: "album/a+1.jpg", size: 3, eTag: "e" } },
  };
  const EVENT = { Records: [S3_RECORD] };

  /** The client compares the digest. */
  const messageOf = (Body: string) => {
    const MD5OfBody = createHash("md5").update(Body).digest("hex");
    return { MessageId: "1", ReceiptHandle: "h", Body, MD5OfBody, Attributes: { SentTimestamp: "1" } };
  };

  /** @returns what became of one message with this body, and the events that the function received */
  const redriven = async (body: string, wrong: Answers = {}) => {
    const messages = [messageOf(body)];
    const { endpoint, calls } = await account({
      ReceiveMessage: () => ({ Messages: messages.splice(0) }),
      DeleteMessage: () => ({}),
      ChangeMessageVisibility: () => ({}),
      ...wrong,
    });
    const { sqs, lambda } = clientsFor("us-east-1", endpoint);
    const [handled] = await redrive({
      ...{ sqs, lambda, queueUrl: `${endpoint}/1/q`, functionName: "f", holdSeconds: 1, max: 10, isDryRun: false },
      isProcessedBucket: (bucket) => bucket === bucketsOf(dev).processed,
      signal: new AbortController().signal,
    });
    const made = (name: string) => calls.filter(({ operation }) => operation === name);
    const sent = made("Invoke").map(({ input: { url, ...event } }) => event);
    return { status: handled?.status, error: handled?.error, deleted: made("DeleteMessage").length, sent };
  };

  const ENVELOPES: Readonly<Record<string, unknown>> = {
    "an on-failure destination": { requestContext: { condition: "RetriesExhausted" }, requestPayload: EVENT },
    "a notification of SNS": { Type: "Notification", Message: JSON.stringify(EVENT) },
    "a message of SQS": { Records: [{ eventSource: "aws:sqs", messageId: "1", body: JSON.stringify(EVENT) }] },
    "an event of EventBridge": {
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: {
        bucket: { name: "image-processor-dev-upload-1" },
        object: { key: "album/a 1.jpg", size: 3, etag: "e" },
      },
    },
  };

  it.each(Object.entries(ENVELOPES))("sends the upload in %s as S3 itself would", async (_, body) => {
    const { status, deleted, sent } = await redriven(JSON.stringify(body));

    expect([status, deleted]).toEqual(["done", 1]);
    expect(sent).toMatchObject([{ Records: [S3_RECORD] }]);
  });

  it("sends an event of S3 as it is", async () => {
    const { status, sent } = await redriven(JSON.stringify(EVENT));

    expect([status, sent]).toEqual(["done", [EVENT]]);
  });

  // biome-ignore format: a table is read down its columns
  it.each<[string, unknown, string]>([
    ["a text",               "hello",                                                          "the body is not JSON"],
    ["an empty object",      {},                                                               "the event is not from S3"],
    ["no records",           { Records: [] },                                                  "it names no object"],
    ["the test event of S3", { Event: "s3:TestEvent" },                                        "it names no object"],
    ["a record without key", { Records: [S3_RECORD, { s3: {} }] },                             "a record lacks its event name, bucket or key"],
    ["a removal",            { Records: [S3_RECORD, { ...S3_RECORD, eventName: "ObjectRemoved:Delete" }] }, "ObjectRemoved:Delete of album/a 1.jpg is not an upload"],
    ["a folder",             { Records: [{ ...S3_RECORD, s3: { bucket: { name: "b" }, object: { key: "album/" } } }] }, "album/ is a folder"],
    ["a variant",            { Records: [{ ...S3_RECORD, s3: { bucket: { name: "image-processor-dev-processed-1" }, object: { key: "v.jpg" } } }] }, "v.jpg is in the bucket of variants"],
  ])("keeps a message with %s, and invokes nothing", async (_, body, error) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);

    expect(await redriven(text)).toEqual({ status: "not an upload event", error, deleted: 0, sent: [] });
  });

  it("keeps a message if the function fails", async () => {
    const wrong = {
      Invoke: () => ({ raw: { headers: { "x-amz-function-error": "Unhandled" }, body: '{"errorMessage":"no"}' } }),
    };

    expect(await redriven(JSON.stringify(EVENT), wrong)).toMatchObject({ status: "failed", error: "no", deleted: 0 });
  });

  it("keeps a message if the function was not run synchronously", async () => {
    const { status, error, deleted } = await redriven(JSON.stringify(EVENT), {
      Invoke: () => ({ raw: { status: 202 } }),
    });

    expect([status, error, deleted]).toEqual(["failed", "Expected status 200 from Invoke but got 202", 0]);
  });

  it("ends if the queue delivers an invisible message again and again", async () => {
    const ReceiveMessage = () => ({ Messages: [messageOf("{}")] });

    await expect(redriven("", { ReceiveMessage })).rejects.toThrow(
      "Expected other messages from ReceiveMessage but got 1 again and again",
    );
  });
});
