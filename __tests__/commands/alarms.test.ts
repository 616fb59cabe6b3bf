/** `npm run alarms`: list and reset, against a CloudWatch on this machine, and against moto where that is installed. */
import { spawnSync } from "node:child_process";
import { type CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { fullName, listAlarms, resetAlarm, testAlarm } from "../../scripts/aws/account-alarms";
import { clientsFor } from "../../scripts/aws/clients";
import { startMoto } from "../../scripts/aws/terraform/moto";
import { alarmLines } from "../../scripts/commands/alarms";
import { ago } from "../../scripts/terminal/ago";
import { synthesized as synthesizedStack } from "../modules/synthesized";
import {
  address,
  cloudWatch,
  committedEnvironments,
  dev,
  NAME,
  PREFIX,
  plain,
  shortWait,
  stopLater,
} from "./alarm-account";
import { type Alarm, quiet, SINCE, TOPIC } from "./cloudwatch";
import { run } from "./run";

/** The arguments of a synthesized alarm that the tests read. */
interface Synthesized {
  readonly alarm_name: string;
  readonly comparison_operator: "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly evaluation_periods: number;
}

/** By the names of the environments. */
const synthesized: Record<string, Synthesized[]> = {};

beforeAll(() => {
  for (const environment of committedEnvironments()) {
    const { aws_cloudwatch_metric_alarm: alarms, aws_cloudwatch_composite_alarm: composites } =
      synthesizedStack(environment).resource;
    synthesized[environment.environment] = Object.values({ ...alarms, ...composites }) as unknown as Synthesized[];
  }
});

const allQuiet = (): Alarm[] => (synthesized.dev ?? []).map(({ alarm_name }) => quiet(alarm_name));

describe("npm run alarms -- <env> list", () => {
  it("expects exactly the alarms that are synthesized, in every environment", async () => {
    for (const environment of committedEnvironments()) {
      const names = (synthesized[environment.environment] ?? []).map(({ alarm_name }) => alarm_name);
      const { client } = await cloudWatch(names.map((name) => quiet(name)));

      const listed = await listAlarms(client, environment);

      expect([listed.alarms.length, listed.missing, listed.extra]).toEqual([names.length, [], []]);
      expect(names.map((name) => fullName(environment, name))).toEqual(names);
    }
  });

  it("shows alarms in ALARM first, since when, why, and whether they notify anyone", async () => {
    const { client } = await cloudWatch([
      quiet(`${PREFIX}throttles`),
      quiet(`${PREFIX}memory-errors`, { StateValue: "INSUFFICIENT_DATA", ActionsEnabled: false }),
      quiet(NAME, { StateValue: "ALARM", StateReason: "Threshold Crossed" }),
    ]);

    const { alarms } = await listAlarms(client, dev());

    expect(plain(alarmLines({ alarms, missing: [], extra: [] }, SINCE.getTime() + 3 * 3_600_000))).toEqual([
      "ALARM              timeout-errors  3 h ago     Threshold Crossed",
      "INSUFFICIENT_DATA  memory-errors   3 h ago     notifies no one: its actions are disabled. no datapoints",
      "OK                 throttles       3 h ago     no datapoints",
    ]);
  });

  it("shows a time in the largest unit that fits", () => {
    const seconds = [-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400, 900_000];

    expect(seconds.map((each) => ago(each * 1_000))).toEqual(
      ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"].map((time) => `${time} ago`),
    );
  });

  it("ends with exit code 1 and names what is missing and what is extra", async () => {
    const present = allQuiet().filter(({ AlarmName }) => AlarmName !== NAME);
    const { endpoint } = await cloudWatch([...present, quiet(`${PREFIX}by-hand`)]);

    const { code, stdout, stderr } = await run("alarms", "dev", "list", "--endpoint-url", endpoint);

    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout.trim().split("\n").slice(-2)).toEqual([
      "missing  timeout-errors: the environment defines it, the account does not have it",
      "extra    by-hand: the account has it, the environment does not define it",
    ]);
  });

  it("ends with exit code 0 if all alarms exist, and prints JSON on demand", async () => {
    const { endpoint } = await cloudWatch(allQuiet());

    const { code, stdout } = await run("alarms", "dev", "list", "--json", "--endpoint-url", endpoint);

    const { alarms, ...rest } = JSON.parse(stdout);
    expect([code, rest]).toEqual([0, { environment: "dev", region: dev().aws_region, missing: [], extra: [] }]);
    expect(alarms.find(({ name }: { name: string }) => name === "timeout-errors")).toEqual({
      name: "timeout-errors",
      state: "OK",
      since: SINCE.toISOString(),
      reason: "no datapoints",
      actionsEnabled: true,
      notifies: [TOPIC],
    });
  });
});

