/** The result of a drill, as `npm run drill -- --json` prints it. */
import type { Delivery } from "../../cloudwatch/delivery";
import type { Control } from "./control";
import type { Verdict } from "./drill";
import type { MutantResult } from "./mutation-run";

export interface DrillResult {
  readonly environment: string;
  /** What the stack was read from. @default its Terraform JSON */
  readonly form?: string;
  readonly delivery: Delivery;
  readonly alarms: readonly Verdict[];
  readonly control: Control;
  /** Number of boundary checks. */
  readonly probes: number;
  /** Checks with the longest invocations: for which values of lambda_timeout, which alarms, and what failed. */
  readonly slow: {
    readonly timeoutsSeconds: readonly number[];
    readonly alarms: readonly string[];
    readonly problems: readonly string[];
  };
  readonly problems: readonly string[];
  readonly mutants?: readonly MutantResult[];
  readonly seconds: number;
}
