/** Reads, tests and resets the alarms of a deployed environment. */

import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  type DescribeAlarmHistoryCommandInput,
  DescribeAlarmsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import { closest } from "fastest-levenshtein";
import { logAlarms, metricAlarms } from "../../modules/alarms";
import { naming, stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { UsageError } from "../terminal/cli";
import { poll } from "../terminal/polling";
import { answerTo } from "./account";

export const REASONS = {
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

const expectedNames = (environment: Environment): string[] =>
  [...metricAlarms(environment), ...logAlarms(environment)].map(({ name }) => name);

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
  throw new UsageError(
    `Expected an alarm of ${stackName(environment)} for NAME but got ${JSON.stringify(text)}; did you mean ${closest(name, names)}?`,
  );
};

const STATES = ["ALARM", "INSUFFICIENT_DATA", "OK"] as const satisfies readonly StateValue[];

const alarmOf = (alarm: MetricAlarm, prefix: string): AccountAlarm => ({
  name: alarm.AlarmName?.slice(prefix.length) ?? "",
  state: alarm.StateValue ?? "INSUFFICIENT_DATA",
  // StateUpdatedTimestamp changes with every new reason, but emulators return no other time.
  since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
  reason: alarm.StateReason ?? "",
  actionsEnabled: alarm.ActionsEnabled ?? true,
});

const describeAll = async (client: CloudWatchClient, AlarmNamePrefix: string): Promise<MetricAlarm[]> => {
  const alarms: MetricAlarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNamePrefix }))
    alarms.push(...MetricAlarms);
  return alarms;
};

/** @returns the alarms whose names begin like the environment's, compared with those that it should have */
export const listAlarms = async (client: CloudWatchClient, environment: Environment): Promise<AlarmList> => {
  const prefix = prefixOf(environment);
  const found = await answerTo("DescribeAlarms", describeAll(client, prefix));
  const alarms = found
    .map((alarm) => alarmOf(alarm, prefix))
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || (a.name < b.name ? -1 : 1));
  const [expected, got] = [expectedNames(environment), alarms.map(({ name }) => name)];
  return {
    alarms,
    missing: expected.filter((name) => !got.includes(name)),
    extra: got.filter((name) => !expected.includes(name)),
  };
};

/** @throws Error if the account has no such alarm */
const describe = async (client: CloudWatchClient, name: string): Promise<MetricAlarm & { StateValue: StateValue }> => {
  const command = new DescribeAlarmsCommand({ AlarmNames: [name] });
  const { MetricAlarms: [alarm] = [] } = await answerTo("DescribeAlarms", client.send(command));
  if (alarm?.StateValue !== undefined) return { ...alarm, StateValue: alarm.StateValue };
  throw new Error(`Expected the alarm ${name} in the account but got none: deploy the environment first`);
};

const setState = (client: CloudWatchClient, AlarmName: string, StateValue: StateValue, StateReason: string) =>
  answerTo("SetAlarmState", client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason })));

/** @returns the state before */
export const resetAlarm = async (client: CloudWatchClient, name: string): Promise<StateValue> => {
  const { StateValue: before } = await describe(client, name);
  await setState(client, name, "OK", REASONS.reset);
  return before;
};

/** An action that an alarm executed, from its history. */
export interface Action {
  readonly at: Date;
  /** "Successfully executed action <ARN>", or "Failed to execute action <ARN>. Received error: …". */
  readonly summary: string;
  readonly succeeded: boolean;
}

const historyOf = async (
  client: CloudWatchClient,
  AlarmName: string,
  range: Pick<DescribeAlarmHistoryCommandInput, "ScanBy" | "MaxRecords" | "StartDate">,
): Promise<Action[]> => {
  const command = new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action", ...range });
  const { AlarmHistoryItems: items = [] } = await answerTo("DescribeAlarmHistory", client.send(command));
  return items.map(({ Timestamp: at = new Date(0), HistorySummary: summary = "" }) => ({
    at,
    summary,
    succeeded: summary.startsWith("Successfully"),
  }));
};

const lastAction = async (client: CloudWatchClient, name: string): Promise<Action | undefined> =>
  (await historyOf(client, name, { ScanBy: "TimestampDescending", MaxRecords: 1 }))[0];

/** @returns the actions after `last`, or all of them, oldest first */
const actionsAfter = async (client: CloudWatchClient, name: string, last: Action | undefined): Promise<Action[]> => {
  const actions = await historyOf(client, name, { ScanBy: "TimestampAscending", StartDate: last?.at });
  return actions.filter(({ at }) => last === undefined || at > last.at);
};

/** @throws Error if a test would show nothing, or would hide a real problem */
const requireTestable = (name: string, { StateValue, StateReason, ActionsEnabled, AlarmActions = [] }: MetricAlarm) => {
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
  /** Ends the wait early; the alarm is restored all the same. */
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

/** Keeps a state that CloudWatch has set meanwhile: it goes on evaluating the alarm, and the cause may be real. */
const restore = async (client: CloudWatchClient, name: string, state: StateValue): Promise<TestResult["end"]> => {
  const now = await describe(client, name);
  if (now.StateReason !== REASONS.test)
    return { by: "CloudWatch", state: now.StateValue, reason: now.StateReason ?? "" };
  await setState(client, name, state, REASONS.testOver);
  return { by: "the test", state, reason: REASONS.testOver };
};

/**
 * Sets an alarm to ALARM, waits for its actions, and restores its state, even if an error occurs in between.
 * Subscribers are notified of both changes.
 * @throws Error before anything is changed, if the alarm cannot be tested or its history cannot be read
 */
export const testAlarm = async (client: CloudWatchClient, name: string, options: TestOptions): Promise<TestResult> => {
  const alarm = await describe(client, name);
  requireTestable(name, alarm);
  const { StateValue: before, AlarmActions = [] } = alarm;
  // Compare times of the account only: this machine's clock may differ.
  const last = await lastAction(client, name);
  const look = () => actionsAfter(client, name, last);
  const result = { expected: AlarmActions.length, before };
  options.signal.throwIfAborted();
  let actions: Action[];
  try {
    await setState(client, name, "ALARM", REASONS.test);
    actions = await waitForActions(look, result.expected, options);
  } catch (error) {
    await restore(client, name, before);
    throw error;
  }
  return { ...result, actions, end: await restore(client, name, before) };
};
