/** A release without CodeDeploy: shifts the alias's weights step by step, and rolls back when a critical alarm goes to ALARM. */

import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { STRATEGIES, type StrategyName, sharesOf } from "../../../modules/release-strategies";
import type { Environment } from "../../../modules/variables";
import { poll } from "../../terminal/polling";
import { answerTo, NotDeployed } from "../account";
import { type AliasAddress, moveAlias } from "./alias";

export interface ReleaseResult {
  readonly status: "released" | "rolled back";
  /** Why it was rolled back. */
  readonly reason?: string;
}

export interface AlarmWatch {
  readonly environment: Environment;
  readonly cloudwatch: CloudWatchClient;
  /** Full names of the alarms that roll a release back. */
  readonly alarmNames: readonly string[];
}

/** @returns the names of the watched alarms that are in ALARM @throws NotDeployed if one does not exist */
export const alarmsInAlarm = async ({ environment, cloudwatch, alarmNames }: AlarmWatch): Promise<string[]> => {
  if (alarmNames.length === 0) return [];
  // Without StateValue, so that a missing alarm is not taken for one that is not in ALARM.
  const command = new DescribeAlarmsCommand({
    AlarmNames: [...alarmNames],
    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
  });
  const { MetricAlarms = [], CompositeAlarms = [] } = await answerTo("DescribeAlarms", cloudwatch.send(command));
  const states = new Map(
    [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName, StateValue }) => [AlarmName, StateValue]),
  );
  const missing = alarmNames.find((name) => !states.has(name));
  if (missing !== undefined) throw new NotDeployed(environment, `alarm ${missing}`);
  return alarmNames.filter((name) => states.get(name) === "ALARM");
};

export interface Shift {
  readonly from: string;
  readonly to: string;
  readonly strategy: StrategyName;
  readonly watch: AlarmWatch;
  /** Rolls the release back. */
  readonly signal: AbortSignal;
  /** @param percent share of the invocations that the new version gets from now on */
  readonly onShare: (percent: number) => void;
  /** Length of a minute of the strategy, for tests. @default 60000 */
  readonly minuteMs?: number;
  /** Time between two reads of the alarms. @default 15000 */
  readonly intervalMs?: number;
}

/** Waits for the strategy's interval. @returns why the release must be rolled back, or undefined */
const waitForStep = async ({ watch, signal, intervalMs = 15_000, ...shift }: Shift): Promise<string | undefined> => {
  const limitMs = STRATEGIES[shift.strategy].everyMinutes * (shift.minuteMs ?? 60_000);
  const alarmed = async () => {
    const names = await alarmsInAlarm(watch);
    return names.length > 0 ? `${names.join(", ")} went to ALARM` : undefined;
  };
  const reason = await poll(alarmed, { intervalMs: intervalMs, limitMs, signal });
  return reason ?? (signal.aborted ? "it was interrupted" : undefined);
};

/** @throws Error if the alarms cannot be read or the alias cannot be moved, after the alias was restored */
export const shiftTraffic = async (alias: AliasAddress, shift: Shift): Promise<ReleaseResult> => {
  const { from, to, strategy, onShare } = shift;
  const rollBack = () => moveAlias(alias, { version: from });
  try {
    for (const percent of sharesOf(strategy)) {
      await moveAlias(
        alias,
        percent === 100 ? { version: to, previous: from } : { version: from, next: { version: to, percent } },
      );
      onShare(percent);
      const reason = percent === 100 ? undefined : await waitForStep(shift);
      if (reason === undefined) continue;
      await rollBack();
      return { status: "rolled back", reason };
    }
  } catch (error) {
    await rollBack();
    throw error;
  }
  return { status: "released" };
};
