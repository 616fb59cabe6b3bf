/** Background data for alarms on metrics that healthy traffic does not publish, such as those of the dead-letter queue. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { type Evidence, recorded, shortName, TRAFFIC_EVERY_MS } from "./evidence";
import { filtersOf } from "./observe";
import { BEGIN_MS } from "./probe";
import { signalsOf, withValue } from "./signals";
import { EMPTY, fromActiveQueue, repeated, type Timeline } from "./timeline";

/** Whether healthy traffic publishes no data for the alarm. CloudWatch then looks further back for datapoints. */
const isSparse = (alarm: Alarm, { blueprint, recordings }: Evidence): boolean => {
  const watched = metricsOf(alarm);
  const isMade = filtersOf(blueprint).some(({ metric }) => watched.some(({ name }) => name === metric.name));
  const data = recordings.get("healthy")?.data ?? [];
  return !isMade && !data.some(({ name }) => watched.some((metric) => metric.name === name));
};

/** Values of 0 of a metric that healthy traffic does not publish: without them, CloudWatch looks back at the last fault. */
export const zeros = (alarm: Alarm, evidence: Evidence, toMs: number): Timeline => {
  if (!isSparse(alarm, evidence)) return EMPTY;
  const { blueprint } = evidence;
  const signals = signalsOf(alarm, blueprint, recorded(evidence, shortName(alarm, blueprint)));
  return repeated([fromActiveQueue(withValue(signals, 0))], BEGIN_MS, toMs, TRAFFIC_EVERY_MS);
};
