/** A separate process that plays months: started by run.ts. */
import { type Canaries, countCanaries } from "./canaries";
import type { Effects } from "./effects";
import { type Judged, judge } from "./judge";
import { type MonthOptions, playMonth } from "./play";
import type { Policy } from "./policy";

/** Months of one rate and stack, and canaries. */
export interface Job {
  readonly policy: Policy;
  readonly effects: Effects;
  readonly months: readonly MonthOptions[];
  /** @default none are counted */
  readonly canaries?: Parameters<typeof countCanaries>[2];
}

export interface JobResult {
  readonly months: readonly Judged[];
  readonly canaries?: Canaries;
}

export const work = ({ policy, effects, months, canaries }: Job): JobResult => ({
  months: months.map((options) => judge(playMonth(policy, effects, options))),
  ...(canaries && { canaries: countCanaries(policy, effects, canaries) }),
});

if (process.send !== undefined && require.main === module) {
  process.on("message", (job: Job) => process.send?.(work(job)));
  process.once("disconnect", () => process.exit());
}
