/** `npm run release`, against a Lambda, a CodeDeploy and a CloudWatch on this machine. */
import type { Environment } from "../../modules/variables";
import { clientsFor } from "../../scripts/aws/clients";
import { type Shift, shiftTraffic } from "../../scripts/aws/release/shift";
import { release } from "../../scripts/commands/release";
import { committed } from "../modules/synthesized";
import { ServiceError } from "./aws-json";
import { startLambda } from "./lambda-alias";
import { run } from "./run";

const FUNCTION = "image-processor-prod-processor";
const IN_ALARM = `${FUNCTION}-release-errors`;

/** Version 4 gets a tenth. */
const HALF_WAY = { FunctionVersion: "3", RoutingConfig: { AdditionalVersionWeights: { "4": 0.1 } } };

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const account = async (...args: Parameters<typeof startLambda>) => {
  const server = await startLambda(...args);
  stops.push(server.stop);
  const command = (...options: string[]) =>
    run("release", "prod", "--no-samples", "--endpoint-url", server.endpoint, ...options);
  const perform = async (
    options: Partial<Parameters<typeof release>[1]> = {},
    changes: Partial<Environment> = {},
  ): Promise<Awaited<ReturnType<typeof release>>> => {
    const environment = { ...(await committed("prod")), ...changes };
    return release(environment, { samples: false, ...options, endpointUrl: server.endpoint });
  };
  const named = (name: string) => server.calls.filter(({ operation }) => operation === name).map(({ input }) => input);
  return { ...server, command, perform, named };
};

/** Moves the weights of the account's alias from version 3 to 4, a minute of the strategy being a few milliseconds. */
const shift = async (
  { endpoint }: { endpoint: string },
  options: Pick<Shift, "strategy"> & Partial<Shift>,
): Promise<unknown> => {
  const { lambda, cloudwatch } = clientsFor("us-east-1", endpoint);
  const environment = await committed("prod");
  return shiftTraffic(
    { environment, lambda, functionName: FUNCTION, aliasName: "live" },
    {
      from: "3",
      to: "4",
      watch: { environment, cloudwatch, alarmNames: [IN_ALARM] },
      signal: new AbortController().signal,
      onShare: () => {},
      minuteMs: 4,
      intervalMs: 2,
      ...options,
    },
  );
};

describe("without CodeDeploy, a release", () => {
  it("gives the new version a share, waits, gives it everything, and notes the version before", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    expect(await shift(aws, { strategy: "Canary10Percent5Minutes" })).toEqual({ status: "released" });

    expect(aws.shares).toEqual(["3 4 0.1", "4"]);
    expect(aws.alias().Description).toBe("previous version: 3");
  });

  it("goes up step by step where the strategy is linear", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    await shift(aws, { strategy: "Linear10PercentEvery1Minute" });

    const steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((weight) => `3 4 ${weight}`);
    expect(aws.shares).toEqual([...steps, "4"]);
  });

  it("gives it everything at once where the strategy says so", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    await shift(aws, { strategy: "AllAtOnce" });

    expect(aws.shares).toEqual(["4"]);
  });

  it("is rolled back when a critical alarm goes off", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"], {
      inAlarm: (reads) => (reads >= 2 ? [IN_ALARM] : []),
    });

    const ended = await shift(aws, { strategy: "Linear10PercentEvery1Minute", minuteMs: 1_000 });

    expect(ended).toEqual({ status: "rolled back", reason: `${IN_ALARM} went to ALARM` });
    expect(aws.shares).toEqual(["3 4 0.1", "3"]);
  });

  it("is rolled back when it is interrupted", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);
    const controller = new AbortController();

    const ended = await shift(aws, {
      strategy: "Canary10Percent30Minutes",
      minuteMs: 60_000,
      signal: controller.signal,
      onShare: () => controller.abort(),
    });

    expect(ended).toEqual({ status: "rolled back", reason: "it was interrupted" });
    expect(aws.shares).toEqual(["3 4 0.1", "3"]);
  });

  it("is rolled back when the alarms cannot be seen", async () => {
    const inAlarm = () => {
      throw new ServiceError("AccessDenied", "not authorized to perform: DescribeAlarms");
    };
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"], { inAlarm });

    await expect(shift(aws, { strategy: "Canary10Percent5Minutes" })).rejects.toThrow(
      "Expected an answer to DescribeAlarms but got AccessDenied: not authorized to perform: DescribeAlarms",
    );
    expect(aws.shares).toEqual(["3 4 0.1", "3"]);
  });
});

