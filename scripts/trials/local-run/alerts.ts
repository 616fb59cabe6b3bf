/** Which alarms of the stack the uploads so far would put into ALARM, and which topics they would notify. */
import { compileFilter } from "../../cloudwatch/metric-filter";
import type { AlarmState } from "../../cloudwatch/missing-data";
import { createWatch, type Watch } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Sandbox } from "../../sandbox/sandbox";

const MINUTE_MS = 60_000;

/** CloudWatch evaluates at whole minutes: the next one is the first that sees what happens now. */
const nextMinute = (): number => Math.ceil((Date.now() + 1) / MINUTE_MS) * MINUTE_MS;

/** @returns what follows the words that it shares with the function's name: log-errors, critical-alerts */
const shortName = (name: string, functionName: string): string => {
  const words = name.split("-");
  const own = functionName.split("-");
  return words.slice(words.findIndex((word, i) => word !== own[i])).join("-");
};

/**
 * Call the returned function after each upload. It adds the data of the metric filters for the new log lines to the sandbox's
 * metrics, and lists the alarms that have changed to ALARM since the last call, with their topics.
 */
export const createAlerts = (blueprint: Blueprint, { logs, metrics }: Pick<Sandbox, "logs" | "metrics">) => {
  const alarms = [...blueprint.alarms, ...blueprint.compositeAlarms];
  const states = new Map<string, AlarmState>(alarms.map(({ name }) => [name, "OK"]));
  const watch: Watch = createWatch(alarms, metrics, states);
  const { name: functionName } = blueprint.function;
  const topics = (arns: readonly string[]) => arns.map((arn) => shortName(arn.split(":").at(-1) ?? arn, functionName));
  const filters = blueprint.metricFilters.map(compileFilter);
  let filtered = 0;
  const filterLines = () => {
    for (const { text: message, timestampMs } of logs.slice(filtered))
      for (const { match } of filters) {
        const { datum } = match({ timestampMs, message });
        if (datum !== undefined) metrics.put(datum);
      }
    filtered = logs.length;
  };
  const step = (): string[] => {
    filterLines();
    return watch
      .step(nextMinute())
      .transitions.filter(({ to }) => to === "ALARM")
      .map(
        ({ alarm, actions }) => `${shortName(alarm.name, functionName)} -> ${topics(actions).join(", ") || "no topic"}`,
      );
  };
  // Alarms that are in ALARM without any upload are not due to one.
  step();
  return step;
};
