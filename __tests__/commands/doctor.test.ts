/** What `npm run doctor` makes of an account's answers; `npm run test:deploy` runs all of it on a deployed stack. */
import { stripVTControlCharacters } from "node:util";
import type { Metric } from "@aws-sdk/client-cloudwatch";
import { logAlarms, metricAlarms } from "../../modules/alarms";
import { metricAddress } from "../../modules/metrics";
import { naming } from "../../modules/naming";
import { environmentNamed } from "../../scripts/aws/account";
import { BucketsUnclear } from "../../scripts/aws/account-uploads";
import { clientsFor } from "../../scripts/aws/clients";
import { type Check, findingsOf, type Patient, right } from "../../scripts/aws/doctor/check";
import { admits, roomFor } from "../../scripts/aws/doctor/path";
import { deaf, toldBy } from "../../scripts/aws/doctor/watch";
import { findingLines } from "../../scripts/commands/doctor";

const patient = async (): Promise<Patient> => {
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
    expect(admits(policy({}), "arn:aws:s3:::uploads")).toBe(true);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["another bucket's",  { Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::others" } } }],
    ["another service's", { Principal: { Service: "sns.amazonaws.com" } }],
    ["another action's",  { Action: "lambda:GetFunction" }],
    ["a denial",          { Effect: "Deny" }],
  ])("is missing where there is only %s", (_, statement) => {
    expect(admits(policy(statement), "arn:aws:s3:::uploads")).toBe(false);
  });
});

describe("concurrent executions", () => {
  it("are enough where the alarm rings first", () => {
    expect(roomFor(50, 1000, 51).state).toBe("right");
  });

  it("are doubtful where Lambda turns invocations away first, as young accounts do", () => {
    expect(roomFor(50, 50, 50)).toEqual({
      state: "doubtful",
      what: "50 of 50 concurrent executions are unreserved: high-concurrency, at 50, rings too late",
      remedy:
        "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384), or lower concurrent_executions_threshold",
    });
  });
});

describe("alarms without data", () => {
  const alive = async (): Promise<Metric[]> => {
    const { environment, names } = await patient();
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

  it("are none where each has a metric that lives", async () => {
    expect(deaf(await patient(), await alive())).toEqual([]);
  });

  it("are those whose metric lives under other dimensions only", async () => {
    const metrics = (await alive()).map((metric) =>
      metric.MetricName === "Throttles" || metric.MetricName === "LargeImages"
        ? { ...metric, Dimensions: [{ Name: "Resource", Value: "x" }] }
        : metric,
    );

    expect(deaf(await patient(), metrics)).toEqual(["throttles", "large-images"]);
  });
});

describe("subscriptions", () => {
  const ARN = "arn:aws:sns:us-east-1:000000000000:alerts:1";

  // biome-ignore format: a table is read down its columns
  it.each([
    [[ARN],                        true,  "right",    "alerts tells 1"],
    [[ARN, "PendingConfirmation"], true,  "doubtful", "alerts: 1 of 2 not confirmed"],
    [[],                           true,  "wrong",    "alerts tells nobody, though an address is set"],
    [[],                           false, "doubtful", "alerts tells nobody"],
  ])("%j, an address set: %s, are %s", (arns, isWanted, state, what) => {
    expect(toldBy("alerts", arns, isWanted)).toMatchObject({ state, what });
  });
});

describe("a check that cannot be made", () => {
  const failing = (error: Error): Check => ({ name: "any", look: () => Promise.reject(error) });

  it("is not known where the credentials may not ask, and says so", async () => {
    const denied = Object.assign(new Error("not authorized to perform sns:ListTopics"), { name: "AuthorizationError" });

    expect(await findingsOf(failing(denied), await patient())).toEqual([
      {
        state: "unknown",
        what: "not authorized to perform sns:ListTopics",
        remedy: "allow it to these credentials, or ask somebody who may",
      },
    ]);
  });

  it("is wrong where what it looks at is missing", async () => {
    const [finding] = await findingsOf(failing(new BucketsUnclear("no bucket")), await patient());

    expect(finding).toEqual({ state: "wrong", what: "no bucket", remedy: "npm run deploy -- dev" });
  });
});

it("gives the remedy below what was found, and no line where none is needed", () => {
  const lines = [right("all is well"), toldBy("alerts", [], false)].flatMap((finding) => findingLines("log", finding));

  expect(lines.map(stripVTControlCharacters)).toEqual([
    "✓ log            all is well",
    "! log            alerts tells nobody",
    "                 → set alert_email in environments/<env>.local.tfvars and deploy",
  ]);
});
