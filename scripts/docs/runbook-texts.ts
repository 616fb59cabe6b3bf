/** Runbooks: impact, likely causes and steps for each alarm. */
import type { AlarmName } from "../../modules/alarms";
import {
  afterRetries,
  change,
  type RunbookFacts,
  releaseStatus,
  reprocess,
  restore,
  savedQuery,
  undo,
  variable,
  waiting,
} from "./runbook-facts";

export interface Runbook {
  /** What users notice, and whether uploads are lost. */
  readonly impact: string;
  /** Commands to run first. @default `npm run doctor` and `npm run logs` */
  readonly commands?: readonly string[];
  /** What to look for in their output. */
  readonly look: string;
  /** The most likely cause first. */
  readonly causes: readonly [string, ...string[]];
  /** Steps in the order in which to try them. */
  readonly fix: readonly [string, ...string[]];
  /** What remains to be done when the alarm is OK again. @default nothing */
  readonly afterwards?: string;
}

/** A runbook for each alarm: add a row. An alarm without one does not compile. */
export const RUNBOOKS: Readonly<Record<AlarmName, (facts: RunbookFacts) => Runbook>> = {
  "high-error-rate": (facts) => ({
    impact: `Variants arrive late or not at all. ${afterRetries(facts)}`,
    look: "Which `errorName` is most frequent in the log, and when did it begin?",
    causes: [
      "S3 is slow or unavailable.",
      "A deployment or a release changed the code, the role, a bucket policy or a setting.",
      "Invocations run out of memory or time; `memory-errors` or `timeout-errors` fires too.",
    ],
    fix: [
      undo(facts),
      "If S3 denies requests, continue with [s3-permission-errors](s3-permission-errors.md).",
      "If S3 is unavailable, wait: Lambda retries.",
    ],
    afterwards: reprocess(facts),
  }),
  throttles: (facts) => ({
    impact: `Variants arrive late. ${waiting(facts)}`,
    commands: [`npm run doctor -- ${facts.stack}`],
    look: "What does `doctor` say about concurrency? Is the function's limit lower than configured, or is the account's limit used up?",
    causes: [
      `A burst of uploads needs more parallel invocations than allowed: ${variable(facts, "reserved_concurrent_executions")}; -1 means the account's limit.`,
      "Another function of the account uses the shared concurrency.",
      'Someone set the function\'s concurrency to 0 ("Throttle" in the Lambda console).',
    ],
    fix: [
      `If someone changed the concurrency: ${restore(facts)}`,
      "If it is a burst, wait until it is over.",
      change(
        facts,
        "Raise",
        "reserved_concurrent_executions",
        "If it happens regularly and AWS has raised the account's quota",
      ),
    ],
    afterwards: reprocess(facts),
  }),
  "release-errors": (facts) => ({
    impact: `The newest version fails, so some or all uploads fail. ${afterRetries(facts)}`,
    commands: [`npm run release -- ${facts.stack} --status`, `npm run logs -- ${facts.stack} --errors --since 15m`],
    look: "Which version is in service, and is a release in progress? Do the errors come from the new version only?",
    causes: [
      "The new version cannot be loaded, or fails for uploads that the version before could process.",
      "S3 or a permission fails for every version; `high-error-rate` or `s3-permission-errors` fires too.",
    ],
    fix: [
      "A release in progress is rolled back automatically. Wait for it.",
      `If the release is finished, roll back: \`npm run release -- ${facts.stack} --rollback\`.`,
    ],
    afterwards: reprocess(facts),
  }),
  "log-errors": (facts) => ({
    impact: "Depends on the log line: one upload was refused, some fail, or none can be processed.",
    look: "Which `event` and which `reason` do the lines have?",
    causes: [
      "An upload was refused: it is no picture, damaged or too large.",
      "An upload could not be processed now. Lambda retries it.",
      "No image can be processed; `critical-errors` fires too.",
    ],
    fix: [
      "If uploads are refused, the sender needs better files. Nothing is wrong here.",
      change(facts, "Raise", "log_error_threshold", "If refusals are normal for your senders"),
      "If images fail, continue with [high-error-rate](high-error-rate.md).",
    ],
  }),
  "high-duration": (facts) => ({
    impact: `None yet. An invocation that reaches ${variable(facts, "lambda_timeout")} is stopped and retried.`,
    look: `Which images are slow? In ${savedQuery(facts, "slowest-images")}, compare \`durationMs\` with \`widthPx\`, \`heightPx\` and \`sizeBytes\`.`,
    causes: [
      "S3 is slow.",
      "Very large images are arriving; `large-images` may fire too.",
      "The function has too little CPU, which depends on its memory.",
    ],
    fix: [
      "If all images are slow, S3 is probably slow: wait.",
      change(facts, "Raise", "lambda_memory_size", "If large images are slow (1769 MB is one full vCPU)"),
      `Raise ${variable(facts, "lambda_timeout")} only together with ${variable(facts, "duration_threshold_ms")}, so that the alarm still fires before the timeout.`,
    ],
  }),
  "high-concurrency": (facts) => ({
    impact: "None yet. At the limit, Lambda throttles invocations and uploads wait.",
    commands: [`npm run doctor -- ${facts.stack}`, `npm run console -- ${facts.stack}`],
    look: "On the dashboard: has the number of invocations risen, or their duration?",
    causes: ["A burst of uploads.", "Invocations take longer than usual, so more of them overlap."],
    fix: [
      "If invocations take longer, continue with [high-duration](high-duration.md).",
      change(
        facts,
        "Raise",
        "concurrent_executions_threshold",
        "If this load is normal and the account's quota allows it",
      ),
    ],
  }),
  "low-success-rate": (facts) => ({
    impact: "Many uploads get no variants.",
    look: `Are the images refused, or do they fail? Count the reasons with ${savedQuery(facts, "refused-by-reason")}. The keys show the sender.`,
    causes: [
      "A sender uploads files that are no pictures, or damaged ones.",
      "S3 or a permission fails; `high-error-rate` or `s3-permission-errors` fires too.",
    ],
    fix: [
      "If images are refused, give the sender the `key` and the `detail` of the log lines.",
      "If images fail, continue with the other alarm.",
      change(facts, "Raise", "success_rate_min_samples", "If few images arrive and single ones trigger the alarm"),
    ],
  }),
  "no-invocations": (facts) => ({
    impact: "No new variants. Either nothing is uploaded, or uploads no longer invoke the function.",
    commands: [`npm run smoke -- ${facts.stack}`, `npm run doctor -- ${facts.stack}`],
    look: "Does the uploaded test picture get its variants?",
    causes: [
      "The sender has stopped.",
      "The notification of the upload bucket, or its permission to invoke the function, was removed.",
    ],
    fix: ["If `smoke` succeeds, ask the sender.", `If it fails: ${restore(facts)}`],
  }),
  "memory-high": (facts) => ({
    impact: `None yet. An invocation that needs more than ${variable(facts, "lambda_memory_size")} is killed.`,
    look: `How close do invocations come to the limit, and since when? Run ${savedQuery(facts, "memory-high-water")}.`,
    causes: [
      "Larger images are arriving; `large-images` may fire too.",
      "An upload is a progressive JPEG, which needs several times the memory of a baseline JPEG.",
    ],
    fix: [
      change(facts, "Raise", "lambda_memory_size"),
      change(facts, "Lower", "max_image_pixels", "If such images should be refused instead"),
    ],
  }),
  "event-age": (facts) => ({
    impact: `Variants arrive late. ${waiting(facts)}`,
    look: "Are invocations throttled, or do they fail and wait for a retry?",
    causes: [
      "More uploads arrive than the concurrency allows; `throttles` fires too.",
      "Invocations fail, and Lambda retries them with growing delays.",
    ],
    fix: [
      "If they fail, continue with [high-error-rate](high-error-rate.md).",
      "If they are throttled, continue with [throttles](throttles.md).",
    ],
    afterwards: reprocess(facts),
  }),
  "events-dropped": (facts) => ({
    impact: facts.environment.enable_dead_letter_queue
      ? "These uploads have no variants. Their events are in the dead-letter queue."
      : "These uploads have no variants, and Lambda will not try again. The uploads themselves are still in the bucket.",
    look: "Did the uploads fail, or did they wait too long?",
    causes: [
      `An upload failed every time; Lambda retries ${variable(facts, "lambda_retry_attempts")} times.`,
      `Uploads waited longer than ${variable(facts, "lambda_max_event_age_seconds")}; \`event-age\` fires before.`,
      "Someone set the function's concurrency to 0, so Lambda drops events at once.",
    ],
    fix: [
      `If someone changed the concurrency: ${restore(facts)}`,
      "If uploads fail, continue with [high-error-rate](high-error-rate.md).",
    ],
    afterwards: reprocess(facts),
  }),
  "dead-letters": ({ stack }) => ({
    impact: "Some uploads have no variants. Their events stay in the queue for 14 days.",
    commands: [`npm run redrive -- ${stack} --dry-run`],
    look: "Which uploads are in the queue, since when, and with which error? The metrics of an idle queue can be up to 15 minutes late, so look at the ages of the messages.",
    causes: ["Lambda dropped events: [events-dropped](events-dropped.md) says why."],
    fix: [
      "Fix the cause first; otherwise the uploads fail again.",
      `Process them again: \`npm run redrive -- ${stack}\`. What fails again stays in the queue.`,
    ],
  }),
  "dead-letter-errors": (facts) => ({
    impact: "Events of failed uploads are lost. The uploads themselves are still in the bucket.",
    commands: [`npm run doctor -- ${facts.stack}`, `npm run plan -- ${facts.stack}`],
    look: "What was changed by hand?",
    causes: ["The role's policy, or the policy of the queue's key, was changed by hand.", "The queue was deleted."],
    fix: [restore(facts)],
    afterwards: `The log names the failed uploads: \`npm run logs -- ${facts.stack} --errors\`. Copy each one onto itself to process it again: \`aws s3 cp s3://${facts.uploadBucket}/<key> s3://${facts.uploadBucket}/<key> --metadata-directive REPLACE\`.`,
  }),
  "timeout-errors": (facts) => ({
    impact: `These uploads are late or have no variants. ${afterRetries(facts)}`,
    look: "Which upload was it? Find the request id of the report in the log: its `image.received` has no `image.processed`.",
    causes: [
      `A large BMP keeps the process busy for longer than ${variable(facts, "lambda_timeout")}.`,
      "The function could not be loaded in time. (If S3 is slow, the function stops before the timeout and logs `OutOfTime`.)",
    ],
    fix: [
      change(facts, "Raise", "lambda_memory_size", "If such images are normal (more memory means more CPU)"),
      change(facts, "Lower", "max_image_pixels", "If such images should be refused instead"),
      `Raise ${variable(facts, "lambda_timeout")} only together with ${variable(facts, "duration_threshold_ms")}.`,
    ],
    afterwards: reprocess(facts),
  }),
  "memory-errors": (facts) => ({
    impact: `These uploads have no variants. ${afterRetries(facts)}`,
    look: `How close do other invocations come to the limit? Run ${savedQuery(facts, "memory-high-water")}.`,
    causes: [
      `An image needs more memory than ${variable(facts, "lambda_memory_size")}. Progressive JPEGs need most.`,
      "A deployment or a release lowered the memory.",
    ],
    fix: [
      undo(facts),
      change(facts, "Raise", "lambda_memory_size"),
      change(facts, "Lower", "max_image_pixels", "If such images should be refused instead"),
    ],
    afterwards: reprocess(facts),
  }),
  "image-processing-errors": (facts) => ({
    impact: "Some uploads have no variants.",
    look: "Is the event `image.refused` or `image.failed`? A refusal is final; a failed image is retried.",
    causes: ["A sender uploads damaged files, or files that are no pictures.", "S3 fails, and the images are retried."],
    fix: [
      "If images are refused, give the sender the `key` and the `detail` of the log lines.",
      "If images fail, continue with [high-error-rate](high-error-rate.md).",
      change(facts, "Raise", "image_error_threshold", "If refusals are normal for your senders"),
    ],
  }),
  "s3-permission-errors": (facts) => ({
    impact: `No image can be read or stored, or only some. ${afterRetries(facts)}`,
    commands: [`npm run doctor -- ${facts.stack}`, `npm run plan -- ${facts.stack}`],
    look: "The field `operation` of the log lines says what is denied. What was changed by hand?",
    causes: [
      "The role's policy or a bucket policy was changed by hand.",
      "A deployment changed a permission.",
      "The bucket is encrypted with a key that the role may not use.",
      "A policy of your organization denies the request.",
    ],
    fix: [restore(facts), undo(facts)],
    afterwards: reprocess(facts),
  }),
  "critical-errors": (facts) => ({
    impact: `No image can be processed. ${afterRetries(facts)}`,
    commands: [
      `npm run doctor -- ${facts.stack}`,
      ...releaseStatus(facts),
      `npm run logs -- ${facts.stack} --errors --since 15m`,
    ],
    look: "Is the event `settings.refused`? Then `problem` names the setting. Otherwise the process died (`Runtime.ExitError`).",
    causes: [
      "The function's environment variables were changed by hand.",
      "The process died: its JavaScript ran out of memory, or a native library crashed.",
    ],
    fix: [restore(facts), undo(facts)],
    afterwards: reprocess(facts),
  }),
  "large-images": (facts) => ({
    impact: "None: large images are processed, but need more time and memory.",
    commands: [`npm run logs -- ${facts.stack} --since 1h`],
    look: "Who sends them? The keys of `image.large` show it.",
    causes: [
      `A sender uploads images larger than ${variable(facts, "large_image_bytes")}: a new camera, or no compression.`,
    ],
    fix: [
      change(facts, "Raise", "large_image_bytes", "If such images are normal"),
      change(facts, "Lower", "max_image_bytes", "If they should be refused"),
    ],
  }),
};
