/** Dashboards as the console draws them: shorthand of metrics, kinds of widgets, and queries on the log. */
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { dashboardsOf } from "../../scripts/console/dashboard";
import { runQuery } from "../../scripts/console/insights";
import type { Line } from "../../scripts/console/protocol";
import type { Blueprint } from "../../scripts/sandbox/blueprint";

const AT_MS = Date.UTC(2026, 0, 1, 12);

const lineOf = (fields: object, id = 1): Line => ({
  ...{ id, atMs: AT_MS + id, level: "INFO", title: "", summary: "", filterMatches: [] },
  text: JSON.stringify(fields),
});

const drawn = (widgets: readonly object[], metrics = new MetricStore(), lines: readonly Line[] = []) => {
  const blueprint = { function: { name: "shop-dev-processor" }, dashboards: [{ name: "all", body: { widgets } }] };
  const [dashboard] = dashboardsOf({
    ...{ blueprint: blueprint as unknown as Blueprint, metrics, lines },
    ...{ sinceMs: AT_MS - 600_000, nowMs: AT_MS + 600_000 },
  });
  return dashboard?.widgets ?? [];
};

const put = (store: MetricStore, name: string, value: number, dimensions = {}) =>
  store.put({ namespace: "Shop", name, dimensions, unit: "Count", timestampMs: AT_MS, value });

const metricWidget = (metrics: readonly unknown[], more = {}) => ({
  type: "metric",
  properties: { metrics, period: 300, stat: "Sum", ...more },
});

const sums = (widget: (typeof drawn extends (...args: never[]) => infer R ? R : never)[number] | undefined) =>
  widget?.chart?.series.map(({ label, values }) => [
    label,
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
  ]);

describe("a metric widget", () => {
  it("repeats what stands above a dot, and all of it for three", () => {
    const store = new MetricStore();
    put(store, "Sales", 3, { Till: "1" });
    put(store, "Refunds", 4, { Till: "1" });
    put(store, "Refunds", 5, { Till: "2" });

    const [widget] = drawn(
      [
        metricWidget([
          ["Shop", "Sales", "Till", "1"],
          [".", "Refunds", ".", "."],
          ["...", "2"],
        ]),
      ],
      store,
    );

    expect(sums(widget)).toEqual([
      ["Sales 1", 3],
      ["Refunds 1", 4],
      ["Refunds 2", 5],
    ]);
  });

  it("computes expressions over the ids of other rows, and hides rows that are not visible", () => {
    const store = new MetricStore();
    put(store, "Sales", 3);
    put(store, "Refunds", 1);

    const [widget] = drawn(
      [
        metricWidget([
          ["Shop", "Sales", { id: "s", visible: false }],
          ["Shop", "Refunds", { id: "r" }],
          [{ expression: "100 * r / s", label: "share", yAxis: "right" }],
        ]),
      ],
      store,
    );

    expect(sums(widget)).toEqual([
      ["Refunds", 1],
      ["share", 100 / 3],
    ]);
    expect(widget?.chart?.series.map(({ axis }) => axis)).toEqual(["left", "right"]);
  });

  it("shows single values over their whole period, as a table", () => {
    const store = new MetricStore();
    put(store, "Sales", 6);
    const metrics = [
      ["Shop", "Sales", { id: "s", visible: false }],
      ["Shop", "Refunds"],
      [{ expression: "s / 9", label: "Ninth" }],
    ];
    const search = [[{ expression: "SEARCH('')", label: "Found" }]];
    const more = { view: "singleValue", period: 86_400 };

    const [numbers, found] = drawn([metricWidget(metrics, more), metricWidget(search, more)], store);

    expect(numbers?.table).toEqual({ columns: ["Refunds", "Ninth"], rows: [["no data", "0.67"]] });
    expect(found?.table).toEqual({ columns: ["Found"], rows: [["Cannot tell: SEARCH is not modelled"]] });
  });

  it("says why an expression is not drawn", () => {
    const [widget] = drawn([metricWidget([[{ expression: "SEARCH('x', 'Sum', 60)" }]])]);

    expect(widget?.chart?.series[0]?.problem).toMatch(/SEARCH/);
  });

  it("does not show data that CloudWatch cannot see yet", () => {
    const store = new MetricStore();
    store.put({
      namespace: "Shop",
      name: "Sales",
      dimensions: {},
      unit: "Count",
      timestampMs: AT_MS,
      visibleMs: AT_MS + 900_000,
      value: 3,
    });

    const [widget] = drawn([metricWidget([["Shop", "Sales"]])], store);

    expect(sums(widget)).toEqual([["Sales", 0]]);
  });
});

describe("other widgets", () => {
  it("say that their kind is not drawn", () => {
    const [custom, pie] = drawn([{ type: "custom" }, metricWidget([], { view: "pie" })]);

    expect([custom?.problem, pie?.problem]).toEqual([
      "Widgets of the kind custom are not drawn here.",
      "The view pie of metric widgets is not drawn here.",
    ]);
  });

  it("name the alarms of an alarm widget", () => {
    const arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-dev-processor-log-errors";

    expect(drawn([{ type: "alarm", properties: { alarms: [arn] } }])[0]?.alarms).toEqual(["log-errors"]);
  });
});

describe("a query of a log widget", () => {
  const lines = [
    lineOf({ level: "INFO", event: "a" }, 1),
    lineOf({ level: "ERROR", event: "b" }, 2),
    lineOf({ type: "platform.report", record: { status: "timeout" } }, 3),
    lineOf({ level: "FATAL", event: "a | b" }, 4),
  ];

  it("filters by lists, comparisons and nested fields, newest first, up to its limit", () => {
    const query =
      'SOURCE \'/aws/lambda/shop\' | fields event, record.status | filter level in ["ERROR", "FATAL"] or (type = "platform.report" and record.status != "success") | sort @timestamp desc | limit 2';

    expect(runQuery(query, lines).table).toEqual({
      columns: ["event", "record.status"],
      rows: [
        ["a | b", ""],
        ["", "timeout"],
      ],
    });
  });

  it("understands like, not and a text with a bar", () => {
    const events = (query: string) => runQuery(`fields event | ${query}`, lines).table?.rows.flat();

    expect(events("filter event like /^a/ and not (level = 'INFO')")).toEqual(["a | b"]);
    expect(events('filter event = "a | b"')).toEqual(["a | b"]);
  });

  it.each([
    ["stats count(*) by bin(5m)", "stats count(*) by bin(5m)"],
    ["fields event | sort event asc", "sort event asc"],
    ["filter level =", /^Expected/],
    ["filter (level = 1", /^Expected \) /],
  ])("is not run where it contains %j, and says so", (query, reason) => {
    const { table, problem = "" } = runQuery(query, lines);

    expect(table).toBeUndefined();
    expect(problem.replace("This Logs Insights query is not run here: ", "")).toMatch(reason);
  });
});