describe("npm run alarms -- <env> reset NAME", () => {
  it("sets OK with a reason, and shows the state before", async () => {
    const { endpoint, settings } = await cloudWatch([quiet(NAME, { StateValue: "ALARM" })]);

    const { code, stdout } = await run("alarms", "dev", "reset", NAME, "--endpoint-url", endpoint);

    expect([code, stdout]).toEqual([0, `${NAME}  ALARM -> OK, until CloudWatch evaluates it again\n`]);
    expect(settings()).toEqual([["OK", "reset by npm run alarms"]]);
  });

  it("refuses an alarm that the account does not have", async () => {
    const { client } = await cloudWatch([]);

    await expect(resetAlarm(address(client))).rejects.toThrow(
      `dev is not deployed to us-east-1 of this account, or only in part: there is no alarm ${NAME}. Run npm run deploy -- dev`,
    );
  });
});

describe("npm run alarms", () => {
  it("refuses, in one line and without asking the account, what is not an alarm, a verb or an environment", async () => {
    const wrong = [
      ["dev", "test", "timeout-eror"],
      ["dev", "reset"],
      ["dev", "list", NAME],
      ["dev", "lst"],
      ["moon", "list"],
      ["dev", "test", NAME, "--wait", "soon"],
    ];

    const ended = await Promise.all(wrong.map((args) => run("alarms", ...args)));

    expect(ended.map(({ code }) => code)).toEqual(wrong.map(() => 2));
    expect(ended.map(({ stdout, stderr }) => `${stdout}${stderr}`)).toEqual([
      'error: Expected an alarm of dev for NAME but got "timeout-eror"; did you mean timeout-errors?\n',
      "error: Expected the name of an alarm for reset but got nothing\n",
      `error: Expected no name for list but got "${NAME}"\n`,
      'error: Expected one of list, test, reset for <verb> but got "lst"\n',
      'error: Expected one of dev, prod, staging for <env> but got "moon"\n',
      'error: Expected a whole number of seconds from 1 to 999 for --wait but got "soon"\n',
    ]);
  });

  it("refuses, in one line, to work without credentials", async () => {
    const { code, stdout, stderr } = await run("alarms", "dev", "list");

    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      "error: Expected AWS credentials in the shell but got none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n",
    ]);
  });
});

/** To run moto_server takes seconds of CPU time, to look for it does not. */
const hasMoto = spawnSync("sh", ["-c", "command -v moto_server"]).status === 0;

(hasMoto ? describe : describe.skip)(`moto as the account${hasMoto ? "" : " (there is no moto_server here)"}`, () => {
  const put = ({ alarm_name, ...alarm }: Synthesized, client: CloudWatchClient) =>
    client.send(
      new PutMetricAlarmCommand({
        AlarmName: alarm_name,
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: alarm.evaluation_periods,
        Threshold: alarm.threshold,
        ComparisonOperator: alarm.comparison_operator,
        AlarmActions: [TOPIC],
      }),
    );

  it("lists and resets the synthesized alarms, and refuses a test, because moto keeps no history", async () => {
    const moto = await startMoto(0);
    stopLater(moto.stop);
    const client = clientsFor("us-east-1", moto.endpoint).cloudwatch;
    const rows = synthesized.dev ?? [];
    for (const row of rows) await put(row, client);

    const { before } = await resetAlarm(address(client));
    const listed = await listAlarms(client, dev());

    expect(before.StateValue).toBe("OK");
    expect([listed.alarms.length, listed.missing, listed.extra]).toEqual([rows.length, [], []]);
    expect(listed.alarms.find(({ name }) => name === "timeout-errors")?.reason).toBe("reset by npm run alarms");
    await expect(testAlarm(address(client), shortWait())).rejects.toThrow(
      "Expected an answer to DescribeAlarmHistory but got HTTP 500 and no JSON: the endpoint may not know it",
    );
    expect((await listAlarms(client, dev())).alarms.map(({ state }) => state)).toEqual(rows.map(() => "OK"));
  });
});
