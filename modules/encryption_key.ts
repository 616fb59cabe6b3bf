/** One KMS key for everything the stack stores and sends. Its policy names each AWS service that uses it with its own permissions. */
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { accountOf, type Place, placeOf } from "./caller";
import { ENCRYPTION_KEY } from "./inputs/extra_modules";
import { type Given, type Values, valuesOf } from "./inputs/inputs";

export type EncryptionKeyProps = Given<typeof ENCRYPTION_KEY>;

/** Region and account of the key. */
interface KeyOwner extends Place {
  readonly accountId: string;
}

export class EncryptionKey extends Construct {
  readonly outputs: { readonly key_arn: string };

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const values = valuesOf("encryption_key", ENCRYPTION_KEY, props);
    const owner = { ...placeOf(this, values), accountId: accountOf(this, values) };
    const key = new KmsKey(this, "key", {
      description: values.key_name,
      enableKeyRotation: true,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(values, owner) }),
    });
    new KmsAlias(this, "alias", { name: `alias/${values.key_name}`, targetKeyId: key.keyId });
    this.outputs = { key_arn: key.arn };
  }
}

interface ReplicaKeyProps {
  readonly provider: TerraformProvider;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
}

/** A KMS key for replicas in another region. S3 uses it with the permissions of the replication role. */
export class ReplicaKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { provider, name, region, accountId }: ReplicaKeyProps) {
    super(scope, id);
    const owner = { ...placeOf(this, { aws_region: region }), accountId };
    const key = new KmsKey(this, "key", {
      provider,
      description: name,
      enableKeyRotation: true,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [administeredBy(owner)] }),
    });
    this.keyArn = key.arn;
  }
}

/** S3 and SQS need no statement: they call KMS with the caller's permissions, which the function's role has. */
const statements = (
  { log_group_name, enable_budget_publisher, ...values }: Values<typeof ENCRYPTION_KEY>,
  { region, partition, dnsSuffix, accountId }: KeyOwner,
) => {
  const groupArn = (name: string) => `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
  const others = [values.api_log_group_name, values.backfill_log_group_name].filter((name) => name !== "");
  const arns = [log_group_name, ...others].map(groupArn);
  return [
    administeredBy({ partition, accountId }),
    {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      Sid: "LogsOfTheFunction",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.${dnsSuffix}` },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: {
        ArnEquals: {
          "kms:EncryptionContext:aws:logs:arn": arns.length === 1 ? arns[0] : arns,
        },
      },
    },
    publisher("AlarmsOfThisAccount", "cloudwatch.amazonaws.com", accountId),
    ...(enable_budget_publisher ? [publisher("BudgetOfThisAccount", "budgets.amazonaws.com", accountId)] : []),
  ];
};

/** Without this statement the key could not be managed any more, and IAM policies would have no effect on it. */
const administeredBy = ({ partition, accountId }: Pick<KeyOwner, "partition" | "accountId">) => ({
  Sid: "AdministeredByThisAccount",
  Effect: "Allow",
  Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
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
