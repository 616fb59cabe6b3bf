/** Ledger of runbooks of alarms on metrics of Lambda and its dead-letter queue. */

import type { Runbooks } from "./runbook";
import { duration } from "./runbook-facts";

/** By the alarm's name: add a row. */
export const LAMBDA_RUNBOOKS = {
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
  "low-success-rate": ({ query, value, ifRefusalsFail }) => ({
    impact: `Too few images get their variants: the alarm fires below ${value("success_rate_threshold_percent", "percent")}.`,
    causes: [
      ...ifRefusalsFail("One sender uploads files that are damaged or not images."),
      "S3 or a permission fails; `high-error-rate` or `s3-permission-errors` fires, too.",
    ],
    fix: [
      ...ifRefusalsFail(`Count the reasons with ${query("refused-by-reason")}; the keys show the sender.`),
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
} as const satisfies Runbooks;
