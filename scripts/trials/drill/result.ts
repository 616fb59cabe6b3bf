/** What a drill found: `npm run drill -- --json` prints it as it is. */
import type { Verdict } from "./drill";
import type { MutantResult } from "./mutation-run";
import type { Control } from "./probes";

export interface DrillResult {
  readonly environment: string;
  readonly alarms: readonly Verdict[];
  readonly control: Control;
  /** How many times an alarm was tried at its boundaries. */
  readonly probes: number;
  readonly problems: readonly string[];
  readonly mutants?: readonly MutantResult[];
  readonly seconds: number;
}
