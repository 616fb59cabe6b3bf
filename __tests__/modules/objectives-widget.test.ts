/** The widget with what remains of the budgets, with its expressions evaluated by the local metric math. */
import type { Environment } from "../../modules/variables";
import { evaluateExpression, parseExpression } from "../../scripts/cloudwatch/metric-math";
import { committed, json, one, synthesized } from "./synthesized";

interface Options {
  readonly id: string;
  readonly label?: string;
  readonly expression?: string;
}

interface Widget {
  readonly y: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
  } & Readonly<Record<string, unknown>>;
}

const widgetsOf = async (changes: Partial<Environment>): Promise<readonly Widget[]> => {
  const { dashboard_body } = one(synthesized({ ...(await committed("prod")), ...changes }), "aws_cloudwatch_dashboard");
  return (json(dashboard_body) as { widgets: Widget[] }).widgets;
};

const isObjectives = ({ properties }: Widget): boolean => properties.title?.startsWith("Objectives") === true;

const INCIDENT = { alarm_routing: "incident", slo_target_percent: 99, slo_seconds: 120 } as const;

/** @returns what the widget shows after these sums of 30 days, by label */
const shown = async (sums: Readonly<Record<string, number>>) => {
  const metrics = (await widgetsOf(INCIDENT)).find(isObjectives)?.properties.metrics ?? [];
  const options = metrics.map((row) => row.at(-1) as Options);
  const context = {
    startsMs: [0],
    periodSeconds: 2_592_000,
    lookup: (id: string) => [sums[id]],
    metricIds: options.filter(({ expression }) => expression === undefined).map(({ id }) => id),
  };
  return Object.fromEntries(
    options.flatMap(({ label = "", expression }) => {
      if (expression === undefined) return [];
      const value = evaluateExpression(parseExpression(expression), context);
      return [[label, value.kind === "TS" ? Number(value.series[0]?.toFixed(6)) : value.kind]];
    }),
  );
};

const [ERRORS, TIME] = ["Error budget left (%)", "Budget left of uploads stored within 120 s (%)"];

describe("the widget of the objectives", () => {
  it.each([
    ["everything, if no upload misses them and Lambda publishes no dropped event", { s: 1_000, late: 0 }, 100, 100],
    ["the rest, if some do", { f: 5, s: 995, late: 2 }, 50, 100 - 200 / 9.95],
    ["nothing, if as many do as the target allows", { f: 10, s: 990, late: 9.9 }, 0, 0],
    ["a debt, if more do", { f: 30, s: 970, late: 19.4 }, -200, -100],
  ])("shows %s", async (_, sums, errors, time) => {
    expect(await shown(sums)).toEqual({ [ERRORS]: errors, [TIME]: Number(time.toFixed(6)) });
  });

  it("is one number for 30 days, of metrics as they are published, below everything else of its stack", async () => {
    const widgets = await widgetsOf(INCIDENT);
    const widget = widgets.find(isObjectives);

    expect(widget?.properties).toMatchObject({
      ...{ view: "singleValue", setPeriodToTimeRange: true, start: "-P30D", end: "P0D", period: 2_592_000 },
      title: "Objectives of the last 30 days: 99 % of the uploads",
    });
    const addresses = widget?.properties.metrics?.map((row) =>
      row.filter((item) => typeof item === "string").join(" "),
    );
    expect(addresses?.filter(Boolean)).toEqual([
      "AWS/Lambda AsyncEventsDropped FunctionName image-processor-prod-processor",
      "ImageProcessor/Lambda/prod SuccessfulProcesses",
      "ImageProcessor/Lambda/prod LateImages",
    ]);
    const rows = widgets.flatMap(({ y, height }) => Array.from({ length: height }, (_, i) => y + i));
    const own = Array.from({ length: widget?.height ?? 0 }, (_, i) => (widget?.y ?? 0) + i);
    expect(own.map((row) => rows.filter((each) => each === row).length)).toEqual([1, 1, 1]);
  });

  it("is only there with the alarms on the error budget", async () => {
    expect((await widgetsOf({ alarm_routing: "each" })).filter(isObjectives)).toEqual([]);
  });
});
