/** What a drill found: `npm run drill -- --json` prints it as it is. */
import type { Verdict } from "./drill";
import type { Control } from "./probes";
import type { Trial } from "./trial";

export interface DrillResult {
  readonly environment: string;
  readonly alarms: readonly Verdict[];
  readonly control: Control;
  /** How many times an alarm was tried at its boundaries. */
  readonly probes: number;
  readonly problems: readonly string[];
  readonly mutants?: readonly Trial[];
  readonly seconds: number;
}
