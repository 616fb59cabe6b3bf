/** Reads, tests and resets the alarms of a deployed environment. */

import {
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmHistoryCommand,
  type DescribeAlarmHistoryCommandInput,
  DescribeAlarmsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import { alarmNames } from "../../modules/alarm-rows";
import { naming, stackName } from "../../modules/naming";
import { nearTo } from "../../modules/spelling";
import type { Environment } from "../../modules/variables";
import { UsageError } from "../terminal/cli";
import { poll } from "../terminal/polling";
import { answerTo, NotDeployed } from "./account";

const REASONS = {
  test: "test by npm run alarms",
  testOver: "test by npm run alarms is over",
  reset: "reset by npm run alarms",
} as const;

export interface AccountAlarm {
  /** Without the function's name before it, as in the ledgers: `timeout-errors`. */
  readonly name: string;
  readonly state: StateValue;
  /** When it went to this state; undefined if the account does not return it. */
  readonly since: Date | undefined;
  readonly reason: string;
  readonly actionsEnabled: boolean;
  /** Undefined if the account does not return it. */
  readonly threshold: number | undefined;
  /** ARNs of its actions for ALARM. */
  readonly notifies: readonly string[];
}

export interface AlarmList {
  /** In ALARM first, then INSUFFICIENT_DATA, then OK. */
  readonly alarms: readonly AccountAlarm[];
  /** Names of alarms that the environment should have and the account does not. */
  readonly missing: readonly string[];
  /** Names of alarms that the account has and the environment should not. */
  readonly extra: readonly string[];
}

const prefixOf = (environment: Environment): string => `${naming(environment).functionName}-`;

const expectedNames = (environment: Environment): string[] => alarmNames(environment);

/**
 * @param text an alarm's name, with or without the function's name before it
 * @returns the full name
 * @throws UsageError that suggests the nearest name
 */
export const fullName = (environment: Environment, text: string): string => {
  const prefix = prefixOf(environment);
  const name = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const names = expectedNames(environment);
  if (names.includes(name)) return `${prefix}${name}`;
  const near = nearTo(name, names);
  throw new UsageError(
    `Expected an alarm of ${stackName(environment)} for NAME but got ${JSON.stringify(text)}${near === undefined ? `: it has ${names.join(", ")}` : `; did you mean ${near}?`}`,
  );
};

const STATES = ["ALARM", "INSUFFICIENT_DATA", "OK"] as const satisfies readonly StateValue[];

/** What the account has: an alarm on metrics, or on other alarms. */
type FoundInAccount = MetricAlarm | CompositeAlarm;

/** Without it, DescribeAlarms returns no composite alarms. */
const EVERY_TYPE: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];

const alarmOf = (alarm: FoundInAccount, prefix: string): AccountAlarm => ({
  name: (alarm.AlarmName ?? "").slice(prefix.length),
  state: alarm.StateValue ?? "INSUFFICIENT_DATA",
  // StateUpdatedTimestamp changes with every new reason, but emulators return no other time.
  since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
  reason: alarm.StateReason ?? "",
  actionsEnabled: alarm.ActionsEnabled ?? true,
  threshold: "Threshold" in alarm ? alarm.Threshold : undefined,
  notifies: alarm.AlarmActions ?? [],
});

const describeAll = async (client: CloudWatchClient, AlarmNamePrefix: string): Promise<FoundInAccount[]> => {
  const alarms: FoundInAccount[] = [];
  const query = { AlarmNamePrefix, AlarmTypes: EVERY_TYPE };
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, query))
    alarms.push(...MetricAlarms, ...CompositeAlarms);
  return alarms;
};

/**
 * @returns the alarms whose names have the environment's prefix, compared with those that it should have
 * @throws NotDeployed if the account has none of them
 */
export const listAlarms = async (client: CloudWatchClient, environment: Environment): Promise<AlarmList> => {
  const prefix = prefixOf(environment);
  const found = await answerTo("DescribeAlarms", describeAll(client, prefix));
  const alarms = found
    .filter(({ AlarmName = "" }) => AlarmName.startsWith(prefix))
    .map((alarm) => alarmOf(alarm, prefix))
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || (a.name < b.name ? -1 : 1));
  const [expected, got] = [expectedNames(environment), alarms.map(({ name }) => name)];
  if (!expected.some((name) => got.includes(name))) throw new NotDeployed(environment, `alarm ${prefix}*`);
  return {
    alarms,
    missing: expected.filter((name) => !got.includes(name)),
    extra: got.filter((name) => !expected.includes(name)),
  };
};

/** An alarm of an environment in the account, by its full name. */
export interface AlarmAddress {
  readonly client: CloudWatchClient;
  readonly environment: Environment;
  readonly name: string;
}

type FoundAlarm = FoundInAccount & { readonly StateValue: StateValue };

/** @throws NotDeployed if the account has no such alarm */
const describe = async ({ client, environment, name }: AlarmAddress): Promise<FoundAlarm> => {
  const command = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: EVERY_TYPE });
  const { MetricAlarms = [], CompositeAlarms = [] } = await answerTo("DescribeAlarms", client.send(command));
  const alarm = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmName }) => AlarmName === name);
  if (alarm?.StateValue !== undefined) return { ...alarm, StateValue: alarm.StateValue };
  throw new NotDeployed(environment, `alarm ${name}`);
};

const setState = ({ client, name: AlarmName }: AlarmAddress, StateValue: StateValue, StateReason: string) =>
  answerTo("SetAlarmState", client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason })));

/**
 * Sets an alarm to OK, and reads it again: CloudWatch may have evaluated it meanwhile.
 * @returns the alarm before and after
 * @throws NotDeployed; Error if the call has no effect
 */
