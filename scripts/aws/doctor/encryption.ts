/** Check of the KMS keys that the stack's resources are encrypted with, their own or existing ones. */
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetBucketEncryptionCommand, GetBucketReplicationCommand } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import type { Severity } from "../../../modules/naming";
import { answerTo, ifFound } from "../account";
import { findBuckets } from "../account-uploads";
import { type Check, deploy, type Finding, ok, problem, type Subject, warning } from "./check";
import { topicArn } from "./notifications";
import { functionConfiguration } from "./upload-path";

/** A resource and the id, ARN or alias of its key; undefined if it uses no KMS key. */
interface Encrypted {
  readonly resource: string;
  readonly key: string | undefined;
}

const buckets = async ({ environment, aws }: Subject): Promise<Encrypted[]> => {
  const names = Object.values(await findBuckets(aws.s3, environment));
  return Promise.all(
    names.map(async (Bucket) => {
      const command = new GetBucketEncryptionCommand({ Bucket });
      const found = await answerTo("GetBucketEncryption", aws.s3.send(command));
      const [rule] = found.ServerSideEncryptionConfiguration?.Rules ?? [];
      return { resource: Bucket, key: rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID };
    }),
  );
};

/** Buckets of the other region, with the key that S3 encrypts replicas with. */
const replicas = async ({ environment, aws }: Subject): Promise<Encrypted[]> => {
  if (!environment.enable_replication) return [];
  const names = Object.values(await findBuckets(aws.s3, environment));
  const found = await Promise.all(
    names.map(async (Bucket) => {
      const command = new GetBucketReplicationCommand({ Bucket });
      const answer = await ifFound(answerTo("GetBucketReplication", aws.s3.send(command)));
      return (answer?.ReplicationConfiguration?.Rules ?? []).map(({ Destination }) => ({
        resource: Destination?.Bucket?.split(":::").at(-1) ?? `the replica of ${Bucket}`,
        key: Destination?.EncryptionConfiguration?.ReplicaKmsKeyID,
      }));
    }),
  );
  return found.flat();
};

const topics = async (subject: Subject): Promise<Encrypted[]> =>
  (
    await Promise.all(
      (Object.entries(subject.names.topics) as [Severity, string][]).map(async ([severity, resource]) => {
        const TopicArn = await topicArn(subject, severity);
        if (TopicArn === undefined) return [];
        const command = new GetTopicAttributesCommand({ TopicArn });
        const { Attributes } = await answerTo("GetTopicAttributes", subject.aws.sns.send(command));
        return [{ resource, key: Attributes?.KmsMasterKeyId }];
      }),
    )
  ).flat();

const queue = async ({ environment, names, aws }: Subject): Promise<Encrypted[]> => {
  const { deadLetterQueueName: QueueName } = names;
  if (!environment.enable_dead_letter_queue) return [];
  const found = await ifFound(answerTo("GetQueueUrl", aws.sqs.send(new GetQueueUrlCommand({ QueueName }))));
  if (found === undefined) return [];
  const command = new GetQueueAttributesCommand({ QueueUrl: found.QueueUrl, AttributeNames: ["KmsMasterKeyId"] });
  const { Attributes } = await answerTo("GetQueueAttributes", aws.sqs.send(command));
  return [{ resource: QueueName, key: Attributes?.KmsMasterKeyId }];
};

const log = async ({ names: { logGroupName }, aws }: Subject): Promise<Encrypted[]> => {
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
  const { logGroups = [] } = await answerTo("DescribeLogGroups", aws.logs.send(command));
  return logGroups
    .filter((group) => group.logGroupName === logGroupName)
    .map(({ kmsKeyId }) => ({ resource: logGroupName, key: kmsKeyId }));
};

const functionVariables = async (subject: Subject): Promise<Encrypted[]> => {
  const { KMSKeyArn } = await functionConfiguration(subject);
  return KMSKeyArn === undefined || KMSKeyArn === "" ? [] : [{ resource: subject.names.functionName, key: KMSKeyArn }];
};

/** @param state as DescribeKey returns it; undefined if the key does not exist */
export const keyFinding = (key: string, state: string | undefined, users: readonly string[]): Finding => {
  const enable = `aws kms enable-key --key-id ${key}`;
  const cannot = `${users.join(", ")} cannot be read or written`;
  switch (state) {
    case "Enabled":
      return ok(`${key} is enabled`);
    case "Disabled":
      return problem(`${key} is disabled: ${cannot}`, enable);
    case "PendingDeletion":
      return problem(
        `${key} is scheduled for deletion: ${cannot}`,
        `aws kms cancel-key-deletion --key-id ${key}, then ${enable}`,
      );
    case undefined:
      return problem(`${key} does not exist: ${cannot}`, "set another key in the environment's variables, and deploy");
    default:
      return warning(`${key} has the state ${state}`, "wait, then run doctor again");
  }
};

/** @returns a client for the region in the key's ARN, which differs for the key of replicas */
const clientOf = (key: string, { kms }: Subject["aws"]): KMSClient => {
  const [, , , region] = key.split(":");
  const { credentials, endpoint } = kms.config;
  return region === undefined ? kms : new KMSClient({ region, credentials, endpoint });
};

/** The AWS-managed key of SNS: its policy does not let CloudWatch publish. */
const isManagedBySns = (key: string | undefined): boolean => key?.endsWith("alias/aws/sns") === true;

const keys: Check["look"] = async (subject) => {
  const { environment, aws } = subject;
  const found = (
    await Promise.all([buckets, replicas, topics, queue, log, functionVariables].map((find) => find(subject)))
  ).flat();
  const managed = found.filter(({ key }) => isManagedBySns(key));
  const own = found.filter(({ key }) => key !== undefined && !isManagedBySns(key));
  const hasKey = environment.enable_kms_key || environment.existing_kms_key_arn !== "";
  const without = hasKey ? found.filter(({ key }) => key === undefined) : [];
  const described = [...new Set(own.map(({ key = "" }) => key))].map(async (key) => {
    const users = own.filter((each) => each.key === key).map(({ resource }) => resource);
    const answer = await ifFound(
      answerTo("DescribeKey", clientOf(key, aws).send(new DescribeKeyCommand({ KeyId: key }))),
    );
    return keyFinding(key, answer?.KeyMetadata?.KeyState, users);
  });
  const findings = [
    ...managed.map(({ resource }) =>
      problem(`${resource} uses alias/aws/sns, with which CloudWatch cannot publish`, deploy(environment)),
    ),
    ...without.map(({ resource }) => problem(`${resource} is not encrypted with a KMS key`, deploy(environment))),
    ...(await Promise.all(described)),
  ];
  return findings.length > 0 ? findings : [ok("no resource uses a KMS key")];
};

export const ENCRYPTION_CHECKS: readonly Check[] = [{ name: "keys", look: keys }];
