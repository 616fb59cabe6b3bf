/** A Slack channel that shows notifications of SNS topics, with AWS Chatbot (Amazon Q Developer in chat applications). */
import { ChatbotSlackChannelConfiguration } from "@cdktf/provider-aws/lib/chatbot-slack-channel-configuration";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { accountOf } from "./caller";
import { CHAT_CHANNEL } from "./inputs/extra_modules";
import { type Given, valuesOf } from "./inputs/inputs";

/** Regions with an API endpoint; topics may be in any region: https://docs.aws.amazon.com/general/latest/gr/chatbot.html */
const API_REGIONS: readonly string[] = ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"];

/** @returns the region of the API to use: the given one if it has an endpoint */
export const chatRegion = (region: string): string => (API_REGIONS.includes(region) ? region : "us-east-2");

export type ChatChannelProps = Given<typeof CHAT_CHANNEL> & {
  /** Provider of a region with an API endpoint. @default the provider of the stack */
  readonly provider?: TerraformProvider | undefined;
};

export class ChatChannel extends Construct {
  readonly outputs: { readonly role_arn: string };

  constructor(scope: Construct, id: string, props: ChatChannelProps) {
    super(scope, id);
    const values = valuesOf("chat_channel", CHAT_CHANNEL, props);
    const role = new IamRole(this, "role", {
      name: values.channel_name,
      assumeRolePolicy: JSON.stringify(trust(accountOf(this, values))),
      permissionsBoundary: values.permissions_boundary_arn || undefined,
    });
    new IamRolePolicy(this, "policy", {
      name: "show-metrics",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [SHOW_METRICS] }),
    });
    new ChatbotSlackChannelConfiguration(this, "slack", {
      provider: props.provider,
      configurationName: values.channel_name,
      iamRoleArn: role.arn,
      slackTeamId: values.slack_workspace_id,
      slackChannelId: values.slack_channel_id,
      snsTopicArns: values.topic_arns,
      // Without a guardrail policy, AWS allows AdministratorAccess to commands from the channel.
      guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
    });
    this.outputs = { role_arn: role.arn };
  }
}

const trust = (accountId: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "chatbot.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ],
});

/** The graph of an alarm: https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html */
const SHOW_METRICS = {
  Sid: "ShowMetrics",
  Effect: "Allow",
  Action: ["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"],
  Resource: "*",
};