export const resetAlarm = async (alarm: AlarmAddress): Promise<{ before: FoundAlarm; after: FoundAlarm }> => {
  const before = await describe(alarm);
  await setState(alarm, "OK", REASONS.reset);
  const after = await describe(alarm);
  if (after.StateValue === "OK" || after.StateReason !== before.StateReason) return { before, after };
  throw new Error(`Expected OK for ${alarm.name} after SetAlarmState but got ${after.StateValue}`);
};

/** An action that an alarm executed, from its history. */
interface Action {
  readonly at: Date;
  /** "Successfully executed action <ARN>", or "Failed to execute action <ARN>. Received error: …". */
  readonly summary: string;
  readonly succeeded: boolean;
}

const historyOf = async (
  { client, name: AlarmName }: AlarmAddress,
  range: Pick<DescribeAlarmHistoryCommandInput, "ScanBy" | "MaxRecords" | "StartDate">,
): Promise<Action[]> => {
  const command = new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action", ...range });
  const { AlarmHistoryItems: items = [] } = await answerTo("DescribeAlarmHistory", client.send(command));
  return items
    .filter((item) => item.AlarmName === AlarmName && item.HistoryItemType === "Action")
    .map(({ Timestamp: at = new Date(0), HistorySummary: summary = "" }) => ({
      at,
      summary,
      succeeded: summary.startsWith("Successfully"),
    }));
};

const lastAction = async (alarm: AlarmAddress): Promise<Action | undefined> =>
  (await historyOf(alarm, { ScanBy: "TimestampDescending", MaxRecords: 1 }))[0];

/** @returns what the alarm did after `last` for one of its actions, or all of it, oldest first */
const actionsAfter = async (
  alarm: AlarmAddress,
  last: Action | undefined,
  arns: readonly string[],
): Promise<Action[]> => {
  const actions = await historyOf(alarm, { ScanBy: "TimestampAscending", StartDate: last?.at });
  return actions
    .filter(({ at }) => last === undefined || at > last.at)
    .filter(({ summary }) => arns.some((arn) => summary.includes(arn)));
};

/** @throws Error if a test would show nothing, or would hide a real problem */
const requireTestable = (
  name: string,
  { StateValue, StateReason, ActionsEnabled, AlarmActions = [] }: FoundInAccount,
) => {
  if (StateValue === "ALARM")
    throw new Error(
      `Expected OK or INSUFFICIENT_DATA for ${name} but got ALARM (${StateReason}): an alarm executes its actions only when it changes to ALARM`,
    );
  if (ActionsEnabled === false)
    throw new Error(`Expected enabled actions for ${name} but got disabled ones: the alarm would notify no one`);
  if (AlarmActions.length === 0)
    throw new Error(`Expected actions for ${name} but got none: the alarm would notify no one`);
};

export interface TestOptions {
  /** How long to wait for the actions, in milliseconds. */
  readonly limitMs: number;
  /** Time between two reads of the history. @default 1000 */
  readonly intervalMs?: number;
  /** Ends the wait early. The alarm is still restored. */
  readonly signal: AbortSignal;
}

export interface TestResult {
  readonly actions: readonly Action[];
  /** Number of actions that the alarm executes when it goes to ALARM. */
  readonly expected: number;
  readonly before: StateValue;
  /** What ended the state ALARM, and in which state the alarm is now. */
  readonly end: { readonly by: "the test" | "CloudWatch"; readonly state: StateValue; readonly reason: string };
}

const waitForActions = async (
  look: () => Promise<Action[]>,
  expected: number,
  { limitMs, intervalMs = 1_000, signal }: TestOptions,
): Promise<Action[]> => {
  const allActions = async () => {
    const actions = await look();
    return actions.length >= expected ? actions : undefined;
  };
  return (await poll(allActions, { intervalMs, limitMs, signal })) ?? look();
};

/**
 * Keeps a state that CloudWatch has set meanwhile: it continues to evaluate the alarm, and the cause may be real.
 * @throws Error if the call has no effect
 */
const restore = async (alarm: AlarmAddress, state: StateValue): Promise<TestResult["end"]> => {
  const now = await describe(alarm);
  if (now.StateReason !== REASONS.test)
    return { by: "CloudWatch", state: now.StateValue, reason: now.StateReason ?? "" };
  await setState(alarm, state, REASONS.testOver);
  const restored = await describe(alarm);
  if (restored.StateReason === REASONS.test)
    throw new Error(`Expected ${state} for ${alarm.name} after SetAlarmState but got ${restored.StateValue}`);
  return { by: "the test", state, reason: REASONS.testOver };
};

/**
 * Sets an alarm to ALARM, waits for its actions, and restores its state, even if an error occurs in between.
 * Subscribers are notified of both changes.
 * @throws NotDeployed, or Error before anything is changed, if the alarm cannot be tested or its history cannot be read
 */
export const testAlarm = async (alarm: AlarmAddress, options: TestOptions): Promise<TestResult> => {
  const found = await describe(alarm);
  requireTestable(alarm.name, found);
  const { StateValue: before, AlarmActions = [] } = found;
  // Compare times of the account only: this machine's clock may differ.
  const last = await lastAction(alarm);
  const look = () => actionsAfter(alarm, last, AlarmActions);
  const result = { expected: AlarmActions.length, before };
  options.signal.throwIfAborted();
  let actions: Action[];
  try {
    await setState(alarm, "ALARM", REASONS.test);
    actions = await waitForActions(look, result.expected, options);
  } catch (error) {
    await restore(alarm, before);
    throw error;
  }
  return { ...result, actions, end: await restore(alarm, before) };
};
