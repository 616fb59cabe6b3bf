/** Checks of ledgers that a caller passes: TypeScript cannot check rows that come from JavaScript or from a cast. */
import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Metric } from "../handler/contract/metrics";
import { namesIn } from "./alarm-rows";
import {
  type Alarm,
  type AnyAlarmRow,
  COMPARISONS,
  type CompositeAlarm,
  type LogAlarm,
  type MetricAlarm,
} from "./alarm-types";
import { isReference } from "./arithmetic";
import type { Inputs } from "./inputs/inputs";

/** The allowed values of a property, as in "Expected <what> for <property> of <row> but got <value>". */
interface Check {
  readonly what: string;
  readonly is: (value: unknown, inputs: Inputs) => boolean;
  /** Whether a row may leave the property out. @default it must have one */
  readonly isOptional?: true;
}

/** A check of each property of a row; a property that is missing here does not compile. */
type Checks<Row> = Readonly<Record<keyof Required<Row>, Check>>;

const oneOf = (...allowed: readonly unknown[]): Check => ({
  what: `one of ${allowed.join(", ")}`,
  is: (value) => allowed.includes(value),
});

const optional = (check: Check): Check => ({ ...check, isOptional: true });

const ANY: Check = { what: "a value", is: (value) => value !== undefined };
const TEXT: Check = { what: "a text", is: (value) => typeof value === "string" && value !== "" };

const holds = (type: "number" | "boolean", value: unknown, inputs: Inputs): boolean =>
  typeof value === "string" && Object.hasOwn(inputs, value) && typeof inputs[value]?.default === type;

const NUMBER: Check = {
  what: "a number, or the name of an input that holds one",
  is: (value, inputs) => typeof value === "number" || holds("number", value, inputs),
};
const PERIOD: Check = { ...NUMBER, is: (value, inputs) => typeof value === "function" || NUMBER.is(value, inputs) };
const FLAG_NAME: Check = {
  what: "the name of an input that is true or false",
  is: (value, inputs) => holds("boolean", value, inputs),
};

const ALARM_CHECKS: Checks<Alarm<string>> = {
  severity: oneOf("critical", "performance", "log", "none"),
  summary: TEXT,
  statistic: oneOf("Sum", "Maximum"),
  periodSeconds: PERIOD,
  datapointsToAlarm: NUMBER,
  evaluationPeriods: NUMBER,
  comparison: oneOf(...Object.keys(COMPARISONS)),
  threshold: NUMBER,
  treatMissingData: oneOf("notBreaching", "breaching", "ignore"),
  runbook: optional(TEXT),
};

export const METRIC_ALARM_CHECKS: Checks<MetricAlarm> = {
  ...ALARM_CHECKS,
  metric: ANY,
  percentOf: optional(NUMBER),
  enabledBy: optional(FLAG_NAME),
  disabledBy: optional(FLAG_NAME),
  version: optional(oneOf("newest")),
  limit: optional(oneOf("reserved_concurrent_executions")),
};

export const LOG_ALARM_CHECKS: Checks<LogAlarm> = {
  ...ALARM_CHECKS,
  name: TEXT,
  share: optional(ANY),
  enabledBy: optional(FLAG_NAME),
};

export const COMPOSITE_ALARM_CHECKS: Checks<CompositeAlarm> = {
  severity: ALARM_CHECKS.severity,
  summary: TEXT,
  rule: ANY,
  suppressor: optional(TEXT),
  runbook: optional(TEXT),
};

const METRIC_CHECKS: Checks<Metric> = {
  kind: oneOf("measure", "fault"),
  unit: TEXT,
  from: {
    what: '"handler" or a list of log sources',
    is: (value) => value === "handler" || (Array.isArray(value) && value.length > 0),
  },
  logOf: optional(oneOf("upload API")),
  enabledBy: optional(oneOf("enable_upload_api")),
  about: TEXT,
};

type Ledger = Readonly<Record<string, object>>;

/** @throws Error with one line: a row has an unknown property, or a property has a wrong value */
const checkRow = (
  of: string,
  row: object,
  checks: Readonly<Record<string, Check>>,
  inputs: Inputs,
  module: string,
): void => {
  const unknown = Object.keys(row).find((property) => !Object.hasOwn(checks, property));
  if (unknown !== undefined) throw new Error(`${module}: Expected known properties for ${of} but got ${unknown}`);
  for (const [property, { what, is, isOptional }] of Object.entries(checks)) {
    const value = (row as Readonly<Record<string, unknown>>)[property];
    if (!is(value, inputs) && !(isOptional && value === undefined))
      throw new Error(
        `${module}: Expected ${what} for ${property} of ${of} but got ${JSON.stringify(value) ?? "nothing"}`,
      );
  }
};

/** @throws Error with one line: a metric has an unknown property, or a property has a wrong value */
export const knownMetrics = (module: string, ledger: Ledger): void => {
  for (const [name, row] of Object.entries(ledger)) checkRow(`the metric ${name}`, row, METRIC_CHECKS, {}, module);
};

/**
 * @param module name for the message
 * @param inputs that rows may name
 * @param taken names of alarms of other ledgers
 * @throws Error with one line: a row has an unknown property, a property has a wrong value, or two rows create alarms with the same name
 */
export const knownRows = (
  module: string,
  ledger: Ledger,
  checks: Readonly<Record<string, Check>>,
  inputs: Inputs,
  taken: readonly string[] = [],
): void => {
  const names = new Set<unknown>(taken);
  for (const [key, row] of Object.entries(ledger)) {
    checkRow(`the alarm ${key}`, row, checks, inputs, module);
    const name = "name" in row ? row.name : key;
    if (names.has(name)) throw new Error(`${module}: Expected different names for alarms but got ${name} twice`);
    names.add(name);
  }
};

/**
 * Another module, or the same one again, may have made an alarm of the same name: CloudWatch would keep only one of them.
 * @param scope the module, after it has made its alarms
 * @throws Error with one line
 */
export const distinctAlarms = (module: string, scope: Construct): void => {
  const names = TerraformStack.of(scope)
    .node.findAll()
    .filter((each) => each instanceof CloudwatchMetricAlarm || each instanceof CloudwatchCompositeAlarm)
    .map(({ alarmNameInput }) => alarmNameInput);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`${module}: Expected different names for alarms but got ${twice} twice`);
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
