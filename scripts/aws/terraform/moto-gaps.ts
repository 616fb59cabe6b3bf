/** Differences between moto 5.2 and AWS, by name, and how checks work around them. */
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { actionOf, changedAttributes, changesOf, type Plan } from "./plan";

/** Attributes that moto drops, by resource type: a second plan shows them as changes. Add a row, and say how moto drops it. */
export const MOTO_GAPS: Readonly<Record<string, readonly string[]>> = {
  // GetFunction returns no LoggingConfig, so every plan adds it again.
  aws_lambda_function: ["logging_config"],
};

/** @returns the changes of a plan without the gaps, as `action address: attribute, attribute`, in alphabetical order */
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
 * moto ignores the Condition of a Deny statement, so a policy that requires TLS denies every request. Removes the policies
 * while `action` runs, and restores them afterwards.
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
