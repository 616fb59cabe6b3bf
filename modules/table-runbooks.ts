/** Ledger of runbooks of alarms on the metadata table. */
import type { Runbooks } from "./runbook";

/** By the alarm's name: add a row. */
export const TABLE_RUNBOOKS = {
  "table-throttles": ({ stack, ifAlarm, value }) => ({
    impact: "None for images. Records are written up to a second late, or are lost.",
    causes: [
      "Uploads more than doubled within half an hour; an on-demand table then needs time to grow.",
      "The account's or the table's maximum write throughput is reached.",
      "Many versions of one key, or a flood of refused files, are recorded at once: the writes of one partition are limited.",
    ],
    fix: [
      "Wait if it is a burst: the table grows by itself.",
      "If it continues: compare the writes with the quota *Table-level write throughput limit* in Service Quotas, and ask for more.",
      `If a few throttled requests are normal here, raise ${value("table_throttle_threshold")}.`,
    ],
    afterwards: [
      ...ifAlarm(
        "records-lost",
        `If \`records-lost\` fires, too, continue there. \`npm run images -- ${stack} <key>\` shows the record of one upload.`,
      ),
    ],
  }),
  "table-errors": ({ stack, ifAlarm, value }) => ({
    impact: "None for images. Records are written up to a second late, or are lost.",
    causes: ["DynamoDB has a fault in this region. Nothing in the stack can cause it."],
    fix: [
      "See the AWS Health Dashboard for DynamoDB in this region, and wait.",
      `If single errors are normal here, raise ${value("table_error_threshold")}.`,
    ],
    afterwards: [
      ...ifAlarm(
        "records-lost",
        `If \`records-lost\` fires, too, continue there. \`npm run images -- ${stack} <key>\` shows the record of one upload.`,
      ),
    ],
  }),
  "records-lost": ({ stack, deploy, ifAlarm, environment }) => ({
    impact: `None for images: their variants are stored. \`npm run images -- ${stack}\` shows no record of the affected uploads, or an old state.`,
    causes: [
      "`errorName` is `AccessDeniedException`: the policy of the role or of the KMS key was changed by hand.",
      `\`errorName\` is \`TooSlow\` or \`TimeoutError\`: DynamoDB does not answer within a second.${environment.vpc_subnet_ids.length > 0 ? " The subnets may lack a route to it: a gateway endpoint or a NAT gateway." : ""}`,
      "`errorName` is `ResourceNotFoundException`: the table was deleted.",
      ...ifAlarm("table-throttles", "DynamoDB throttles or fails; `table-throttles` or `table-errors` fires, too."),
    ],
    fix: [
      "Find the most frequent `errorName` in the first query.",
      `See what differs from the stack with \`npm run plan -- ${stack}\`, and restore it with ${deploy}.`,
    ],
    afterwards: [
      "The log has what the lost records would say: each line `record.lost` names key, version and state. A later event for the same version writes the record again.",
    ],
  }),
} as const satisfies Runbooks;
