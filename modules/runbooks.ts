/** All runbooks, one for each alarm. To add one, add a row to the ledger of its kind. */
import { BACKFILL_RUNBOOKS } from "./backfill-runbooks";
import { INCIDENT_RUNBOOKS } from "./incident-runbooks";
import { LAMBDA_RUNBOOKS } from "./lambda-runbooks";
import { LOG_RUNBOOKS } from "./log-runbooks";
import type { Runbooks } from "./runbook";
import { TABLE_RUNBOOKS } from "./table-runbooks";
import { UPLOAD_RUNBOOKS } from "./upload-runbooks";

/** By the alarm's name: an alarm without a runbook does not compile. */
export const RUNBOOKS: Readonly<Required<Runbooks>> = {
  ...LAMBDA_RUNBOOKS,
  ...LOG_RUNBOOKS,
  ...TABLE_RUNBOOKS,
  ...UPLOAD_RUNBOOKS,
  ...BACKFILL_RUNBOOKS,
  ...INCIDENT_RUNBOOKS,
};
