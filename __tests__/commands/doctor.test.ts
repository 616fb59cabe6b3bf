/** The checks of `npm run doctor`; `npm run test:deploy` runs the whole command on a deployed stack. */
import { stripVTControlCharacters } from "node:util";
import type { Metric } from "@aws-sdk/client-cloudwatch";
import { singleAlarms } from "../../modules/alarm-rows";
import { metricAddress } from "../../modules/metrics";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { NotDeployed, remedyFor } from "../../scripts/aws/account";
import { BucketsUnclear } from "../../scripts/aws/account-uploads";
import { clientsFor } from "../../scripts/aws/clients";
import { type Check, findingsOf, ok, type Subject, warning } from "../../scripts/aws/doctor/check";
import { keyFinding } from "../../scripts/aws/doctor/encryption";
import { alarmsWithoutData } from "../../scripts/aws/doctor/monitoring";
import {
  allowsInvoke,
  differingSettings,
  reservedFinding,
  unreservedFinding,
} from "../../scripts/aws/doctor/upload-path";
import { findingLines } from "../../scripts/commands/doctor";
import { committed, devWith } from "../modules/synthesized";

let dev: Environment;

beforeAll(async () => {
  dev = await committed("dev");
});

const subject = (): Subject => ({
  environment: dev,
  names: naming(dev),
  aws: clientsFor("us-east-1", "http://127.0.0.1:1"),
});

const policy = (statement: object): string =>
  JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "lambda:InvokeFunction",
        Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" } },
        ...statement,
      },
    ],
  });

