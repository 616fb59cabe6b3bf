/** Checks of ledgers that a caller passes: TypeScript has no say over rows from JavaScript or from a cast. */
import type { LogAlarm, MetricAlarm } from "./alarm-types";

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
} as const;

export const METRIC_ALARM_KEYS: Keys<MetricAlarm> = {
  ...ALARM_KEYS,
  metric: true,
  percentOf: true,
  enabledBy: true,
  version: true,
  limit: true,
};

export const LOG_ALARM_KEYS: Keys<LogAlarm> = { ...ALARM_KEYS, name: true };

/**
 * @param module name for the message
 * @throws Error with one line: a row has an unknown property, or two rows make alarms of one name
 */
export const knownRows = (
  module: string,
  ledger: Readonly<Record<string, object>>,
  keys: Readonly<Record<string, true>>,
): void => {
  const names = new Set<unknown>();
  for (const [key, row] of Object.entries(ledger)) {
    const unknown = Object.keys(row).find((property) => !Object.hasOwn(keys, property));
    if (unknown !== undefined)
      throw new Error(`${module}: Expected known properties for the alarm ${key} but got ${unknown}`);
    const name = "name" in row ? row.name : key;
    if (names.has(name)) throw new Error(`${module}: Expected different names for alarms but got ${name} twice`);
    names.add(name);
  }
};
