/** `npm run alarms -- <env> test NAME`, against a CloudWatch on this machine. */
import { testAlarm } from "../../scripts/aws/account-alarms";
import { clientsFor } from "../../scripts/aws/clients";
import { testLines } from "../../scripts/commands/alarms";
import { address, cloudWatch, NAME, plain, shortWait, stopLater } from "./alarm-account";
import { startAwsJson } from "./aws-json";
import { type Alarm, FAILURE, quiet, SUCCESS, TOPIC } from "./cloudwatch";
import { run, start } from "./run";

describe("npm run alarms -- <env> test NAME", () => {
  it("sets ALARM, shows the actions, and restores the state before", async () => {
    const { client, settings } = await cloudWatch([quiet(NAME, { StateValue: "INSUFFICIENT_DATA" })]);

    const result = await testAlarm(address(client), shortWait());

    expect(settings()).toEqual([
      ["ALARM", "test by npm run alarms"],
      ["INSUFFICIENT_DATA", "test by npm run alarms is over"],
    ]);
    expect(plain(testLines(NAME, result))).toEqual([
      `${NAME}  INSUFFICIENT_DATA -> ALARM`,
      `  1970-01-12T13:46:41.000Z  ${SUCCESS}`,
      `${NAME}  ALARM -> INSUFFICIENT_DATA, by the test: test by npm run alarms is over`,
      "1 of 1 actions succeeded",
    ]);
  });

  it("keeps a state that CloudWatch has set meanwhile, because the cause may be real", async () => {
    const evaluation = { StateValue: "ALARM", StateReason: "Threshold Crossed" };
    const { client, settings } = await cloudWatch([quiet(NAME)], { evaluation });

    const { end } = await testAlarm(address(client), shortWait());

    expect(settings()).toEqual([["ALARM", "test by npm run alarms"]]);
    expect(end).toEqual({ by: "CloudWatch", state: "ALARM", reason: "Threshold Crossed" });
  });

  it("ends with exit code 1 if an action failed, and shows why", async () => {
    const { endpoint, settings } = await cloudWatch([quiet(NAME)], { actions: [FAILURE] });

    const { code, stdout } = await run("alarms", "dev", "test", "timeout-errors", "--endpoint-url", endpoint);

    expect([code, stdout.split("\n")[1]?.trim(), stdout.split("\n")[3]]).toEqual([
      1,
      `1970-01-12T13:46:41.000Z  ${FAILURE}`,
      "1 of 1 actions failed",
    ]);
    expect(settings()).toContainEqual(["OK", "test by npm run alarms is over"]);
  });

  it("stops at the time limit, shows how many actions it has seen, and restores the alarm", async () => {
    const { client, settings } = await cloudWatch([quiet(NAME, { AlarmActions: [TOPIC, TOPIC] })]);

    const result = await testAlarm(address(client), { ...shortWait(), limitMs: 20 });

    expect(plain(testLines(NAME, result)).at(-1)).toBe(`Expected 2 actions for ${NAME} but got 1`);
    expect(settings()).toContainEqual(["OK", "test by npm run alarms is over"]);
  });

  it("restores the alarm on Ctrl-C", async () => {
    const { endpoint, calls, settings } = await cloudWatch([quiet(NAME)], { actions: [] });
    const { child, ended } = start("alarms", "dev", "test", "timeout-errors", "--endpoint-url", endpoint);
    const waits = () => calls.filter(({ operation }) => operation === "DescribeAlarmHistory").length > 1;
    while (!waits() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));

    child.kill("SIGINT");
    const { code } = await ended;

    expect(code).toBe(130);
    expect(settings()).toEqual([
      ["ALARM", "test by npm run alarms"],
      ["OK", "test by npm run alarms is over"],
    ]);
  });

  it("restores the alarm if its history can no longer be read", async () => {
    const { client, settings } = await cloudWatch([quiet(NAME)], { reads: 1 });

    await expect(testAlarm(address(client), shortWait())).rejects.toThrow(
      "Expected an answer to DescribeAlarmHistory but got AccessDenied: not authorized to perform: DescribeAlarmHistory",
    );
    expect(settings()).toContainEqual(["OK", "test by npm run alarms is over"]);
  });

  it.each<[string, Partial<Alarm>, string]>([
    [
      "is in ALARM",
      { StateValue: "ALARM" },
      `Expected OK or INSUFFICIENT_DATA for ${NAME} but got ALARM (no datapoints): an alarm executes its actions only when it changes to ALARM`,
    ],
    [
      "has its actions disabled",
      { ActionsEnabled: false },
      `Expected enabled actions for ${NAME} but got disabled ones: the alarm would notify no one`,
    ],
    [
      "has no actions",
      { AlarmActions: [] },
      `Expected actions for ${NAME} but got none: the alarm would notify no one`,
    ],
  ])("refuses an alarm that %s, and changes nothing", async (_, alarm, message) => {
    const { client, settings } = await cloudWatch([quiet(NAME, alarm)]);

    await expect(testAlarm(address(client), shortWait())).rejects.toThrow(message);
    expect(settings()).toEqual([]);
  });

  it("refuses an endpoint that keeps no history, and changes nothing", async () => {
    const { endpoint, calls, stop } = await startAwsJson({ DescribeAlarms: () => ({ MetricAlarms: [quiet(NAME)] }) });
    stopLater(stop);

    await expect(testAlarm(address(clientsFor("us-east-1", endpoint).cloudwatch), shortWait())).rejects.toThrow(
      "Expected an answer to DescribeAlarmHistory but got HTTP 500 and no JSON: the endpoint may not know it",
    );
    expect(calls.map(({ operation }) => operation)).not.toContain("SetAlarmState");
  });
});
