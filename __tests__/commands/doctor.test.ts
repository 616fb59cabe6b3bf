/** The checks of `npm run doctor`; `npm run test:deploy` runs the whole command on a deployed stack. */
import { stripVTControlCharacters } from "node:util";
import type { Metric } from "@aws-sdk/client-cloudwatch";
import { logAlarms, metricAlarms } from "../../modules/alarms";
import { metricAddress } from "../../modules/metrics";
import { naming } from "../../modules/naming";
import { environmentNamed } from "../../scripts/aws/account";
import { BucketsUnclear } from "../../scripts/aws/account-uploads";
import { clientsFor } from "../../scripts/aws/clients";
import { type Check, findingsOf, ok, type Subject } from "../../scripts/aws/doctor/check";
import { alarmsWithoutData, subscriptionFinding } from "../../scripts/aws/doctor/monitoring";
import { allowsInvoke, concurrencyFinding } from "../../scripts/aws/doctor/upload-path";
import { findingLines } from "../../scripts/commands/doctor";

const subject = async (): Promise<Subject> => {
  const environment = await environmentNamed("dev");
  const names = naming(environment);
  return { environment, names, aws: clientsFor("us-east-1", "http://127.0.0.1:1") };
};

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

describe("concurrent executions", () => {
  it("are enough if the alarm can fire before Lambda throttles", () => {
    expect(concurrencyFinding(50, 1000, 51).state).toBe("ok");
  });

  it("are a warning if Lambda throttles first, as in new accounts", () => {
    expect(concurrencyFinding(50, 50, 50)).toEqual({
      state: "warning",
      what: "50 of 50 concurrent executions are unreserved: high-concurrency, at 50, cannot fire before Lambda throttles",
      remedy:
        "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384), or lower concurrent_executions_threshold",
    });
  });
});

describe("alarms without data", () => {
  const alive = async (): Promise<Metric[]> => {
    const { environment, names } = await subject();
    const watched = { functionName: names.functionName, metricNamespace: environment.metric_namespace };
    return [...metricAlarms(environment), ...logAlarms(environment)]
      .flatMap(({ metric }) => (typeof metric === "string" ? [metric] : Object.values(metric.of)))
      .map((metric) => metricAddress(metric, watched))
      .map(({ namespace, metricName, dimensions = {} }) => ({
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }));
  };

  it("are none if each has a metric with data", async () => {
    expect(alarmsWithoutData(await subject(), await alive())).toEqual([]);
  });

  it("are those whose metric has data only under other dimensions", async () => {
    const metrics = (await alive()).map((metric) =>
      metric.MetricName === "Throttles" || metric.MetricName === "LargeImages"
        ? { ...metric, Dimensions: [{ Name: "Resource", Value: "x" }] }
        : metric,
    );

    expect(alarmsWithoutData(await subject(), metrics)).toEqual(["throttles", "large-images"]);
  });
});

describe("subscriptions", () => {
  const ARN = "arn:aws:sns:us-east-1:000000000000:alerts:1";

  // biome-ignore format: a table is read down its columns
  it.each([
    [[ARN],                        true,  "ok",       "alerts has 1 confirmed subscriptions"],
    [[ARN, "PendingConfirmation"], true,  "warning",  "alerts: 1 of 2 subscriptions are not confirmed"],
    [[],                           true,  "problem",  "alerts has no subscription, although an address is set"],
    [[],                           false, "warning",  "alerts has no subscription"],
  ])("%j, an address set: %s, are %s", (arns, isWanted, state, what) => {
    expect(subscriptionFinding("alerts", arns, isWanted)).toMatchObject({ state, what });
  });
});

describe("a check that cannot be made", () => {
  const failing = (error: Error): Check => ({ name: "any", look: () => Promise.reject(error) });

  it("is unknown if the credentials may not make the call, and says so", async () => {
    const denied = Object.assign(new Error("not authorized to perform sns:ListTopics"), { name: "AuthorizationError" });

    expect(await findingsOf(failing(denied), await subject())).toEqual([
      {
        state: "unknown",
        what: "not authorized to perform sns:ListTopics",
        remedy: "allow this call to your credentials, or use credentials that may make it",
      },
    ]);
  });

  it("is a problem if the checked resource is missing", async () => {
    const [finding] = await findingsOf(failing(new BucketsUnclear("no bucket")), await subject());

    expect(finding).toEqual({ state: "problem", what: "no bucket", remedy: "npm run deploy -- dev" });
  });
});

it("prints the remedy below the finding, and no line without one", () => {
  const lines = [ok("all is well"), subscriptionFinding("alerts", [], false)].flatMap((finding) =>
    findingLines("log", finding),
  );

  expect(lines.map(stripVTControlCharacters)).toEqual([
    "✓ log            all is well",
    "! log            alerts has no subscription",
    "                 → set alert_email in environments/<env>.local.tfvars and deploy",
  ]);
});
