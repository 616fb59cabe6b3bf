/** Ledger of runbooks, one for each alarm: what to do when it fires, in a given environment. */
import type { RunbookName } from "./alarm-rows";
import { duration, type RunbookFacts } from "./runbook-facts";

export interface Runbook {
  /** What senders of images notice. */
  readonly impact: string;
  /** The most likely cause first. */
  readonly causes: readonly string[];
  /** Steps, in the order to try them. */
  readonly fix: readonly string[];
  /** Steps when the cause is gone. @default nothing is left to do */
  readonly afterwards?: readonly string[];
}

/** With refusal_log_level WARN, refused files count neither as errors nor as failures. */
const ifRefusalsCount = ({ refusal_log_level }: RunbookFacts["environment"], ...sentences: string[]): string[] =>
  refusal_log_level === "ERROR" ? sentences : [];

/** By the alarm's name. To add one, add a row: an alarm without a runbook does not compile. */
export const RUNBOOKS: Readonly<Record<RunbookName, (facts: RunbookFacts) => Runbook>> = {
  "high-error-rate": ({ retries, dropped, rollback, reprocess, query }) => ({
    impact: `Some uploads get their variants late or not at all. ${retries} ${dropped}`,
    causes: [
      "S3 is slow or unavailable. A short disturbance ends by itself.",
      "A permission, a bucket policy or a setting is wrong since the last deployment.",
      "Invocations run out of memory or time; `memory-errors` or `timeout-errors` fires, too.",
    ],
    fix: [
      `Find the most frequent \`errorName\` with ${query("errors-by-kind")}. For denied requests, continue with \`s3-permission-errors\`.`,
      rollback,
    ],
    afterwards: [reprocess],
  }),
  throttles: ({ environment, functionName, deploy, maxWait, queue, reprocess, ifAlarm, value }) => {
    const reserved = environment.reserved_concurrent_executions;
    return {
      impact: `Variants arrive late. An upload waits for up to ${maxWait}; after that its event ${queue ? "goes to the dead-letter queue" : "is lost, but the upload stays in the bucket"}.`,
      causes: [
        reserved > 0
          ? `A burst of uploads needs more than the reserved concurrency: ${value("reserved_concurrent_executions")}.`
          : "A burst of uploads needs more concurrency than the account has left.",
        ...(reserved > 0 ? [] : ["Another function in the account uses the shared concurrency."]),
        "Someone set the concurrency of the function to 0 (Throttle in the Lambda console).",
      ],
      fix: [
        `If the concurrency is 0: \`aws lambda delete-function-concurrency --function-name ${functionName}\`, then ${deploy} to restore the configured value.`,
        ["If it is a burst: wait.", ...ifAlarm("event-age", "`event-age` fires if the backlog grows.")].join(" "),
        reserved > 0
          ? "If it happens regularly: raise `reserved_concurrent_executions` and deploy."
          : "If it happens regularly: ask AWS for a higher quota of concurrent executions.",
      ],
      afterwards: [reprocess],
    };
  },
  "release-errors": ({ stack, retries, reprocess }) => ({
    impact: `Uploads that reach the newest version fail. ${retries} A retry uses the version that is in service by then.`,
    causes: [
      "The newest version cannot start, or fails on uploads that the previous version could process.",
      "S3 or a permission fails for every version; `high-error-rate` or `s3-permission-errors` fires, too.",
    ],
    fix: [
      `See what is in service: \`npm run release -- ${stack} --status\`. A release in progress rolls back by itself.`,
      `If the release was complete, roll back: \`npm run release -- ${stack} --rollback\`.`,
    ],
    afterwards: [reprocess],
  }),
  "log-errors": ({ value }) => ({
    impact: "None by itself: it counts every error line, including those for refused files.",
    causes: [
      "An upload was refused: not an image, damaged, or too large.",
      "An upload failed and Lambda retries it.",
      "No image can be processed; `critical-errors` fires, too.",
    ],
    fix: [
      "Look at `event` and `reason` in the first query. A refused upload needs a better file from its sender, and nothing here.",
      `If refused files are normal here, raise ${value("log_error_threshold")}.`,
    ],
  }),
  "high-duration": ({ environment, query, apply, value, ifAlarm }) => ({
    impact: `Variants arrive late. Invocations that reach ${duration(environment.lambda_timeout)} (\`lambda_timeout\`) fail.`,
    causes: [
      "S3 answers slowly.",
      ["Very large images arrive.", ...ifAlarm("large-images", "`large-images` may fire, too.")].join(" "),
      `The function has too little CPU, which depends on ${value("lambda_memory_size", "MB")}. 1769 MB is one full vCPU.`,
    ],
    fix: [
      `Compare \`durationMs\` with \`widthPx\`, \`heightPx\` and \`sizeBytes\` in ${query("slowest-images")}.`,
      `If only large images are slow, raise \`lambda_memory_size\`: ${apply}.`,
      `If all images are slow, raise \`lambda_timeout\` and \`duration_threshold_ms\` together until S3 has recovered, so that this alarm still fires before the timeout: ${apply}.`,
    ],
  }),
  "high-concurrency": ({ environment, value }) => ({
    impact: `None yet. Above ${environment.reserved_concurrent_executions > 0 ? value("reserved_concurrent_executions") : "the account's quota"} Lambda throttles invocations.`,
    causes: ["A burst of uploads.", "Invocations take longer than usual, so that more of them overlap."],
    fix: [
      "See on the dashboard whether Invocations or Duration has risen. For Duration, continue with `high-duration`.",
      `If such bursts are normal, raise ${value("concurrent_executions_threshold")}${environment.reserved_concurrent_executions > 0 ? " and `reserved_concurrent_executions`" : ""}.`,
    ],
  }),
  "low-success-rate": ({ environment, query, value }) => ({
    impact: `Too few images get their variants: the alarm fires below ${value("success_rate_threshold_percent", "percent")}.`,
    causes: [
      ...ifRefusalsCount(environment, "One sender uploads files that are damaged or not images."),
      "S3 or a permission fails; `high-error-rate` or `s3-permission-errors` fires, too.",
    ],
    fix: [
      ...ifRefusalsCount(
        environment,
        `Count the reasons with ${query("refused-by-reason")}; the keys show the sender.`,
      ),
      `Find the most frequent \`errorName\` with ${query("errors-by-kind")}.`,
      `If only few images arrive, raise ${value("success_rate_min_samples")}.`,
    ],
  }),
  "no-invocations": ({ stack, buckets, deploy }) => ({
    impact: "No variants are made. New uploads are either missing or ignored.",
    causes: [
      "The sender has stopped.",
      "The upload bucket no longer invokes the function: its notification or the permission was removed.",
    ],
    fix: [
      `Upload an image, \`aws s3 cp photo.jpg s3://${buckets.upload}/\`, and follow the log: \`npm run logs -- ${stack} --follow\`.`,
      `If nothing is logged, \`npm run plan -- ${stack}\` shows what is missing and ${deploy} restores it.`,
      "If the image is processed, ask the sender.",
    ],
  }),
  "memory-high": ({ query, apply, value, ifAlarm }) => ({
    impact: "None yet. An invocation that runs out of memory fails.",
    causes: [
      ["Larger images arrive than before.", ...ifAlarm("large-images", "`large-images` may fire, too.")].join(" "),
      "An upload is a progressive JPEG, which needs several times the memory of a baseline JPEG.",
    ],
    fix: [
      `See since when, and how much memory is left, with ${query("memory-high-water")}.`,
      `Raise ${value("lambda_memory_size")}, or lower \`max_image_pixels\`: ${apply}.`,
    ],
  }),
  "event-age": ({ maxWait, queue, ifAlarm, environment }) => ({
    impact: `Variants arrive late. After ${maxWait} an event ${queue ? "goes to the dead-letter queue" : "is lost"}.`,
    causes: [
      "More uploads arrive than the function may process in parallel; `throttles` fires, too.",
      "Invocations fail, and Lambda retries after longer and longer pauses.",
    ],
    fix: [
      "See on the dashboard whether Throttles or Errors has risen. For errors, continue with `high-error-rate`.",
      environment.reserved_concurrent_executions > 0
        ? "Raise `reserved_concurrent_executions` and deploy."
        : "Ask AWS for a higher quota of concurrent executions.",
      ...ifAlarm("events-dropped", "Watch `events-dropped`: it fires when the first events are lost."),
    ],
  }),
  "events-dropped": ({ queue, environment, maxWait, retries, functionName, reprocess, ifAlarm, deploy }) => ({
    impact: queue
      ? "Some uploads have no variants. Their events are in the dead-letter queue."
      : "Some uploads have no variants, and no event will make them. The uploads stay in the bucket.",
    causes: [
      `Uploads failed every attempt; \`high-error-rate\` may fire, too. ${retries}`,
      [
        `Events waited longer than ${maxWait}.`,
        ...ifAlarm("event-age", `\`event-age\` fires after ${duration(environment.event_age_threshold_ms / 1000)}.`),
      ].join(" "),
      "Someone set the concurrency of the function to 0.",
    ],
    fix: [
      `If the concurrency is 0: \`aws lambda delete-function-concurrency --function-name ${functionName}\`, then ${deploy}.`,
      "Otherwise fix what the first query shows.",
      ...ifAlarm("dead-letter-errors", "If `dead-letter-errors` fires, too, the events are lost: continue there."),
    ],
    afterwards: [reprocess],
  }),
  "dead-letters": ({ stack, ifAlarm, retries, maxWait }) => ({
    impact: "Some uploads have no variants. Their events wait in the dead-letter queue, for 14 days.",
    causes: [
      `Uploads failed every attempt, or waited longer than ${maxWait}. ${retries}`,
      ...ifAlarm("events-dropped", "The runbook of `events-dropped` has more about both."),
    ],
    fix: [
      `List the uploads, their ages and errors: \`npm run redrive -- ${stack} --dry-run\`. After a quiet time, the metric of the queue is up to 15 minutes late, so the ages say when it began.`,
      `Fix the cause, then invoke the function again: \`npm run redrive -- ${stack}\`. What fails again stays in the queue.`,
    ],
  }),
  "dead-letter-errors": ({ stack, buckets, deploy }) => ({
    impact: "Some uploads have no variants, and their events are lost. The uploads stay in the bucket.",
    causes: [
      "The policy of the role or of the KMS key was changed by hand: the function may not send to the queue.",
      "The queue was deleted.",
    ],
    fix: [`See what differs from the stack with \`npm run plan -- ${stack}\`, and restore it with ${deploy}.`],
    afterwards: [
      `These events are in no queue. Process each lost upload by copying it over itself: \`aws s3 cp s3://${buckets.upload}/<key> s3://${buckets.upload}/<key> --metadata-directive REPLACE\`.`,
    ],
  }),
  "table-throttles": ({ stack, ifAlarm, value }) => ({
    impact: "None for images. Records are written up to a second late, or are lost.",
    causes: [
      "Uploads more than doubled within half an hour; an on-demand table then needs time to grow.",
      "The account's or the table's maximum write throughput is reached.",
      "Many versions of one key, or a flood of refused files, are recorded at once: the writes of one partition are limited.",
    ],
    fix: [
      "Wait if it is a burst: the table grows by itself.",
      "If it goes on: compare the writes with the quota *Table-level write throughput limit* in Service Quotas, and ask for more.",
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
  "timeout-errors": ({ apply, value, retries, reprocess }) => ({
    impact: `Some uploads get no variants. ${retries}`,
    causes: [
      `A large image, mostly BMP, takes longer than ${value("lambda_timeout", "seconds")} with the CPU of ${value("lambda_memory_size", "MB")}.`,
      "The function cannot start in time. Waiting for S3 is not the cause: it ends earlier and is logged as `OutOfTime`.",
    ],
    fix: [
      "Find the upload by `record.requestId`: it has a line `image.received` and none `image.processed`.",
      `Raise \`lambda_memory_size\` or \`lambda_timeout\`, or lower \`max_image_pixels\`: ${apply}.`,
    ],
    afterwards: [reprocess],
  }),
  "memory-errors": ({ apply, query, value, retries, reprocess }) => ({
    impact: `Some uploads get no variants. ${retries} A retry runs out of memory again.`,
    causes: [`An image needs more than ${value("lambda_memory_size", "MB")}. Progressive JPEGs need most.`],
    fix: [
      `See how close other images come with ${query("memory-high-water")}.`,
      `Raise \`lambda_memory_size\`, or lower \`max_image_pixels\` so that such images are refused: ${apply}.`,
    ],
    afterwards: [reprocess],
  }),
  "image-processing-errors": ({ environment, value, retries }) => ({
    impact: [
      "The affected uploads have no variants.",
      ...ifRefusalsCount(environment, "A refused upload never will."),
    ].join(" "),
    causes: [
      ...ifRefusalsCount(
        environment,
        "A sender uploads files that are damaged or not images.",
        "`reason` is `archived`: the object is in an archive storage class, and has to be restored and uploaded again.",
      ),
      "`image.mismatched`: the event was not written by S3, and its ETag is not that of the object.",
      `S3 fails, and \`errorName\` is \`OutOfTime\` where no time was left. ${retries}`,
    ],
    fix: [
      ...ifRefusalsCount(
        environment,
        "Distinguish `image.refused` from `image.failed`: the first is final and the sender's business, the second is retried.",
        "Give the sender the `key` and `detail` of the refused uploads.",
        `If this many refusals are normal, raise ${value("image_error_threshold")}.`,
      ),
      "Find the most frequent `errorName` in the first query. For denied requests, continue with `s3-permission-errors`.",
    ],
  }),
  "s3-permission-errors": ({ stack, deploy, retries, reprocess }) => ({
    impact: `Uploads get no variants while this lasts. ${retries}`,
    causes: [
      "The policy of the role or of a bucket was changed by hand.",
      "A bucket is encrypted with a key that the role may not use, or that is disabled or pending deletion.",
      "A policy of the organization denies S3.",
    ],
    fix: [
      `\`operation\` in the first query names the denied request. See what differs from the stack with \`npm run plan -- ${stack}\`.`,
      `Restore the policies: ${deploy}.`,
    ],
    afterwards: [reprocess],
  }),
  "critical-errors": ({ stack, deploy, rollback, reprocess }) => ({
    impact: "No image is processed while this lasts.",
    causes: [
      "The environment variables of the function were changed by hand: one is missing or invalid.",
      "The process died: JavaScript ran out of memory, or a native library crashed.",
    ],
    fix: [
      `\`problem\` in the first query names the variable. See what differs with \`npm run plan -- ${stack}\`, and restore it with ${deploy}.`,
      `If the process died (\`Runtime.ExitError\`): ${rollback}`,
    ],
    afterwards: [reprocess],
  }),
  page: ({ stack, ifAlarm, reprocess }) => ({
    impact: "Uploads get no variants, or get them too late. A person has to act now.",
    causes: [
      "`high-error-rate` is in ALARM: attempts fail. `s3-permission-errors`, `timeout-errors`, `memory-errors` or `critical-errors` shows why.",
      "`budget-burning` is in ALARM: uploads fail every attempt and are given up, although most attempts succeed.",
      ...ifAlarm("images-lost", "`images-lost` is in ALARM: the dead-letter queue refuses events, so they are lost."),
      "`waiting`, or `throttled-long` with `nothing-invoked` or `still-throttled`, is in ALARM: Lambda throttles invocations.",
    ],
    fix: [
      `The notification names the alarms in ALARM. See all of them: \`npm run alarms -- ${stack} list\`.`,
      "Continue with the runbook to which the first of them links. For `budget-burning`, that is the runbook of `high-error-rate`.",
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
    impact: `Some uploads fail every attempt. If this goes on, fewer than ${value("slo_target_percent", "percent")} are processed this month.`,
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
    impact: `A few uploads fail every attempt. If this goes on, fewer than ${value("slo_target_percent", "percent")} are processed this month.`,
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
    impact: "None for the service: refused files are their sender's business.",
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
  "large-images": ({ query, value, apply }) => ({
    impact: "None by itself: large images are processed, but take more time and memory.",
    causes: [
      `A sender uploads files larger than ${value("large_image_bytes", "bytes")}: another camera, or no compression.`,
    ],
    fix: [
      `See their memory and time with ${query("memory-high-water")} and ${query("slowest-images")}.`,
      `If they are normal from now on, raise \`large_image_bytes\` and ${value("lambda_memory_size")}; if not, lower \`max_image_bytes\`: ${apply}.`,
    ],
  }),
};
