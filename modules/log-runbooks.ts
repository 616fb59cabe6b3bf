/** Ledger of runbooks of alarms on what the function logs. */
import type { Runbooks } from "./runbook";

/** By the alarm's name: add a row. */
export const LOG_RUNBOOKS = {
  "log-errors": ({ value }) => ({
    impact: "None by itself: it counts every error line, including those for refused files.",
    causes: [
      "An upload was refused: not an image, damaged, or too large.",
      "An upload failed and Lambda retries it.",
      "No image can be processed; `critical-errors` fires, too.",
    ],
    fix: [
      "Look at `event` and `reason` in the first query. If an upload was refused, only its sender can fix the file.",
      `If refused files are normal here, raise ${value("log_error_threshold")}.`,
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
  "image-processing-errors": ({ value, retries, ifRefusalsFail }) => ({
    impact: ["The affected uploads have no variants.", ...ifRefusalsFail("A refused upload never will.")].join(" "),
    causes: [
      ...ifRefusalsFail(
        "A sender uploads files that are damaged or not images.",
        "`reason` is `archived`: the object is in an archive storage class, and has to be restored and uploaded again.",
      ),
      "`image.mismatched`: the event was not written by S3, and its ETag is not that of the object.",
      `S3 fails, and \`errorName\` is \`OutOfTime\` where no time was left. ${retries}`,
    ],
    fix: [
      ...ifRefusalsFail(
        "Distinguish `image.refused` from `image.failed`: the first is final, and only the sender can fix it; the second is retried.",
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
} as const satisfies Runbooks;
