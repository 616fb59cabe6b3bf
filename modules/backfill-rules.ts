/** Rules between the variables of a backfill. */
import { misfitOf } from "./backfill-limits";
import type { Rule } from "./rule";

const NAMES = { slowest: "backfill_slowest_image_seconds", timeout: "lambda_timeout" };

export const BACKFILL_RULES: readonly Rule[] = [
  {
    of: ["backfill_batch_size", "backfill_slowest_image_seconds", "lambda_timeout", "enable_backfill"],
    broken: ({ enable_backfill, lambda_timeout: timeout, ...environment }) => {
      const values = {
        batch_size: environment.backfill_batch_size,
        slowest_image_seconds: environment.backfill_slowest_image_seconds,
        timeout,
      };
      const misfit = enable_backfill ? misfitOf(values, NAMES) : undefined;
      return misfit && { ...misfit, name: misfit.of === "timeout" ? "lambda_timeout" : "backfill_batch_size" };
    },
  },
];
