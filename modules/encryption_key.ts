/** One key for all that the stack stores and sends; its policy names each service that uses it on its own account. */
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

export interface EncryptionKeyProps {
  /** What the key is called in the console, and after `alias/`. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** The only log group that may be encrypted with it. */
  readonly logGroupName: string;
  /** Whether AWS Budgets has a topic to publish to. */
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

/** A key for copies in another region: S3 uses it by leave of the role that copies. */
export class ReplicaKey extends Construct {
  readonly keyArn: string;

  constructor(
    scope: Construct,
    id: string,
    props: Pick<EncryptionKeyProps, "name" | "accountId"> & { provider: TerraformProvider },
  ) {
    super(scope, id);
    const key = new KmsKey(this, "key", {
      provider: props.provider,
      description: props.name,
      enableKeyRotation: true,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [administeredBy(props.accountId)] }),
    });
    this.keyArn = key.arn;
  }
}

/** S3 and SQS are not named: they use the key by leave of whoever reads or writes, and the function's role has that. */
const statements = ({ region, accountId, logGroupName, forBudget }: EncryptionKeyProps) => [
  administeredBy(accountId),
  {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Sid: "LogsOfTheFunction",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`,
      },
    },
  },
  publisher("AlarmsOfThisAccount", "cloudwatch.amazonaws.com", accountId),
  ...(forBudget ? [publisher("BudgetOfThisAccount", "budgets.amazonaws.com", accountId)] : []),
];

/** Without it nobody could change the key any more, and no policy of a role would count. */
const administeredBy = (accountId: string) => ({
  Sid: "AdministeredByThisAccount",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: "kms:*",
  Resource: "*",
});

/** Who publishes to an encrypted topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const publisher = (sid: string, service: string, accountId: string) => ({
  Sid: sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
  Resource: "*",
  Condition: { StringEquals: { "aws:SourceAccount": accountId } },
});
