/** What a backfill needs from its function: the image handler's settings and permissions, and reading what is stored. */
import { BACKFILL_HANDLER } from "../handler/contract/backfill";
import { type ImageProcessorProps, imageProcessor } from "./image_processor";
import { backfillNamespace } from "./metrics";

/** HeadObject tells whether a variant is stored; without ListBucket, S3 answers 403 for a missing one. */
const findStored = (bucketArn: string) => [
  { Sid: "TellMissingFromDenied", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucketArn },
  { Sid: "FindStoredVariants", Effect: "Allow", Action: ["s3:GetObject"], Resource: `${bucketArn}/*` },
];

/** @returns inputs of `lambda_function` for a backfill */
export const backfillHandler = (props: ImageProcessorProps) => {
  const { policy_documents, ...inputs } = imageProcessor({
    ...props,
    metric_namespace: backfillNamespace(props.metric_namespace),
    // A refused object is listed in the log and in its record; a retry cannot help.
    refusal_log_level: "WARN",
    delete_variants_with_upload: false,
    enable_xray_tracing: false,
  });
  return {
    ...inputs,
    handler: BACKFILL_HANDLER,
    policy_documents: {
      ...policy_documents,
      find_stored: JSON.stringify({ Version: "2012-10-17", Statement: findStored(props.processed_bucket_arn) }),
    },
  };
};
