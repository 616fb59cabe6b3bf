/** The result of a drill, as `npm run drill -- --json` prints it. */
import type { Verdict } from "./drill";
import type { MutantResult } from "./mutation-run";
import type { Control } from "./probes";

export interface DrillResult {
  readonly environment: string;
  readonly alarms: readonly Verdict[];
  readonly control: Control;
  /** Number of boundary checks. */
  readonly probes: number;
  readonly problems: readonly string[];
  readonly mutants?: readonly MutantResult[];
  readonly seconds: number;
}