describe("the permission", () => {
  it("is S3's, for this bucket", () => {
    expect(allowsInvoke(policy({}), "arn:aws:s3:::uploads")).toBe(true);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["another bucket's",  { Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::others" } } }],
    ["another service's", { Principal: { Service: "sns.amazonaws.com" } }],
    ["another action's",  { Action: "lambda:GetFunction" }],
    ["a denial",          { Effect: "Deny" }],
  ])("is missing where there is only %s", (_, statement) => {
    expect(allowsInvoke(policy(statement), "arn:aws:s3:::uploads")).toBe(false);
  });
});

describe("the function's settings", () => {
  const asConfigured = () => ({
    MemorySize: dev.lambda_memory_size,
    Timeout: dev.lambda_timeout,
    Runtime: dev.lambda_runtime,
    Architectures: [dev.lambda_architecture],
  });

  it("are right if all are as the variables say", () => {
    expect(differingSettings(asConfigured(), dev)).toEqual([]);
  });

  it("are named with both values if they differ", () => {
    expect(differingSettings({ ...asConfigured(), MemorySize: 128, Timeout: undefined }, dev)).toEqual([
      "MemorySize 128 instead of 1024",
      "Timeout undefined instead of 60",
    ]);
  });
});

describe("the function's reserved concurrency", () => {
  const REMEDY =
    "aws lambda delete-function-concurrency --function-name f --region us-east-1; npm run deploy -- dev does it too";

  it("is a problem at 0, which stops the function", () => {
    expect(reservedFinding(dev, "f", 0)).toEqual({
      state: "problem",
      what: "its reserved concurrency is 0 (set in the console?): Lambda throttles every invocation",
      remedy: REMEDY,
    });
  });

  it("is a problem if it is another than configured", async () => {
    const reserving = await devWith("reserved_concurrent_executions = 100");

    expect([reservedFinding(dev, "f", 5), reservedFinding(reserving, "f")]).toEqual([
      { state: "problem", what: "its reserved concurrency is 5 instead of -1", remedy: REMEDY },
      {
        state: "problem",
        what: "its reserved concurrency is not set instead of 100",
        remedy:
          "aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 100 --region us-east-1; npm run deploy -- dev does it too",
      },
    ]);
  });

  it("leaves the account's limit to be checked if none is reserved", () => {
    expect(reservedFinding(dev, "f")).toBeUndefined();
    expect(unreservedFinding(50, 1000, 51).state).toBe("ok");
  });

  it("is fine at any limit where no alarm counts parallel invocations", () => {
    expect(unreservedFinding(undefined, 50, 50)).toEqual({
      state: "ok",
      what: "50 of 50 concurrent executions are unreserved",
    });
  });

  it("is a warning if Lambda throttles before the alarm can fire, as in new accounts", () => {
    expect(unreservedFinding(50, 50, 50)).toEqual({
      state: "warning",
      what: "50 of 50 concurrent executions are unreserved: high-concurrency, at 50, cannot fire before Lambda throttles",
      remedy:
        "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384), or lower concurrent_executions_threshold",
    });
  });
});

describe("a KMS key", () => {
  const WHY = "uploads, alerts cannot be read or written";

  // biome-ignore format: a table is read down its columns
  it.each([
    ["Enabled",         { state: "ok",      what: "key is enabled" }],
    ["Disabled",        { state: "problem", what: `key is disabled: ${WHY}`, remedy: "aws kms enable-key --key-id key" }],
    ["PendingDeletion", { state: "problem", what: `key is scheduled for deletion: ${WHY}`, remedy: "aws kms cancel-key-deletion --key-id key, then aws kms enable-key --key-id key" }],
    ["Updating",        { state: "warning", what: "key has the state Updating", remedy: "wait, then run doctor again" }],
    [undefined,         { state: "problem", what: `key does not exist: ${WHY}`, remedy: "set another key in the environment's variables, and deploy" }],
  ])("in the state %s is reported with its remedy", (state, finding) => {
    expect(keyFinding("key", state, ["uploads", "alerts"])).toEqual(finding);
  });
});

describe("alarms without data", () => {
  const alive = (): Metric[] => {
    const { environment, names } = subject();
    const watched = { functionName: names.functionName, metricNamespace: environment.metric_namespace };
    return singleAlarms(environment)
      .flatMap(({ metric }) => (typeof metric === "string" ? [metric] : Object.values(metric.of)))
      .map((metric) => metricAddress(metric, watched))
      .map(({ namespace, metricName, dimensions = {} }) => ({
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }));
  };

  it("are none if each has a metric with data", () => {
    expect(alarmsWithoutData(subject(), alive())).toEqual([]);
  });

  it("are those whose metric has data only under other dimensions", () => {
    const metrics = alive().map((metric) =>
      metric.MetricName === "Throttles" || metric.MetricName === "LargeImages"
        ? { ...metric, Dimensions: [{ Name: "Resource", Value: "x" }] }
        : metric,
    );

    expect(alarmsWithoutData(subject(), metrics)).toEqual(["throttles", "large-images"]);
  });
});

describe("a check that cannot be made", () => {
  const failing = (error: Error): Check => ({ name: "any", look: () => Promise.reject(error) });

  it("is unknown if the credentials may not make the call, and says so", async () => {
    const denied = Object.assign(new Error("not authorized to perform sns:ListTopics"), { name: "AuthorizationError" });

    expect(await findingsOf(failing(denied), subject())).toEqual([
      {
        state: "unknown",
        what: "not authorized to perform sns:ListTopics",
        remedy: "allow this call to your credentials, or use credentials that may make it",
      },
    ]);
  });

  it("is a problem if the account has several buckets for one", async () => {
    const [finding] = await findingsOf(failing(new BucketsUnclear("two buckets")), subject());

    expect(finding).toEqual({ state: "problem", what: "two buckets", remedy: "npm run deploy -- dev" });
  });

  it("is a problem if the environment is not deployed", async () => {
    const [finding] = await findingsOf(failing(new NotDeployed(dev, "topic t")), subject());

    expect(finding).toEqual({
      state: "problem",
      what: "dev is not deployed to us-east-1 of this account, or only in part: there is no topic t. Run npm run deploy -- dev",
      remedy: "npm run deploy -- dev",
    });
  });

  const serviceError = (name: string, more: object = {}) => Object.assign(new Error("x"), { name, ...more });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["ThrottlingException",       {},                                      "try again"],
    ["InternalFailure",           { $metadata: { httpStatusCode: 500 } },  "try again"],
    ["TimeoutError",              {},                                      "try again"],
    ["AccessDenied",              {},                                      "allow this call to your credentials, or use credentials that may make it"],
    ["ExpiredTokenException",     {},                                      "sign in again: the credentials have expired or are not valid"],
    ["UnknownOperationException", {},                                      "look in the AWS console: this endpoint does not support the call"],
    ["Error",                     { code: "ECONNREFUSED" },                "check the network connection, the region and the address of the endpoint"],
    ["ValidationException",       { $metadata: { httpStatusCode: 400 } },  undefined],
    ["TypeError",                 {},                                      undefined],
  ])("because of %s %j suggests a retry only if it can help", (name, more, remedy) => {
    expect(remedyFor(serviceError(name, more))).toBe(remedy);
  });

  it("does not suggest a retry after a page of HTML", () => {
    const error = new Error("no JSON", {
      cause: Object.assign(new SyntaxError("x"), { $metadata: { httpStatusCode: 500 } }),
    });

    expect(remedyFor(error)).toBe("look in the AWS console: this endpoint does not support the call");
  });
});

it("prints the remedy below the finding, and no line without one", () => {
  const lines = [ok("all is well"), warning("no subscription", "set alert_email")].flatMap((finding) =>
    findingLines("log", finding),
  );

  expect(lines.map(stripVTControlCharacters)).toEqual([
    "✓ log            all is well",
    "! log            no subscription",
    "                 → set alert_email",
  ]);
});
