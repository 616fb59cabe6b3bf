/** The evaluation periods that follow from lambda_timeout, and the releases that move on too early. */

import { metricAlarms } from "../../modules/alarm-rows";
import { DELAYS_SECONDS, shortestStepSeconds, type Window, withWindow } from "../../modules/alarm-windows";
import { warnings } from "../../modules/warnings";
import { CHANNELS, DELIVERIES, type Delivery, visibleAt } from "../../scripts/cloudwatch/delivery";
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { watch } from "../../scripts/cloudwatch/watch";
import { committed } from "./synthesized";

const periodsAt = async (name: string, timeout: number): Promise<Record<string, string>> => {
  const rows = metricAlarms({ ...(await committed(name)), alarm_routing: "each", lambda_timeout: timeout });
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

  // biome-ignore format: a table is read down its columns
  it.each([
    [60,  420,   480],
    [300, 660,   720],
    [900, 1_260, 1_320],
  ])("of alarms under one page last longer than a lambda_timeout of %i s", async (timeout, errors, duration) => {
    const rows = metricAlarms({ ...(await committed("prod")), lambda_timeout: timeout });

    const periodOf = (name: string) => rows.find((row) => row.name === name)?.periodSeconds;
    expect([periodOf("release-errors"), periodOf("high-duration")]).toEqual([errors, duration]);
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

describe("an alarm on Errors", () => {
  const ERRORS = { namespace: "AWS/Lambda", name: "Errors", dimensions: {}, unit: "Count" };
  const START_MS = Date.UTC(2026, 0, 1, 12);
  const MINUTE_MS = 60_000;

  /** Whether the alarm sees one failure of `timeout` seconds amid healthy invocations that start every 20 s. */
  const sees = (window: Window, timeout: number, startMs: number, delivery: Delivery): boolean => {
    const store = new MetricStore();
    const report = (value: number, timestampMs: number, sentMs: number) =>
      store.put({ ...ERRORS, value, timestampMs, visibleMs: visibleAt("lambdaMetric", sentMs, delivery) });
    const untilMs = startMs + timeout * 1_000 + 10 * MINUTE_MS;
    for (let atMs = START_MS - 30 * MINUTE_MS; atMs < untilMs; atMs += 20_000) report(0, atMs, atMs);
    report(1, startMs, startMs + timeout * 1_000);
    const alarm = {
      ...{
        name: "errors",
        comparison: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        treatMissingData: "notBreaching",
      },
      ...{ alarmActions: [], okActions: [], insufficientDataActions: [] },
      evaluationPeriods: window.evaluationPeriods,
      datapointsToAlarm: window.datapointsToAlarm,
      watches: { ...ERRORS, statistic: "Sum", periodSeconds: window.periodSeconds },
    };
    return watch([alarm], store, START_MS, untilMs).some(({ to }) => to === "ALARM");
  };

  const window = { metric: "Errors", datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=" } as const;

  it.each([60, 300])("over %i s sees a failure of any lambda_timeout, whenever it starts", (periodSeconds) => {
    const timeouts = [1, 2, 59, 60, 61, 119, 120, 121, 240, 299, 300, 301, 360, 600, 840, 899, 900];
    const cases = timeouts.flatMap((timeout) =>
      [0, 1, 30, 59].flatMap((second) => DELIVERIES.map((delivery) => ({ timeout, second, delivery }))),
    );

    const missed = cases.filter(
      ({ timeout, second, delivery }) =>
        !sees(withWindow({ ...window, periodSeconds }, timeout), timeout, START_MS + second * 1_000, delivery),
    );

    expect(missed).toEqual([]);
  });
});

describe("a canary", () => {
  const blind = async (changes: object) =>
    warnings([{ ...(await committed("prod")), release_strategy: "Canary10Percent5Minutes", ...changes }]).filter(
      (warning) => warning.includes("a new version"),
    );

  // 10 % of the uploads in 300 s, less 60 s of lambda_timeout and 180 s of delivery: a tenth of a minute's uploads.
  const ENOUGH = (5 * 10 * 30 * 24 * 60) as number;

  it("that the new version's first failures outlive causes a warning", async () => {
    expect(await blind({ uploads_per_month: ENOUGH - 1 })).toEqual([
      "prod gives a new version about 5.0 uploads (10 % of 2,159,999 a month) whose failures are reported before release_strategy Canary10Percent5Minutes goes on; 5 are enough to see a bad version. Choose a strategy with longer steps.",
    ]);
    expect(await blind({ uploads_per_month: ENOUGH, lambda_timeout: 61 })).toHaveLength(1);
  });

  it("of prod, as committed, is long enough for its traffic", async () => {
    const { release_strategy } = await committed("prod");

    expect(await blind({ release_strategy })).toEqual([]);
  });

  it.each([
    { uploads_per_month: ENOUGH },
    { uploads_per_month: ENOUGH / 5, release_strategy: "Canary10Percent10Minutes" },
    { uploads_per_month: 1, release_strategy: "AllAtOnce" },
    { uploads_per_month: 1, enable_release_alias: false },
  ])("causes no warning with %j", async (changes) => {
    expect(await blind(changes)).toEqual([]);
  });
});

describe("a release step", () => {
  const release = async (changes: object) =>
    warnings([{ ...(await committed("prod")), release_strategy: "Canary10Percent5Minutes", ...changes }]).filter(
      (warning) => warning.includes("shifts traffic"),
    );

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
