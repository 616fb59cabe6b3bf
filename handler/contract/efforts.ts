/** How much CPU time encoding may take to save bytes: the operator's choices. */
export const EFFORTS = {
  fast: "least CPU time",
  balanced: "fewer bytes: the saved storage pays for the CPU time in about a month",
  small: "fewest bytes whose saved storage pays for the CPU time within a year",
} as const satisfies Record<string, string>;

export type Effort = keyof typeof EFFORTS;

/** The cheapest for an upload that is kept for a month: docs/performance.md has the figures. */
export const DEFAULT_EFFORT: Effort = "fast";
