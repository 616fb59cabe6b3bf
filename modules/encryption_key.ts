/** One KMS key for everything the stack stores and sends. Its policy names each AWS service that uses it with its own permissions. */
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { dnsSuffixOf, partitionOf } from "./partitions";

export interface EncryptionKeyProps {
  /** Description of the key, and its alias after `alias/`. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** The only log group that may use the key. */
  readonly logGroupName: string;
  /** Whether AWS Budgets publishes to a topic that is encrypted with the key. */
  readonly forBudget: boolean;
}

export class EncryptionKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, "key", {
      description: props.name,
      enableKeyRotation: true,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(props) }),
    });
    new KmsAlias(this, "alias", { name: `alias/${props.name}`, targetKeyId: key.keyId });
    this.keyArn = key.arn;
  }
}

/** A KMS key for replicas in another region. S3 uses it with the permissions of the replication role. */
export class ReplicaKey extends Construct {
  readonly keyArn: string;

  constructor(
    scope: Construct,
    id: string,
    props: Pick<EncryptionKeyProps, "name" | "region" | "accountId"> & { provider: TerraformProvider },
  ) {
    super(scope, id);
    const key = new KmsKey(this, "key", {
      provider: props.provider,
      description: props.name,
      enableKeyRotation: true,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [administeredBy(props)] }),
    });
    this.keyArn = key.arn;
  }
}

/** S3 and SQS need no statement: they call KMS with the caller's permissions, which the function's role has. */
const statements = ({ region, accountId, logGroupName, forBudget }: EncryptionKeyProps) => [
  administeredBy({ region, accountId }),
  {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Sid: "LogsOfTheFunction",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.${dnsSuffixOf(region)}` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": `arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:${logGroupName}`,
      },
    },
  },
  publisher("AlarmsOfThisAccount", "cloudwatch.amazonaws.com", accountId),
  ...(forBudget ? [publisher("BudgetOfThisAccount", "budgets.amazonaws.com", accountId)] : []),
];

/** Without this statement the key could not be managed any more, and IAM policies would have no effect on it. */
const administeredBy = ({ region, accountId }: Pick<EncryptionKeyProps, "region" | "accountId">) => ({
  Sid: "AdministeredByThisAccount",
  Effect: "Allow",
  Principal: { AWS: `arn:${partitionOf(region)}:iam::${accountId}:root` },
  Action: "kms:*",
  Resource: "*",
});

/** Lets a service publish to an encrypted topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const publisher = (sid: string, service: string, accountId: string) => ({
  Sid: sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
  Resource: "*",
  Condition: { StringEquals: { "aws:SourceAccount": accountId } },
});
