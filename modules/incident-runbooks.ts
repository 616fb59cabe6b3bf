/** Ledger of runbooks of alarms for incidents and the error budget. */
import type { Runbooks } from "./runbook";

/** By the alarm's name: add a row. */
export const INCIDENT_RUNBOOKS = {
  page: ({ stack, ifAlarm, reprocess }) => ({
    impact: "Uploads get no variants, or get them too late. A person has to act now.",
    causes: [
      "`high-error-rate` is in ALARM: attempts fail. `s3-permission-errors`, `timeout-errors`, `memory-errors` or `critical-errors` shows why.",
      "`outage` and `outage-lasts` are in ALARM: nearly all attempts fail, or Lambda drops events without invoking the function.",
      "`limits-reached` is in ALARM: attempts reach the memory or time limit. `memory-errors` or `timeout-errors` shows which.",
      "`budget-burning` is in ALARM: uploads fail every attempt and are given up, although most attempts succeed.",
      ...ifAlarm("images-lost", "`images-lost` is in ALARM: the dead-letter queue refuses events, so they are lost."),
      ...ifAlarm(
        "upload-api-errors",
        "`upload-api-errors` is in ALARM: the upload API fails, so that clients cannot upload.",
      ),
      "`waiting`, or `throttled-long` with `nothing-invoked` or `still-throttled`, is in ALARM: Lambda throttles invocations.",
    ],
    fix: [
      `The notification names the alarms in ALARM. See all of them: \`npm run alarms -- ${stack} list\`.`,
      "Continue with the runbook to which the first of them links.",
      "The page ends when `recovered`, or after throttling `flowing`, is in ALARM. There is no second page for the same incident.",
    ],
    afterwards: [reprocess],
  }),
  creep: ({ ifAlarm }) => ({
    impact: "None yet. Invocations that reach the time or the memory limit fail.",
    causes: ["Larger images arrive than before.", "S3 answers slowly."],
    fix: [
      "If `high-duration` is in ALARM, continue with its runbook.",
      ...ifAlarm("memory-high", "If `memory-high` is in ALARM, continue with its runbook."),
    ],
  }),
  "slow-burn": ({ value, query, reprocess }) => ({
    impact: `Some uploads fail every attempt. If this continues, fewer than ${value("slo_target_percent", "percent")} are processed this month.`,
    causes: [
      "A kind of file fails that should be refused or processed, so that every retry fails.",
      "S3 or a permission fails for a part of the uploads.",
    ],
    fix: [
      `Find the most frequent \`errorName\` with ${query("errors-by-kind")}.`,
      "See on the dashboard how much of the error budget remains.",
    ],
    afterwards: [reprocess],
  }),
  budget: ({ value, query, reprocess }) => ({
    impact: `A few uploads fail every attempt. If this continues, fewer than ${value("slo_target_percent", "percent")} are processed this month.`,
    causes: [
      "A kind of file fails that should be refused or processed, so that every retry fails.",
      "An incident of the last day has used the budget; then there is nothing left to do.",
    ],
    fix: [
      `Find the most frequent \`errorName\` with ${query("errors-by-kind")}.`,
      "See on the dashboard how much of the error budget remains. With little left, postpone risky releases.",
    ],
    afterwards: [reprocess],
  }),
  refused: ({ value, query }) => ({
    impact: "None for the service: only the senders can fix refused files.",
    causes: [
      "A sender uploads a format that is not supported, such as HEIC.",
      "A sender uploads files that are damaged or too large.",
    ],
    fix: [
      `Count the reasons with ${query("refused-by-reason")}; the keys show the sender.`,
      "Give the sender the `key` and `detail` of the refused uploads.",
      `If this many refusals are normal, raise ${value("refused_rate_threshold_percent", "percent")}.`,
    ],
  }),
} as const satisfies Runbooks;
