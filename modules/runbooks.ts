/** What to do when an alarm goes off: the ledger of runbooks, one for each alarm. `npm run reference` writes their pages. */
import type { AlarmName } from "./alarms";

export interface Runbook {
  /** The likeliest first. */
  readonly causes: readonly [string, ...string[]];
  /** What to do about them, in the order in which to try it. */
  readonly fix: readonly [string, ...string[]];
}

const REPROCESS =
  "Uploads stay where they are: copy an object over itself (`aws s3 cp s3://<bucket>/<key> s3://<bucket>/<key> --metadata-directive REPLACE`) and it is processed again.";

/** By the end of the alarm's name: add a row. An alarm without one does not compile. */
export const RUNBOOKS: Readonly<Record<AlarmName, Runbook>> = {
  "high-error-rate": {
    causes: [
      "S3 is slow or unavailable; Lambda tries each upload twice more, so that a short disturbance heals itself.",
      "The role, a bucket policy or a setting is wrong since the last deployment.",
      "Invocations run out of memory or time; `memory-errors` or `timeout-errors` goes off too.",
    ],
    fix: [
      "Look at the `errorName` that is most frequent; for a denied request go on with `s3-permission-errors`.",
      "If it began with a deployment, deploy the commit before.",
      `When the errors have ended, process again what was given up. ${REPROCESS}`,
    ],
  },
  throttles: {
    causes: [
      "More uploads arrive at once than the account's concurrency, or the function's reserved concurrency, allows.",
      "Another function of the account takes the concurrency.",
    ],
    fix: [
      "Nothing is lost for six hours: Lambda keeps trying what it turned away. Wait if the burst is over.",
      "If it is not, raise the reserved concurrency, or ask AWS for a higher quota of concurrent executions.",
    ],
  },
  "release-errors": {
    causes: [
      "The version that was published last cannot be loaded, or fails on uploads that the one before could process.",
      "S3 or a permission fails whatever the version; `high-error-rate` or `s3-permission-errors` goes off too.",
    ],
    fix: [
      "A release that is under way is taken back by itself; `npm run release -- <env> --status` says what is in service.",
      "If the release was over, take it back: `npm run release -- <env> --rollback`.",
      `Lambda tries each failed upload twice more, with the version that is in service by then. ${REPROCESS}`,
    ],
  },
  "log-errors": {
    causes: [
      "An upload is refused: no image, corrupt, too large.",
      "An upload could not be processed now and is tried again.",
      "The function cannot work at all; `critical-errors` goes off too.",
    ],
    fix: [
      "Look at `event` and `reason`. A refused upload needs a better file from whoever sent it, and nothing here.",
      "Where refusals are everyday business, raise `log_error_threshold`.",
    ],
  },
  "high-duration": {
    causes: [
      "S3 answers slowly.",
      "Very large images arrive; `large-images` may go off too.",
      "The function has too little CPU, which comes with its memory.",
    ],
    fix: [
      "Compare `durationMs` with `widthPx`, `heightPx` and `sizeBytes` in the saved query `slowest-images`.",
      "If large images are slow, raise `lambda_memory_size`; 1769 MB is one whole vCPU.",
      "If all images are slow, raise `lambda_timeout` until S3 has recovered, so that none is cut off.",
    ],
  },
  "high-concurrency": {
    causes: ["A burst of uploads.", "Invocations take longer than they did, so that more of them overlap."],
    fix: [
      "Look whether Invocations or Duration has risen on the dashboard.",
      "If the burst is business as usual, raise `concurrent_executions_threshold`, and the quota of the account before it is reached.",
    ],
  },
  "low-success-rate": {
    causes: [
      "One sender uploads files that are no images, or corrupt ones.",
      "S3 or a permission fails; `high-error-rate` or `s3-permission-errors` goes off too.",
    ],
    fix: [
      "Group the failures: the saved query `refused-by-reason` counts the reasons, the keys tell the sender.",
      "Where few images arrive, raise `success_rate_min_samples`.",
    ],
  },
  "no-invocations": {
    causes: [
      "Nobody uploads anything: whatever sends the images has stopped.",
      "The upload bucket no longer tells the function: the notification or its permission was removed.",
    ],
    fix: [
      "Upload an image by hand (`aws s3 cp photo.jpg s3://<upload bucket>/`) and follow the log.",
      "If nothing happens, deploy again: `npm run plan -- <env>` shows what is missing.",
      "If it is processed, ask the sender.",
    ],
  },
  "memory-high": {
    causes: [
      "Larger images arrive than before; `large-images` may go off too.",
      "An upload is a progressive JPEG, which needs several times the memory of a plain one.",
    ],
    fix: [
      "The saved query `memory-high-water` shows since when, and how near invocations come.",
      "Raise `lambda_memory_size` before `memory-errors` goes off, or lower `max_image_pixels`.",
    ],
  },
  "event-age": {
    causes: [
      "Uploads come faster than the concurrency lets the function take them; `throttles` goes off too.",
      "Invocations fail, and Lambda tries again after longer and longer pauses.",
    ],
    fix: [
      "Look on the dashboard whether Throttles or Errors has risen; for errors go on with `high-error-rate`.",
      "Raise the reserved concurrency, or ask AWS for a higher quota, before the uploads reach `lambda_max_event_age_seconds` and are given up.",
    ],
  },
  "events-dropped": {
    causes: [
      "An upload failed as often as Lambda tries; `high-error-rate` may go off too.",
      "Uploads waited longer than `lambda_max_event_age_seconds`; `event-age` goes off before.",
      "The reserved concurrency was set to 0, so that Lambda gives up everything at once.",
    ],
    fix: [
      "Where `enable_dead_letter_queue` is on, nothing is lost: go on with `dead-letters`, unless `dead-letter-errors` goes off.",
      `Where it is off, mend the cause. ${REPROCESS}`,
    ],
  },
  "dead-letters": {
    causes: ["Lambda has given uploads up: see `events-dropped` for why."],
    fix: [
      "`npm run redrive -- <env> --dry-run` shows which uploads, and why.",
      "Mend the cause, then `npm run redrive -- <env>` sends them to the function again; what fails again stays.",
      "The queue keeps them for 14 days.",
    ],
  },
  "dead-letter-errors": {
    causes: [
      "The role's policy, or that of the queue's key, was changed by hand, so that the function may not send to the queue.",
      "The queue was deleted.",
    ],
    fix: [
      "`npm run plan -- <env>` shows what differs from the stack; deploy again to put it back.",
      `The events are lost, the uploads are not. ${REPROCESS}`,
    ],
  },
  "timeout-errors": {
    causes: [
      "A large BMP keeps the process busy beyond `lambda_timeout`, at the CPU that `lambda_memory_size` gives.",
      "The function cannot be loaded in time. What only waits, such as for S3, is given up before the limit and logged as `OutOfTime`.",
    ],
    fix: [
      "See by `record.requestId` which upload it was: its `image.received` has no `image.processed`.",
      "Raise `lambda_memory_size`, and with it the CPU, or `lambda_timeout`; or lower `max_image_pixels`.",
      REPROCESS,
    ],
  },
  "memory-errors": {
    causes: ["An image needs more memory than the function has; progressive JPEGs need most."],
    fix: [
      "The saved query `memory-high-water` shows how near others come.",
      "Raise `lambda_memory_size`, or lower `max_image_pixels` so that such images are refused.",
      REPROCESS,
    ],
  },
  "image-processing-errors": {
    causes: [
      "A sender uploads corrupt files, or files that are no images.",
      "S3 fails, and uploads are tried again; `errorName` is `OutOfTime` where it left no time.",
    ],
    fix: [
      "Tell `image.refused` from `image.failed`: the first is the file's fault and final, the second is tried again.",
      "Give the sender the `key` and the `detail` of what was refused.",
    ],
  },
  "s3-permission-errors": {
    causes: [
      "The role's policy or a bucket policy was changed by hand.",
      "The bucket is encrypted with a key that the role may not use.",
      "An organization's policy denies S3.",
    ],
    fix: [
      "`operation` says what is denied; `npm run plan -- <env>` shows what differs from the stack.",
      "Deploy again to put the policies back.",
      `What was given up meanwhile has to be processed again. ${REPROCESS}`,
    ],
  },
  "critical-errors": {
    causes: [
      "The function's environment was changed by hand, and a setting is missing or not valid.",
      "The process died: its JavaScript ran out of memory, or a native part crashed.",
    ],
    fix: [
      "`problem` names the setting: deploy again to put it back.",
      "If the process died (`Runtime.ExitError`) and it began with a deployment, deploy the commit before.",
      `Nothing was processed meanwhile. ${REPROCESS}`,
    ],
  },
  "large-images": {
    causes: ["A sender uploads images larger than `large_image_bytes`: another camera, or no compression."],
    fix: [
      "Nothing is broken: they are processed, but take time and memory. See `memory-high-water` and `slowest-images`.",
      "If they are here to stay, raise `large_image_bytes` and `lambda_memory_size`; if not, lower `max_image_bytes`.",
    ],
  },
};
