/** Timelines: shifting keeps the time between an event and its delivery, and alarms see nothing before it is delivered. */
import type { readBlueprint } from "../../../scripts/sandbox/blueprint";
import type { SentDatum } from "../../../scripts/sandbox/sent";
import { historyOf } from "../../../scripts/trials/drill/observe";
import { dataOf, lasting, MINUTE_MS, merged, repeated, startingAt } from "../../../scripts/trials/drill/timeline";
import { alarmOnAMinute, metricNamed } from "../../cloudwatch/alarm-on-a-minute";

const START_MS = Date.UTC(2026, 0, 1, 12);

const datum = (value: number): SentDatum => ({
  namespace: "AWS/Lambda",
  name: "Errors",
  dimensions: { FunctionName: "f" },
  unit: "Count",
  timestampMs: START_MS,
  sentMs: START_MS,
  channel: "lambdaMetric",
  value,
});

const invocation = (value: number, lastsMs = 0) => lasting({ lines: [], data: [datum(value)] }, lastsMs);

describe("a timeline", () => {
  it("keeps the duration of an invocation when it is shifted", () => {
    const { data } = startingAt(invocation(1, 90_000), START_MS + 5_000);

    expect(data).toEqual([{ ...datum(1), timestampMs: START_MS + 5_000, sentMs: START_MS + 95_000 }]);
  });

  it("shows CloudWatch an invocation after the end of the minute in which it ends", () => {
    const data = dataOf(invocation(1, 90_000), "typical", datum(1));

    expect(data.map(({ timestampMs, visibleMs }) => [timestampMs, visibleMs])).toEqual([
      [START_MS, START_MS + 5 * MINUTE_MS],
    ]);
  });
});

describe("an alarm over a minute of Errors", () => {
  const alarm = alarmOnAMinute({
    name: "errors",
    watches: { ...metricNamed("Errors"), namespace: "AWS/Lambda", dimensions: { FunctionName: "f" } },
  });
  const healthy = repeated([invocation(0)], START_MS - 20 * MINUTE_MS, START_MS + 40 * MINUTE_MS, 30_000);
  const watched = { fromMs: START_MS - 5 * MINUTE_MS, toMs: START_MS + 30 * MINUTE_MS };
  const firesAfter = (lastsMs: number, evaluationPeriods: number): number | undefined => {
    const timeline = merged([healthy, invocation(1, lastsMs)]);
    const blueprint = { metricFilters: [], function: { logGroup: "" } } as unknown as ReturnType<typeof readBlueprint>;
    const history = historyOf(
      { ...alarm, evaluationPeriods, datapointsToAlarm: 1 },
      blueprint,
      timeline,
      watched,
      "typical",
    );
    const atMs = history.find(({ to }) => to === "ALARM")?.atMs;
    return atMs === undefined ? undefined : (atMs - START_MS) / 1_000;
  };

  it("fires when a quick failure is delivered, and not before", () => {
    expect(firesAfter(1_000, 1)).toBe(240);
  });

  it("never sees a failure that newer healthy datapoints hide", () => {
    expect(firesAfter(60_000, 1)).toBeUndefined();
  });

  it("sees it if it evaluates enough periods", () => {
    expect(firesAfter(60_000, 2)).toBe(300);
  });
});
