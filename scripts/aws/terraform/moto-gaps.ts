/** Where moto 5.2 is not AWS, by name: what each check that meets a gap steps round. */
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { actionOf, changedAttributes, changesOf, type Plan } from "./plan";

/** Attributes by resource type that moto drops, so that a plan shows a change where a real account has none: add a row, and say how. */
export const MOTO_GAPS: Readonly<Record<string, readonly string[]>> = {
  // GetFunction answers without LoggingConfig, so that every plan adds it again.
  aws_lambda_function: ["logging_config"],
};

/** @returns what a plan changes beside the gaps, as `action address: attribute, attribute`, in alphabetical order */
export const changesBeside = (gaps: typeof MOTO_GAPS, plan: Plan): string[] =>
  changesOf(plan)
    .map((change) => ({
      title: `${actionOf(change)} ${change.address}`,
      attributes: changedAttributes(change).filter((name) => !gaps[change.type]?.includes(name)),
    }))
    .filter(({ attributes }) => attributes.length > 0)
    .map(({ title, attributes }) => `${title}: ${attributes.join(", ")}`)
    .sort();

/**
 * moto reads a Deny without its Condition, so that "nobody without TLS" becomes "nobody": for the time of an action the
 * policies are taken away, and afterwards put back as they were.
 */
export const withoutBucketPolicies = async <T>(
  s3: S3Client,
  buckets: readonly string[],
  action: () => Promise<T>,
): Promise<T> => {
  const policies = await Promise.all(buckets.map((Bucket) => s3.send(new GetBucketPolicyCommand({ Bucket }))));
  for (const Bucket of buckets) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  try {
    return await action();
  } finally {
    for (const [at, Bucket] of buckets.entries())
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policies[at]?.Policy }));
  }
};
