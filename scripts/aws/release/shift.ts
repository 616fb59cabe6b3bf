/** A release without CodeDeploy: the alias's weights are moved step by step, and put back when a critical alarm goes off. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { STRATEGIES, type StrategyName, sharesOf } from "../../../modules/release-strategies";
import { answerTo } from "../account";
import { moveAlias, type Place } from "./alias";

/** How a release ended: an error's words where it was taken back. */
export interface Ended {
  readonly status: "released" | "taken back";
  readonly because?: string;
}

export interface Watch {
  readonly cloudwatch: CloudWatchClient;
  /** Full names of the alarms that end a release. */
  readonly alarmNames: readonly string[];
}

/** @returns the names of those that ring */
export const ringing = async ({ cloudwatch, alarmNames }: Watch): Promise<string[]> => {
  if (alarmNames.length === 0) return [];
  const command = new DescribeAlarmsCommand({ AlarmNames: [...alarmNames], StateValue: "ALARM" });
  const { MetricAlarms = [] } = await answerTo("DescribeAlarms", cloudwatch.send(command));
  return MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []);
};

export interface Shift {
  readonly from: string;
  readonly to: string;
  readonly strategy: StrategyName;
  readonly watch: Watch;
  /** Ends it early, and takes it back. */
  readonly signal: AbortSignal;
  /** @param percent of the invocations that the new version gets from now on */
  readonly onShare: (percent: number) => void;
  /** What is waited for a minute of the strategy. @default a minute */
  readonly minuteMs?: number;
  /** Between two looks at the alarms. @default 15 seconds */
  readonly lookEveryMs?: number;
}

/** @returns why the release has to end, once it has to, or nothing when the time is over */
const hold = async ({ watch, signal, lookEveryMs = 15_000, ...shift }: Shift): Promise<string | undefined> => {
  const endsAt = Date.now() + STRATEGIES[shift.strategy].everyMinutes * (shift.minuteMs ?? 60_000);
  for (;;) {
    const names = await ringing(watch);
    if (names.length > 0) return `${names.join(", ")} went off`;
    if (signal.aborted) return "it was interrupted";
    const leftMs = endsAt - Date.now();
    if (leftMs <= 0) return undefined;
    await sleep(Math.min(lookEveryMs, leftMs), undefined, { signal }).catch(() => {});
  }
};

/** @throws Error of whatever cannot be read or moved, after the alias was put back */
export const shiftTraffic = async (place: Place, shift: Shift): Promise<Ended> => {
  const { from, to, strategy, onShare } = shift;
  const takeBack = () => moveAlias(place, { version: from });
  try {
    for (const percent of sharesOf(strategy)) {
      await moveAlias(
        place,
        percent === 100 ? { version: to, previous: from } : { version: from, next: { version: to, percent } },
      );
      onShare(percent);
      const because = percent === 100 ? undefined : await hold(shift);
      if (because === undefined) continue;
      await takeBack();
      return { status: "taken back", because };
    }
  } catch (error) {
    await takeBack();
    throw error;
  }
  return { status: "released" };
};
