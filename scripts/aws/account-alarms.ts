/** The alarms of an environment as the account has them: their states, and how to set them. */
import { setTimeout as sleep } from "node:timers/promises";
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
import { answerTo } from "./account";

export const REASONS = {
  test: "test by npm run alarms",
  testOver: "test by npm run alarms is over",
  reset: "reset by npm run alarms",
} as const;

export interface AccountAlarm {
  /** The end of its name where the alarm is one of the environment's, as in the ledgers. */
  readonly name: string;
  readonly state: StateValue;
  /** Undefined where the account does not say. */
  readonly since: Date | undefined;
  readonly reason: string;
  readonly actionsEnabled: boolean;
}

export interface Roll {
  /** Alarms that ring before those that do not know, and these before those that are content. */
  readonly alarms: readonly AccountAlarm[];
  /** Ends of the names that the environment should have, and the account does not. */
  readonly missing: readonly string[];
  /** Ends of the names that the account has, and the environment should not. */
  readonly extra: readonly string[];
}

const prefixOf = (environment: Environment): string => `${naming(environment).functionName}-`;

const expectedNames = (environment: Environment): string[] =>
  [...metricAlarms(environment), ...logAlarms(environment)].map(({ name }) => name);

/**
 * @param text the end of an alarm's name, or all of it
 * @returns all of it
 * @throws UsageError with the nearest name
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
  // StateUpdatedTimestamp moves with every new reason; emulators have no other.
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

/** @returns the alarms whose names begin as those of the environment do, beside those that it should have */
export const callRoll = async (client: CloudWatchClient, environment: Environment): Promise<Roll> => {
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

/** @throws Error where the account has no such alarm */
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

/** What an alarm did, as its history tells it. */
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

/** @returns what was done after an action, or all there is, oldest first */
const actionsAfter = async (client: CloudWatchClient, name: string, last: Action | undefined): Promise<Action[]> => {
  const actions = await historyOf(client, name, { ScanBy: "TimestampAscending", StartDate: last?.at });
  return actions.filter(({ at }) => last === undefined || at > last.at);
};

/** @throws Error where the test could not show anything, or would hide what is going on */
const requireQuiet = (name: string, { StateValue, StateReason, ActionsEnabled, AlarmActions = [] }: MetricAlarm) => {
  if (StateValue === "ALARM")
    throw new Error(
      `Expected OK or INSUFFICIENT_DATA for ${name} but got ALARM (${StateReason}): an alarm acts only when it changes to ALARM`,
    );
  if (ActionsEnabled === false)
    throw new Error(`Expected enabled actions for ${name} but got disabled ones: it would tell nobody`);
  if (AlarmActions.length === 0) throw new Error(`Expected actions for ${name} but got none: it would tell nobody`);
};

export interface TestOptions {
  /** How long to wait for the actions. */
  readonly limitMs: number;
  /** @default one second between two looks at the history */
  readonly intervalMs?: number;
  /** Ends the waiting early; the alarm is put back all the same. */
  readonly signal: AbortSignal;
}

export interface TestResult {
  readonly actions: readonly Action[];
  /** How many actions the alarm has for ALARM. */
  readonly expected: number;
  readonly before: StateValue;
  /** Who ended the state ALARM, and how. */
  readonly end: { readonly by: "the test" | "CloudWatch"; readonly state: StateValue; readonly reason: string };
}

const waitForActions = async (
  look: () => Promise<Action[]>,
  expected: number,
  { limitMs, intervalMs = 1_000, signal }: TestOptions,
): Promise<Action[]> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const actions = await look();
    if (actions.length >= expected || signal.aborted || Date.now() >= end) return actions;
    // Interrupted: one more look, then home.
    await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
};

/** Leaves alone what CloudWatch has decided meanwhile: it evaluates the alarm on, and the cause may be real. */
const putBack = async (client: CloudWatchClient, name: string, state: StateValue): Promise<TestResult["end"]> => {
  const now = await describe(client, name);
  if (now.StateReason !== REASONS.test)
    return { by: "CloudWatch", state: now.StateValue, reason: now.StateReason ?? "" };
  await setState(client, name, state, REASONS.testOver);
  return { by: "the test", state, reason: REASONS.testOver };
};

/**
 * Sets an alarm to ALARM, waits for what it does, and puts it back, whatever happens in between.
 * Those whom it tells are told of the end, too.
 * @throws Error before anything is changed, where the alarm is unfit for a test or its history cannot be read
 */
export const testAlarm = async (client: CloudWatchClient, name: string, options: TestOptions): Promise<TestResult> => {
  const alarm = await describe(client, name);
  requireQuiet(name, alarm);
  const { StateValue: before, AlarmActions = [] } = alarm;
  // "After" is told by the account's clock, from which this machine's may differ.
  const last = await lastAction(client, name);
  const look = () => actionsAfter(client, name, last);
  const result = { expected: AlarmActions.length, before };
  options.signal.throwIfAborted();
  let actions: Action[];
  try {
    await setState(client, name, "ALARM", REASONS.test);
    actions = await waitForActions(look, result.expected, options);
  } catch (error) {
    await putBack(client, name, before);
    throw error;
  }
  return { ...result, actions, end: await putBack(client, name, before) };
};
