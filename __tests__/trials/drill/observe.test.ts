/** What the drill sees of several alarms at once is what it sees of each alone. */
import type { Alarm } from "../../../scripts/cloudwatch/alarm";
import type { CompositeAlarm } from "../../../scripts/cloudwatch/composite-alarm";
import type { Blueprint } from "../../../scripts/sandbox/blueprint";
import type { SentDatum } from "../../../scripts/sandbox/sent";
import { historiesOf, historyOf } from "../../../scripts/trials/drill/observe";
import { MINUTE_MS, repeated, type Timeline } from "../../../scripts/trials/drill/timeline";
import { alarmOnAMinute, metricNamed } from "../../cloudwatch/alarm-on-a-minute";

const START_MS = Date.UTC(2026, 0, 1, 12);

const alarm = (name: string, metric: string, threshold: number): Alarm =>
  alarmOnAMinute({ name, threshold, watches: { ...metricNamed(metric), namespace: "Images", dimensions: {} } });

const failures = alarm("failures", "Failures", 2);
const refusals = alarm("refusals", "Refusals", 1);
const composite: CompositeAlarm = {
  name: "page",
  rule: 'ALARM("failures") AND ALARM("refusals")',
  alarmActions: ["page"],
  okActions: ["page"],
  insufficientDataActions: [],
};
const blueprint = (...alarms: Alarm[]) =>
  ({ alarms, compositeAlarms: [composite], metricFilters: [] }) as unknown as Blueprint;

/** Refusals in the middle of failures. */
const timeline = (): Timeline => {
  const datum = (name: string, value: number): SentDatum => ({
    ...{ namespace: "Images", name, dimensions: {}, unit: "Count", value, channel: "filterMetric" },
    ...{ timestampMs: START_MS, sentMs: START_MS },
  });
  const each = (name: string, value: number, from: number, to: number) =>
    repeated(
      [{ lines: [], data: [datum(name, value)] }],
      START_MS + from * MINUTE_MS,
      START_MS + to * MINUTE_MS,
      MINUTE_MS,
    );
  const parts = [each("Failures", 2, 5, 20), each("Failures", 0, 20, 40), each("Refusals", 1, 10, 15)];
  return { lines: [], data: parts.flatMap(({ data }) => data) };
};

const watched = { fromMs: START_MS, toMs: START_MS + 40 * MINUTE_MS };

describe("alarms that are evaluated together", () => {
  it("have the histories that each has alone", () => {
    const every = [failures, refusals, composite];
    const stack = blueprint(failures, refusals);

    const together = historiesOf(every, stack, timeline(), watched, "typical");

    expect(together).toEqual(every.map((each) => historyOf(each, stack, timeline(), watched, "typical")));
    expect(together.map((history) => history.map(({ to }) => to))).toEqual([
      ["OK", "ALARM", "OK"],
      ["OK", "ALARM", "OK"],
      ["OK", "ALARM", "OK"],
    ]);
  });

  it("are evaluated again if one of them changes, and so is the composite alarm that names it", () => {
    const shared = timeline();
    historiesOf([failures, refusals, composite], blueprint(failures, refusals), shared, watched, "typical");

    const changed = { ...failures, threshold: 3 };
    const histories = historiesOf(
      [changed, refusals, composite],
      blueprint(changed, refusals),
      shared,
      watched,
      "typical",
    );

    expect(histories.map((history) => history.some(({ to }) => to === "ALARM"))).toEqual([false, true, false]);
  });
});
