/** Rules between the variables of an environment. */
import { ALARM_RULES } from "./alarm-rules";
import { BACKFILL_RULES } from "./backfill-rules";
import { BUCKET_RULES } from "./bucket-rules";
import { FUNCTION_RULES } from "./function-rules";
import { REGION_RULES } from "./region-rules";
import type { Rule } from "./rule";
import { UPLOAD_RULES } from "./upload-rules";

export const RULES: readonly Rule[] = [
  ...REGION_RULES,
  ...FUNCTION_RULES,
  ...ALARM_RULES,
  ...BUCKET_RULES,
  ...UPLOAD_RULES,
  ...BACKFILL_RULES,
];
