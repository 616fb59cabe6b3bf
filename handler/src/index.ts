/** The Lambda entry points: `handler` processes the uploads of an event, `backfill` a batch of objects that exist already. */
import { type Delivery, type ObjectChange, readUploadEvent } from "../contract/upload-event";
import { until } from "./deadline";
import { asError, oneLine } from "./errors";
import { type Invocation, type InvocationContext, settings, withInvocation } from "./invocation";
import type { Log } from "./logger";
import { logFault, processUpload, whyNoUpload } from "./process-upload";
import { deleteVariants, type Removed } from "./removal";
import type { NamedUpload } from "./storage";
import { traced } from "./tracing";

export { backfill } from "./backfill";

/** Messages of an SQS batch to deliver again: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * @param event an S3 event in any form in which AWS delivers it
 * @returns the failed messages of an SQS batch; nothing for other events
 * @throws AggregateError with every failure that a retry may fix, after all uploads were tried: of any other event than an
 *   SQS batch, and of a batch in which all messages failed. The retry stores all variants again, under the same keys.
 */
export const handler = (event: unknown, context: InvocationContext): Promise<BatchResponse | undefined> =>
  withInvocation(context, (invocation) => processDeliveries(readUploadEvent(event), invocation));

const processDeliveries = async (
  deliveries: readonly Delivery[],
  invocation: Invocation,
): Promise<BatchResponse | undefined> => {
  const work = deliveries.map((delivery) => ({ ...delivery, ...tasksOf(delivery, invocation.log) }));
  const count = work.reduce((sum, { uploads }) => sum + uploads.length, 0);
  const all = work.reduce((sum, { removals }) => sum + removals.length, count);
  const faults: Error[] = [];
  const failed: Delivery[] = [];
  let started = 0;
  for (const { uploads, removals, ...delivery } of work) {
    const before = faults.length;
    for (const removed of removals) {
      const fault = await processRemoval(removed, invocation);
      if (fault !== undefined) faults.push(fault);
    }
    for (const upload of uploads) {
      const { fault } = await processUpload(upload, invocation, { isLast: ++started === count });
      if (fault !== undefined) faults.push(fault);
    }
    // SQS moves a message that is not an S3 event to its dead-letter queue, where a person can look at it.
    if (faults.length > before || (delivery.problems.length > 0 && delivery.messageId !== undefined))
      failed.push(delivery);
  }
  await invocation.recorder.flush();
  const ids = failed.flatMap(({ messageId }) => messageId ?? []);
  // Without ReportBatchItemFailures, SQS deletes every message of a batch that returns, so if all failed, the batch fails.
  if (ids.length > 0 && failed.length < deliveries.length)
    return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
  if (faults.length > 0 || ids.length > 0)
    throw new AggregateError(faults, `${faults.length} of ${all} images failed: ${faults.map(oneLine).join("; ")}`);
  return undefined;
};

interface Tasks {
  readonly uploads: readonly NamedUpload[];
  readonly removals: readonly Removed[];
}

/** @returns what a delivery asks for; other records are logged at DEBUG and skipped */
const tasksOf = ({ changes, problems }: Delivery, log: Log): Tasks => {
  for (const problem of problems) log("event.unknown", { problem });
  // S3 sends an s3:TestEvent, which has no records, when the notification is configured.
  if (changes.length + problems.length === 0) log("record.ignored", { why: "the event has no records" });
  const wanted = changes.filter((change) => {
    const why = reasonToIgnore(change);
    if (why !== undefined) log("record.ignored", { why });
    return why === undefined;
  });
  return {
    uploads: wanted.filter(({ change }) => change === "created").map(namedUpload),
    removals: wanted.filter(({ change }) => change === "removed"),
  };
};

const namedUpload = ({ bucket, key, sizeBytes, eTag, versionId, time }: ObjectChange): NamedUpload => ({
  bucket,
  key,
  versionId,
  time,
  ...(sizeBytes !== undefined && { sizeBytes }),
  ...(eTag !== undefined && { eTag }),
});

/** Whether deleted objects are processed, too. */
const deletesVariants = settings.DELETE_VARIANTS_WITH_UPLOAD === "on";

const reasonToIgnore = ({ change, eventName, ...object }: ObjectChange): string | undefined => {
  if (change !== "created" && !(change === "removed" && deletesVariants)) return `${eventName} is not ObjectCreated`;
  return whyNoUpload(object);
};

/** @returns the error that must fail the invocation; undefined after success */
const processRemoval = async (removed: Removed, { log, deadline }: Invocation): Promise<Error | undefined> => {
  const { bucket, key } = removed;
  try {
    const variants = await until(deadline.work, () =>
      traced("delete variants", () => deleteVariants(settings.PROCESSED_BUCKET, removed, deadline.work)),
    );
    log("variants.deleted", { bucket, key, variants });
    return undefined;
  } catch (thrown) {
    const error = asError(thrown);
    logFault(error, bucket, key, log);
    return error;
  }
};