describe("with CodeDeploy, npm run release -- prod", () => {
  it("passes it the two versions, and follows the deployment to its end", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    const { code, stdout, stderr } = await aws.command("--json");

    const strategy = "Canary10Percent10Minutes";
    const result = { environment: "prod", from: "3", to: "4", strategy, by: "CodeDeploy", status: "released" };
    expect([code, JSON.parse(stdout)]).toEqual([0, result]);
    expect(stderr).toBe("deployment d-EXAMPLE: 3 -> 4\nSucceeded\n");
    const [{ revision, ...deployment } = {}] = aws.named("CreateDeployment");
    expect(deployment).toMatchObject({ applicationName: FUNCTION, deploymentGroupName: "live" });
    const { content } = (revision as { appSpecContent: { content: string } }).appSpecContent;
    expect(JSON.parse(content).Resources).toEqual([
      {
        live: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: FUNCTION, Alias: "live", CurrentVersion: "3", TargetVersion: "4" },
        },
      },
    ]);
  });

  it("ends with exit code 1 and the reason if the deployment was rolled back", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"], { statuses: ["Stopped"] });

    const { code, stdout } = await aws.command("--json");

    expect([code, JSON.parse(stdout)]).toMatchObject([1, { status: "rolled back", reason: "An alarm is in ALARM." }]);
  });

  it("starts nothing while a critical alarm is in ALARM, except with --ignore-alarms", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"], { inAlarm: () => [IN_ALARM] });

    await expect(aws.perform()).rejects.toThrow(
      `Expected no critical alarm in ALARM but got ${IN_ALARM}: the release would be rolled back at once. --ignore-alarms releases anyway`,
    );
    expect(await aws.perform({ ignoreAlarms: true })).toMatchObject({ status: "released" });
    expect(aws.named("CreateDeployment")).toMatchObject([{ overrideAlarmConfiguration: { enabled: false } }]);
  });

  it("starts nothing during a page, although only its own alarm rolls it back", async () => {
    const page = `${FUNCTION}-page`;
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"], { inAlarm: () => [page] });

    await expect(aws.perform({}, { alarm_routing: "incident" })).rejects.toThrow(
      `Expected no critical alarm in ALARM but got ${page}: failures of the new version could not be distinguished from it. --ignore-alarms releases anyway`,
    );
    expect([aws.named("CreateDeployment"), aws.shares]).toEqual([[], []]);
  });

  it("only says what it would do in a dry run", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    expect(await aws.perform({ dryRun: true })).toMatchObject({ from: "3", to: "4", nothing: "dry run" });
    expect([aws.named("CreateDeployment"), aws.shares]).toEqual([[], []]);
  });

  it("rolls back a release in progress by stopping the deployment", async () => {
    const aws = await account(HALF_WAY, ["3", "4"], { statuses: ["Stopped"] });
    aws.begin();

    const result = await aws.perform({ rollback: true });

    expect(result).toEqual({ from: "4", to: "3", by: "CodeDeploy", restored: "3" });
    expect(aws.named("StopDeployment")).toEqual([{ deploymentId: "d-EXAMPLE", autoRollbackEnabled: true }]);
  });

  it("returns to the previous version in one command, and to the one before in another", async () => {
    const aws = await account({ FunctionVersion: "4", Description: "previous version: 2" }, ["1", "2", "3", "4"]);

    await aws.perform({ rollback: true });
    await aws.perform({ rollback: true });

    expect(aws.shares).toEqual(["2", "1"]);
  });

  it("goes back beyond the version that a failed release has noted", async () => {
    const aws = await account({ FunctionVersion: "3", Description: "previous version: 3" }, ["1", "2", "3", "4"]);

    expect(await aws.perform({ rollback: true })).toMatchObject({ from: "3", restored: "2" });
  });

  it("shows the version in service, alarms in ALARM, and the release in progress", async () => {
    const aws = await account(HALF_WAY, ["3", "4"], { inAlarm: () => [IN_ALARM] });
    aws.begin();

    expect(await aws.perform({ status: true })).toEqual({
      version: "3",
      next: { version: "4", percent: 10 },
      newest: 4,
      deployment: "d-EXAMPLE",
      inAlarm: [IN_ALARM],
    });
  });

  it("refuses to start while another release is in progress", async () => {
    const aws = await account(HALF_WAY, ["3", "4"]);

    await expect(aws.perform()).rejects.toThrow(
      "Expected no release in progress but got version 4 at 10 %: wait until it ends, or roll it back with --rollback",
    );
  });

  it("refuses a version that does not exist", async () => {
    const aws = await account({ FunctionVersion: "3" }, ["3", "4"]);

    await expect(aws.perform({ to: 9 })).rejects.toThrow("Expected one of the versions 4, 3 to release but got 9");
  });

  it("refuses an environment without the alias", async () => {
    const { code, stderr } = await run("release", "dev");

    expect([code, stderr]).toEqual([
      2,
      "error: Expected true for enable_release_alias of dev but got false: without the alias, a deployment is in service at once\n",
    ]);
  });
});
