/** The evaluation periods that follow from lambda_timeout, and the releases that move on too early. */

import { DELAYS_SECONDS, shortestStepSeconds } from "../../modules/alarm-windows";
import { metricAlarms } from "../../modules/alarms";
import { warnings } from "../../modules/warnings";
import { CHANNELS } from "../../scripts/cloudwatch/delivery";
import { committed } from "./synthesized";

const periodsAt = async (name: string, timeout: number): Promise<Record<string, string>> => {
  const rows = metricAlarms({ ...(await committed(name)), lambda_timeout: timeout });
  return Object.fromEntries(rows.map((row) => [row.name, `${row.datapointsToAlarm} of ${row.evaluationPeriods}`]));
};

describe("evaluation periods", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [3,   "1 of 5",  "1 of 1", "3 of 3"],
    [60,  "1 of 5",  "1 of 1", "3 of 3"],
    [300, "1 of 9",  "1 of 2", "3 of 3"],
    [900, "1 of 19", "1 of 4", "4 of 4"],
  ])("follow a lambda_timeout of %i s", async (timeout, minute, fiveMinutes, silence) => {
    const periods = await periodsAt("prod", timeout);

    expect(periods).toMatchObject({
      "release-errors": minute,
      "high-error-rate": fiveMinutes,
      "high-duration": fiveMinutes,
      "event-age": fiveMinutes,
    });
    const withSilence = metricAlarms({ ...(await committed("prod")), lambda_timeout: timeout, enable_no_invocation_alarm: true });
    const row = withSilence.find(({ name }) => name === "no-invocations");
    expect(`${row?.datapointsToAlarm} of ${row?.evaluationPeriods}`).toBe(silence);
  });

  it("do not depend on lambda_timeout if the metric is dated when it is sent", async () => {
    const independent = [
      "throttles",
      "log-errors",
      "high-concurrency",
      "low-success-rate",
      "memory-high",
      "events-dropped",
      "dead-letters",
      "dead-letter-errors",
    ];

    const [short, long] = [await periodsAt("prod", 3), await periodsAt("prod", 900)];

    expect(independent.map((name) => long[name])).toEqual(independent.map((name) => short[name]));
  });

  it("of dev are those of the ledger at its own lambda_timeout", async () => {
    const dev = await committed("dev");

    expect(await periodsAt("dev", dev.lambda_timeout)).toMatchObject({
      "high-error-rate": "1 of 1",
      "high-duration": "1 of 1",
    });
  });

  it("use the longest delays of Lambda's metrics in the ledger of the engine", () => {
    const { typical, worst } = CHANNELS.lambdaMetric;

    expect(DELAYS_SECONDS).toEqual([typical[1], worst[1]]);
  });
});

describe("a release step", () => {
  const release = async (changes: object) =>
    warnings([{ ...(await committed("prod")), ...changes }]).filter((warning) => warning.includes("shifts traffic"));

  it("that ends before failures are reported causes a warning", async () => {
    const shortest = shortestStepSeconds(120);

    expect(shortest).toBe(300);
    expect(await release({ lambda_timeout: 120 })).toEqual([
      "prod shifts traffic after 300 s (release_strategy Canary10Percent5Minutes), but Lambda can report a failure 300 s after its start (lambda_timeout 120 s and delivery). Choose a strategy with longer steps, or a shorter lambda_timeout.",
    ]);
  });

  it.each([
    {},
    { lambda_timeout: 119 },
    { lambda_timeout: 900, release_strategy: "AllAtOnce" },
    { lambda_timeout: 900, enable_release_alias: false },
  ])("causes no warning with %j", async (changes) => {
    expect(await release(changes)).toEqual([]);
  });
});
