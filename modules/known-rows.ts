/** Checks of ledgers that a caller passes: TypeScript has no say over rows from JavaScript or from a cast. */
import { namesIn } from "./alarm-rows";
import type { AnyAlarmRow, CompositeAlarm, LogAlarm, MetricAlarm } from "./alarm-types";
import { isReference } from "./arithmetic";

/** Properties of a row; a property that is missing here does not compile. */
type Keys<Row> = Readonly<Record<keyof Required<Row>, true>>;

const ALARM_KEYS = {
  severity: true,
  summary: true,
  statistic: true,
  periodSeconds: true,
  datapointsToAlarm: true,
  evaluationPeriods: true,
  comparison: true,
  threshold: true,
  treatMissingData: true,
  runbook: true,
} as const;

export const METRIC_ALARM_KEYS: Keys<MetricAlarm> = {
  ...ALARM_KEYS,
  metric: true,
  percentOf: true,
  enabledBy: true,
  disabledBy: true,
  version: true,
  limit: true,
};

export const LOG_ALARM_KEYS: Keys<LogAlarm> = { ...ALARM_KEYS, name: true, share: true, enabledBy: true };

export const COMPOSITE_ALARM_KEYS: Keys<CompositeAlarm> = {
  severity: true,
  summary: true,
  rule: true,
  suppressor: true,
  runbook: true,
};

/**
 * @param module name for the message
 * @param taken names of alarms of other ledgers
 * @throws Error with one line: a row has an unknown property, or two rows make alarms of one name
 */
export const knownRows = (
  module: string,
  ledger: Readonly<Record<string, object>>,
  keys: Readonly<Record<string, true>>,
  taken: readonly string[] = [],
): void => {
  const names = new Set<unknown>(taken);
  for (const [key, row] of Object.entries(ledger)) {
    const unknown = Object.keys(row).find((property) => !Object.hasOwn(keys, property));
    if (unknown !== undefined)
      throw new Error(`${module}: Expected known properties for the alarm ${key} but got ${unknown}`);
    const name = "name" in row ? row.name : key;
    if (names.has(name)) throw new Error(`${module}: Expected different names for alarms but got ${name} twice`);
    names.add(name);
  }
};

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: all periods of an alarm last a day at
 * most, or seven days where a period is an hour or longer.
 * @throws Error with one line: CloudWatch would refuse the periods of an alarm
 */
export const allowedWindows = (
  module: string,
  rows: readonly Pick<AnyAlarmRow, "name" | "periodSeconds" | "evaluationPeriods">[],
): void => {
  for (const { name, periodSeconds, evaluationPeriods } of rows) {
    if (isReference(periodSeconds, evaluationPeriods)) continue;
    const most = periodSeconds < HOUR ? DAY : 7 * DAY;
    if (periodSeconds * evaluationPeriods > most)
      throw new Error(
        `${module}: Expected at most ${most} seconds for the periods of the alarm ${name} but got ${evaluationPeriods} of ${periodSeconds} seconds`,
      );
  }
};

/**
 * @param alarms names of all alarms of the ledgers, whether they are switched on or not
 * @throws Error with one line: a composite alarm names an alarm that no ledger has, or none at all
 */
export const knownNames = (
  module: string,
  composites: Readonly<Record<string, CompositeAlarm>>,
  alarms: readonly string[],
): void => {
  for (const [name, { rule, suppressor }] of Object.entries(composites)) {
    const named = namesIn(rule);
    const unknown = [...named, ...(suppressor === undefined ? [] : [suppressor])].find(
      (each) => each === name || !(alarms.includes(each) || Object.hasOwn(composites, each)),
    );
    if (named.length > 0 && unknown === undefined) continue;
    throw new Error(
      `${module}: Expected the name of another alarm for the rule of ${name} but got ${unknown === undefined ? "none" : JSON.stringify(unknown)}`,
    );
  }
};
