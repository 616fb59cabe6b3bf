/** The synthesized KMS key of the stack and its policy. */
import { committed, devWith, json, one, synthesized } from "./synthesized";

const ACCOUNT = "${data.aws_caller_identity.current.account_id}";

const publisher = (Sid: string, Service: string) => ({
  Sid,
  Effect: "Allow",
  Principal: { Service },
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
  Resource: "*",
  Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
});

const ALWAYS = [
  {
    Sid: "AdministeredByThisAccount",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "kms:*",
    Resource: "*",
  },
  {
    Sid: "LogsOfTheFunction",
    Effect: "Allow",
    Principal: { Service: "logs.eu-west-1.amazonaws.com" },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/image-processor-dev-processor`,
      },
    },
  },
  publisher("AlarmsOfThisAccount", "cloudwatch.amazonaws.com"),
];

describe("encryption_key", () => {
  it("rotates, and only alarms of this account and this log group may use it", async () => {
    const stack = synthesized(await devWith('enable_kms_key = true\naws_region = "eu-west-1"'));

    const { policy, ...others } = one(stack, "aws_kms_key");
    expect(others).toEqual({ description: "image-processor-dev", enable_key_rotation: true });
    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: ALWAYS });
    expect(one(stack, "aws_kms_alias")).toEqual({
      name: "alias/image-processor-dev",
      target_key_id: "${aws_kms_key.encryption_key_key.key_id}",
    });
  });

  it("may be used by AWS Budgets where there is a budget", async () => {
    const tfvars = 'enable_kms_key = true\naws_region = "eu-west-1"\nmonthly_budget_usd = 50';

    const { policy } = one(synthesized(await devWith(tfvars)), "aws_kms_key");

    const budget = publisher("BudgetOfThisAccount", "budgets.amazonaws.com");
    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: [...ALWAYS, budget] });
  });

  it("is absent where enable_kms_key is off", async () => {
    const { resource, text } = synthesized(await committed("dev"));

    expect(resource).not.toHaveProperty("aws_kms_key");
    expect(text).not.toContain("kms");
  });
});
