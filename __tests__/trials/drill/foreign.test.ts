/** The example of docs/modules.md, in the local CloudWatch: it watches the function of someone else. */
import { App, Testing } from "cdktf";
import { foreignProblems } from "../../../scripts/trials/drill/foreign";
import { InvoiceAlarms } from "../../modules/standalone";
import { temporary } from "../../modules/synthesized";

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** @param change of the synthesized resources */
const problems = (change: (resources: Resources) => void = () => {}): string[] => {
  const { resource } = JSON.parse(Testing.synth(new InvoiceAlarms(new App({ outdir: temporary() })))) as {
    resource: Resources;
  };
  const alarms = resource.aws_cloudwatch_metric_alarm ?? {};
  // The drill knows neither the caller's queue nor who should be notified of it.
  for (const [name, { alarm_name }] of Object.entries(alarms))
    if (alarm_name === "invoices-worker-queue-depth") delete alarms[name];
  change(resource);
  return foreignProblems(temporary(), "invoices-worker", "eu-west-1", resource);
};

const change =
  (type: string, part: string, attributes: object) =>
  (resources: Resources): void => {
    for (const [name, attributesOf] of Object.entries(resources[type] ?? {}))
      if (name.includes(part)) Object.assign(attributesOf, attributes);
  };

describe("the monitoring of a function that exists already", () => {
  it("watches that function, and its log lines move the alarms", () => {
    expect(problems()).toEqual([]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["a filter on another log group", change("aws_cloudwatch_log_metric_filter", "TimeoutErrors", { log_group_name: "/aws/lambda/other" }), "filter invoices-worker-TimeoutErrors is on log group /aws/lambda/other, the function writes to /aws/lambda/invoices-worker"],
    ["an alarm on another function", change("aws_cloudwatch_metric_alarm", "throttles", { dimensions: { FunctionName: "other" } }), "alarm throttles uses AWS/Lambda Throttles FunctionName=other, which is never published"],
    ["an alarm without a notification", change("aws_cloudwatch_metric_alarm", "timeout-errors", { alarm_actions: [] }), "alarm timeout-errors sends ALARM to no topic, not to log-alerts"],
    ["a pattern that matches words", change("aws_cloudwatch_log_metric_filter", "TimeoutErrors", { pattern: '"timed out"' }), 'healthy lines should move "", not "timeout-errors ALARM"'],
    ["a pattern that matches nothing", change("aws_cloudwatch_log_metric_filter", "MemoryErrors", { pattern: '{ $.record.errorType = "OutOfMemory" }' }), 'should move "memory-errors ALARM OK", not ""'],
    ["an alarm that stays in ALARM", change("aws_cloudwatch_metric_alarm", "memory-errors", { evaluation_periods: 20 }), 'should move "memory-errors ALARM OK", not "memory-errors ALARM"'],
  ])("finds %s", (_, broken, problem) => {
    expect(problems(broken).join("\n")).toContain(problem);
  });
});
