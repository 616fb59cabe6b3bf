/** What a scenario of the drill is: its cause, the expected metric counts, and the topic to notify. */
import type { Blueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import type { Recording } from "./recorded-run";

/**
 * Minimum count of each log metric for one fault; no other log metric may count. MEASURES, which every upload raises, are
 * checked only if one of them is named.
 */
export type ExpectedCounts = Readonly<Record<string, number>>;

export interface Scenario {
  readonly cause: string;
  /** End of the name of the topic to notify; none for an alarm that is only part of another, or shows a cause. */
  readonly topic: "critical-alerts" | "performance-alerts" | "log-alerts" | "none";
  readonly counts: ExpectedCounts;
  /** Alarms that may fire, too, because they share the cause. */
  readonly also: readonly string[];
  /** How the run differs from the deployed stack. @default it does not */
  readonly scaled?: (fn: FunctionBlueprint) => string;
  /** Healthy traffic stops when the fault begins. @default it continues */
  readonly isSilence?: true;
  /** The alarm is in ALARM while all is well. @default it is OK */
  readonly isInverse?: true;
  /** Time between two healthy uploads. @default TRAFFIC_EVERY_MS */
  readonly trafficEveryMs?: number;
  /** @param threshold number of faults at which the alarm fires, or its threshold value */
  readonly run: (blueprint: Blueprint, threshold: number) => Promise<Recording>;
}

/** A run that belongs to no alarm but makes every metric appear. */
export interface Other {
  readonly cause: string;
  readonly counts: ExpectedCounts;
  /** Whether the run makes sense for a stack. @default for every stack */
  readonly isFor?: (fn: FunctionBlueprint) => boolean;
  /** @param deployed the function before any mutation */
  readonly run: (blueprint: Blueprint, pictures: readonly Buffer[], deployed: FunctionBlueprint) => Promise<Recording>;
}
