/** Inputs of the module `backfill`. */
import { MAX_TIMEOUT_SECONDS } from "../backfill-limits";
import { PERCENT, text, whole } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const MACHINE = text("the name of a state machine: up to 80 letters, digits, - and _", /^[\w-]{1,80}$/);
const ROLE = text("a role name of up to 64 characters", /^[\w+=,.@-]{1,64}$/);
const BUCKET_PREFIX = text(
  "a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens",
  /^[a-z0-9][a-z0-9.-]{0,36}$/,
);
const FUNCTION_ARN = text("the ARN of a Lambda function", /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+$/);

/** Settings that an environment has, too, with `backfill_` in front. */
// biome-ignore format: a ledger is read down its columns
export const BACKFILL_VALUES = {
  max_concurrency:           { ...whole(1, 1_000, "batches"),  default: 10, description: "Batches that run at the same time. The function reserves as much concurrency, which other functions of the account then lack." },
  batch_size:                { ...whole(1, 100, "objects"),    default: 10, description: "Most objects of one batch, which is one invocation of the function. A batch has fewer where so many of the slowest images do not fit into the function's timeout." },
  slowest_image_seconds:     { ...whole(1, MAX_TIMEOUT_SECONDS, "seconds"),    default: 6,  description: "Seconds that the slowest images take. As many of them as fit into the function's timeout make a batch." },
  tolerated_failure_percent: { ...PERCENT,                     default: 5,  description: "Share of the objects whose batches may fail, in percent. Above it, a run fails and starts no more batches." },
  max_hours:                 { ...whole(1, 8_760, "hours"),    default: 72, description: "Hours after which a run times out." },
  keep_days:                 { ...whole(15, 3_650, "days"),    default: 30, description: "Days to keep the manifests and results of runs. A run can be resumed for 14 days." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const BACKFILL = {
  state_machine_name:       { ...MACHINE,       description: "Name of the state machine." },
  role_name:                { ...ROLE,          description: "Role that runs the state machine." },
  bucket_prefix:            { ...BUCKET_PREFIX, description: "Start of the name of the bucket for manifests and results. The provider appends a unique suffix." },
  function_arn:             { ...FUNCTION_ARN,  description: "Function that processes a batch." },
  function_timeout:         { ...whole(1, MAX_TIMEOUT_SECONDS, "seconds"), default: 60, description: "Timeout of that function in seconds. With a longer one, three attempts of a batch would take longer than the five minutes of an Express workflow." },
  ...BACKFILL_VALUES,
  enable_kms_key:           COMMON.enable_kms_key,
  kms_key_arn:              COMMON.kms_key_arn,
  permissions_boundary_arn: COMMON.permissions_boundary_arn,
  account_id:               COMMON.account_id,
  aws_region:               COMMON.aws_region,
} as const satisfies Inputs;
