/** Rules between the variables of a backfill. */
import { backfillTimeout, fitsTimeout } from "./backfill-limits";
import type { Rule } from "./rule";

export const BACKFILL_RULES: readonly Rule[] = [
  {
    of: ["backfill_slowest_image_seconds", "lambda_timeout", "enable_backfill"],
    broken: ({ enable_backfill, lambda_timeout, backfill_slowest_image_seconds: slowest }) => {
      const timeout = backfillTimeout(lambda_timeout);
      if (!enable_backfill || fitsTimeout({ slowest_image_seconds: slowest, timeout })) return undefined;
      const name = "backfill_slowest_image_seconds";
      return { name, what: `at most ${timeout} seconds (the timeout of a batch, from lambda_timeout)`, got: slowest };
    },
  },
];
