/** Stacks in AWS GovCloud (US) and in China, as synthesized, and what is refused there. */
import { devWith, json, one, synthesized } from "./synthesized";

const everything = [
  "enable_kms_key = true",
  "enable_dead_letter_queue = true",
  "enable_release_alias = true",
  'vpc_subnet_ids = ["subnet-0123456789abcdef0"]',
  'vpc_security_group_ids = ["sg-0123456789abcdef0"]',
];

describe.each([
  ["us-gov-west-1", "aws-us-gov", "amazonaws.com", "console.amazonaws-us-gov.com"],
  ["cn-north-1", "aws-cn", "amazonaws.com.cn", "console.amazonaws.cn"],
])("a stack in %s", (region, partition, suffix, console) => {
  const stack = async (...lines: string[]) =>
    synthesized(await devWith([`aws_region = "${region}"`, ...everything, ...lines].join("\n")));

  it("has ARNs of its partition only", async () => {
    const { text } = await stack();

    const partitions = [...text.matchAll(/\barn:([\w-]+):/g)].map(([, name]) => name);
    expect(new Set(partitions)).toEqual(new Set([partition]));
  });

  it("names the services by their domain", async () => {
    const made = await stack();

    const { Statement } = json(one(made, "aws_kms_key").policy) as { Statement: { Principal: unknown }[] };
    expect(Statement.map(({ Principal }) => Principal)).toContainEqual({ Service: `logs.${region}.${suffix}` });
    const { policy } = made.resource.aws_iam_role_policy?.lambda_function_policy ?? {};
    expect(policy).toContain(`"kms:ViaService":"sqs.${region}.${suffix}"`);
  });

  it("links to the console of its partition", async () => {
    const { output } = await stack();

    expect(String(output.cloudwatch_dashboard_url?.value)).toMatch(`https://${region}.${console}/cloudwatch/home?`);
  });
});

describe("CodeDeploy in GovCloud", () => {
  it("assumes its role as the regional service principal", async () => {
    const environment = await devWith(
      'aws_region = "us-gov-west-1"\nenable_release_alias = true\nenable_codedeploy = true',
    );

    const { assume_role_policy } = synthesized(environment).resource.aws_iam_role?.releases_role ?? {};

    expect(assume_role_policy).toContain('"Service":"codedeploy.us-gov-west-1.amazonaws.com"');
  });
});

describe("a variable that a partition lacks", () => {
  const NO_CHAT = "AWS Chatbot (Amazon Q Developer in chat applications) is not available there";
  const slack = 'slack_workspace_id = "T0123456789"\nslack_channel_id = "C0123456789"';

  // biome-ignore format: a table is read down its columns
  it.each([
    ["us-gov-west-1", slack,                    `Expected "" in aws-us-gov (${NO_CHAT}) for slack_channel_id but got "C0123456789"`],
    ["us-gov-east-1", "monthly_budget_usd = 5", "Expected 0 in aws-us-gov (AWS Budgets belongs to the commercial account there) for monthly_budget_usd but got 5"],
    ["cn-north-1",    slack,                    `Expected "" in aws-cn (${NO_CHAT}) for slack_channel_id but got "C0123456789"`],
    ["cn-northwest-1", "monthly_budget_usd = 5", "Expected 0 in aws-cn (AWS Budgets is not supported there) for monthly_budget_usd but got 5"],
    ["cn-north-1",    'critical_alert_sms = "+15555550100"', 'Expected "" in aws-cn (SNS sends no SMS there) for critical_alert_sms but got "+15555550100"'],
    ["cn-north-1",    "enable_release_alias = true\nenable_codedeploy = true", "Expected false in aws-cn (CodeDeploy's service principal differs there; `npm run release` works without CodeDeploy) for enable_codedeploy but got true"],
    ["us-iso-east-1", "",                       'Expected an AWS region such as us-east-1, us-gov-west-1 or cn-north-1 for aws_region but got "us-iso-east-1"'],
  ])("is refused by name (%s, %j)", async (region, tfvars, message) => {
    await expect(devWith(`aws_region = "${region}"\n${tfvars}`)).rejects.toThrow(`environments/dev.tfvars: ${message}`);
  });
});
