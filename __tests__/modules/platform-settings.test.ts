/** Networks, boundaries, tags, recipients and runtimes that a platform team chooses, as synthesized. */
import { stackWith, statement, statementsOf } from "./stack-with";
import { devWith, json, one, type Synthesized, synthesized } from "./synthesized";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

describe("the function's settings", () => {
  it("are encrypted with the stack's key, which the role may use for this function only", async () => {
    const stack = await stackWith("enable_kms_key = true");

    expect(one(stack, "aws_lambda_function").kms_key_arn).toBe("${aws_kms_key.encryption_key_key.arn}");
    expect(statement(stack, "DecryptSettings")).toEqual({
      Sid: "DecryptSettings",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: "${aws_kms_key.encryption_key_key.arn}",
      Condition: {
        StringEquals: {
          "kms:EncryptionContext:aws:lambda:FunctionArn":
            "arn:aws:lambda:us-east-1:${data.aws_caller_identity.current.account_id}:function:image-processor-dev-processor",
        },
      },
    });
  });
});

describe("a VPC", () => {
  const stack = () =>
    stackWith('vpc_subnet_ids = ["subnet-0123456789abcdef0"]', 'vpc_security_group_ids = ["sg-0123456789abcdef0"]');

  it("connects the function to the subnets", async () => {
    expect(one(await stack(), "aws_lambda_function").vpc_config).toEqual({
      subnet_ids: ["subnet-0123456789abcdef0"],
      security_group_ids: ["sg-0123456789abcdef0"],
    });
  });

  it("lets Lambda create network interfaces with the role, but not the function's code", async () => {
    const [allow, deny] = statementsOf(await stack()).slice(-2);

    const actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ];
    const arn =
      "arn:aws:lambda:us-east-1:${data.aws_caller_identity.current.account_id}:function:image-processor-dev-processor";
    expect([allow, deny]).toEqual([
      { Sid: "ConnectToVpc", Effect: "Allow", Action: actions, Resource: "*" },
      {
        Sid: "DenyVpcToCode",
        Effect: "Deny",
        Action: actions,
        Resource: "*",
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": arn } },
      },
    ]);
  });
});

describe("a permissions boundary", () => {
  it("limits every role", async () => {
    const { resource } = await stackWith(
      `permissions_boundary_arn = "${BOUNDARY}"`,
      "enable_release_alias = true",
      "enable_codedeploy = true",
      'slack_workspace_id = "T0123456789"',
      'slack_channel_id = "C0123456789"',
    );

    const boundaries = Object.entries(resource.aws_iam_role ?? {}).map(([name, role]) => [
      name,
      role.permissions_boundary,
    ]);
    expect(Object.fromEntries(boundaries)).toEqual({
      lambda_function_role: BOUNDARY,
      releases_role: BOUNDARY,
      chat_channel_role: BOUNDARY,
    });
  });

  it("limits the replication role", async () => {
    const environment = await devWith(`permissions_boundary_arn = "${BOUNDARY}"`);

    const { resource } = synthesized({
      ...environment,
      regions: ["us-east-1", "eu-west-1"],
      enable_replication: true,
    });

    expect(resource.aws_iam_role?.s3_buckets_replication_role?.permissions_boundary).toBe(BOUNDARY);
  });
});

describe("extra tags", () => {
  it("are added to the tags of all resources", async () => {
    const { provider } = await stackWith('extra_tags = { Team = "images", "data.class" = "internal" }');

    expect(provider.aws[0]?.default_tags).toEqual([
      {
        tags: {
          Team: "images",
          "data.class": "internal",
          Project: "image-processor",
          Environment: "dev",
          ManagedBy: "Terraform",
        },
      },
    ]);
  });
});

describe("subscriptions", () => {
  const endpoints = ({ resource }: Synthesized) =>
    Object.fromEntries(
      Object.entries(resource.aws_sns_topic_subscription ?? {}).map(([name, { endpoint }]) => [name, endpoint]),
    );

  it("exist for each additional address, once, under a name that depends on the address only", async () => {
    const stack = await stackWith(
      'critical_alert_email = "a@example.com"',
      'additional_critical_alert_emails = ["a@example.com", "b+c@example.com"]',
      'additional_log_alert_emails = ["d@example.com"]',
    );

    expect(endpoints(stack)).toEqual({
      sns_notifications_critical_email: "a@example.com",
      sns_notifications_critical_email_b_2b_c_40_example_2e_com: "b+c@example.com",
      sns_notifications_log_email_d_40_example_2e_com: "d@example.com",
    });
  });

  it("include an HTTPS endpoint that confirms by itself", async () => {
    const url = "https://events.pagerduty.com/integration/0123/enqueue";

    const { resource } = await stackWith(`critical_alert_https_endpoint = "${url}"`);

    expect(resource.aws_sns_topic_subscription).toEqual({
      sns_notifications_critical_https: {
        topic_arn: "${aws_sns_topic.sns_notifications_critical.arn}",
        protocol: "https",
        endpoint: url,
        endpoint_auto_confirms: true,
      },
    });
  });
});

describe("a Slack channel", () => {
  const slack = ['slack_workspace_id = "T0123456789"', 'slack_channel_id = "C0123456789"'];

  it("shows critical notifications; its role can only read CloudWatch", async () => {
    const stack = await stackWith(...slack);

    expect(one(stack, "aws_chatbot_slack_channel_configuration")).toEqual({
      provider: "aws.chat",
      configuration_name: "image-processor-dev-critical-alerts-chat",
      iam_role_arn: "${aws_iam_role.chat_channel_role.arn}",
      slack_team_id: "T0123456789",
      slack_channel_id: "C0123456789",
      sns_topic_arns: ["${aws_sns_topic.sns_notifications_critical.arn}"],
      guardrail_policy_arns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
    });
    expect(json(stack.resource.aws_iam_role?.chat_channel_role?.assume_role_policy)).toMatchObject({
      Statement: [
        {
          Principal: { Service: "chatbot.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.current.account_id}" } },
        },
      ],
    });
    expect(json(stack.resource.aws_iam_role_policy?.chat_channel_policy?.policy)).toMatchObject({
      Statement: [{ Action: ["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"] }],
    });
  });

  it.each([
    ["us-east-1", ["us-east-1", "us-east-2"]],
    ["eu-west-1", ["eu-west-1"]],
  ])("in %s is configured where the service has an API: providers of %j", async (region, regions) => {
    const { provider } = await stackWith(`aws_region = "${region}"`, ...slack);

    expect(provider.aws.map((each) => each.region)).toEqual(regions);
  });
});

describe("the runtime", () => {
  it("nodejs24.x requires a version of the provider that accepts it", async () => {
    const stack = await stackWith('lambda_runtime = "nodejs24.x"');

    expect(one(stack, "aws_lambda_function").runtime).toBe("nodejs24.x");
    expect(stack.terraform.required_providers).toEqual({
      aws: { source: "hashicorp/aws", version: ">= 6.19.0, < 7.0.0" },
    });
  });
});
