/** The cost widget, with its expressions evaluated by the local metric math. */
import { REFUSALS } from "../../handler/contract/events";
import type { Environment } from "../../modules/variables";
import { evaluateExpression, parseExpression } from "../../scripts/cloudwatch/metric-math";
import { committed, devWith, json, one, synthesized } from "./synthesized";

interface Widget {
  readonly properties: { readonly title: string; readonly metrics?: readonly (readonly unknown[])[] };
}

interface Options {
  readonly id: string;
  readonly label?: string;
  readonly expression?: string;
}

const costWidgetOf = (environment: Environment): Widget | undefined => {
  const { dashboard_body } = one(synthesized(environment), "aws_cloudwatch_dashboard");
  const { widgets } = json(dashboard_body) as { widgets: Widget[] };
  return widgets.find(({ properties }) => properties.title?.startsWith("Cost per hour in USD"));
};

describe("the cost widget", () => {
  it("computes the cost of one hour from its metrics", async () => {
    const tfvars = "enable_cost_widget = true\nlambda_memory_size = 2048";
    const metrics = costWidgetOf(await devWith(tfvars))?.properties.metrics ?? [];
    const options = metrics.map((row) => row.at(-1) as Options);
    // 1000 images in one hour, one second each, and 1 GB of log.
    const used = { invocations: [1000], durationMs: [1_000_000], taken: [1000], stored: [1000], logBytes: [1024 ** 3] };

    const lookup = (id: string) => used[id as keyof typeof used];
    const context = { startsMs: [0], periodSeconds: 3600, lookup, metricIds: Object.keys(used) };
    const usd = options.flatMap(({ label, expression }) =>
      expression === undefined ? [] : [[label, evaluateExpression(parseExpression(expression), context)]],
    );

    expect(options.filter(({ expression }) => expression === undefined).map(({ id }) => id)).toEqual(Object.keys(used));
    expect(Object.fromEntries(usd)).toEqual({
      Lambda: { kind: "TS", series: [expect.closeTo(0.0002 + 2000 * 0.0000133334, 8)] },
      "S3 requests": { kind: "TS", series: [expect.closeTo(1000 * 0.0000004 + 6000 * 0.000005, 8)] },
      Logs: { kind: "TS", series: [expect.closeTo(0.5, 8)] },
      PutMetricData: { kind: "TS", series: [expect.closeTo(0.01, 8)] },
      "Metrics, alarms, dashboard, key": {
        kind: "TS",
        series: [expect.closeTo(((22 + Object.keys(REFUSALS).length) * 0.3 + 13 * 0.1 + 3) / 730, 8)],
      },
    });
  });

  it("queries metrics in the namespace and with the dimensions they are published with", async () => {
    const metrics = costWidgetOf(await devWith("enable_cost_widget = true"))?.properties.metrics ?? [];

    const addresses = metrics.map((row) => row.filter((item) => typeof item === "string").join(" "));
    const fn = "FunctionName image-processor-dev-processor";
    expect(addresses.filter((address) => address !== "")).toEqual([
      `AWS/Lambda Invocations ${fn}`,
      `AWS/Lambda Duration ${fn}`,
      `ImageProcessor/Lambda ImagesProcessed ${fn}`,
      `ImageProcessor/Lambda ProcessingSuccess ${fn}`,
      "AWS/Logs IncomingBytes LogGroupName /aws/lambda/image-processor-dev-processor",
    ]);
  });

  it("is on the dashboard of prod, without PutMetricData, and not on that of dev", async () => {
    const metrics = costWidgetOf(await committed("prod"))?.properties.metrics ?? [];

    const labels = metrics.map((row) => (row.at(-1) as Options).label);
    expect(labels.filter(Boolean)).toEqual(["Lambda", "S3 requests", "Logs", "Metrics, alarms, dashboard, key"]);
    expect(costWidgetOf(await committed("dev"))).toBeUndefined();
  });

  it("is absent in a region without known prices", async () => {
    const tfvars = 'enable_cost_widget = true\naws_region = "sa-east-1"';

    expect(costWidgetOf(await devWith(tfvars))).toBeUndefined();
  });
});
