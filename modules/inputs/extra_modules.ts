/** Inputs of the modules in addition to the six. */
import { z } from "zod";
import { choice, FLAG, TOPIC_ARN, text, whole } from "../checks";
import { STRATEGIES } from "../release-strategies";
import { COMMON } from "./common";
import { type Inputs, keys } from "./inputs";

const QUEUE = text("the name of an SQS queue", /^[\w-]{1,80}$/);
const KEY_NAME = text("the name of a KMS alias: letters, digits and / _ -", /^[\w/-]{1,200}$/);
const API_LOG_GROUP = text('the name of a log group, or ""', /^[\w.\-/#]{0,512}$/);
const CODEDEPLOY_NAME = text("a CodeDeploy name of up to 100 characters without spaces", /^\S{1,100}$/);
const ROLE = text("a role name of up to 64 characters", /^[\w+=,.@-]{1,64}$/);
const FUNCTION_ARN = text(
  "the ARN of a Lambda function or of its alias",
  /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w-]+)?$/,
);
const BUDGET_NAME = text(
  "a budget name of up to 100 characters without colons, backslashes and spaces",
  /^[^:\\\s]{1,100}$/,
);
const TAG = text("up to 128 letters, digits, spaces and . : / = + - @ _", /^[\w .:/=+@-]{1,128}$/);
const ALARM_NAMES = { what: "a list of alarm names", check: z.array(z.string().min(1)) };
const TOPIC_ARNS = { what: "a list of ARNs of SNS topics", check: z.array(TOPIC_ARN.check) };
const WORKSPACE = text("a Slack workspace id such as T0123456789", /^T[A-Z0-9]{1,254}$/);
const CHANNEL = text("a Slack channel id such as C0123456789", /^[CG][A-Z0-9]{1,254}$/);

// biome-ignore format: a ledger is read down its columns
export const DEAD_LETTER_QUEUE = {
  queue_name:     { ...QUEUE,                    description: "Name of the queue." },
  enable_kms_key: { ...FLAG,    default: false,  description: "Encrypts the messages with kms_key_arn instead of a key owned by SQS." },
  kms_key_arn:    COMMON.kms_key_arn,
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const ENCRYPTION_KEY = {
  key_name:                { ...KEY_NAME,              description: "Description of the key, and its alias after `alias/`." },
  log_group_name:          { ...COMMON.log_group_name, description: "The only log group that may use the key." },
  api_log_group_name:      { ...API_LOG_GROUP, default: "", description: "Another log group that may use the key: that of the upload API." },
  backfill_log_group_name: { ...API_LOG_GROUP, default: "", description: "Another log group that may use the key: that of backfills." },
  enable_budget_publisher: { ...FLAG, default: false,  description: "Lets AWS Budgets publish to a topic that is encrypted with the key." },
  account_id:              COMMON.account_id,
  aws_region:              COMMON.aws_region,
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const CODEDEPLOY = {
  application_name:         { ...CODEDEPLOY_NAME,             description: "Name of the CodeDeploy application." },
  deployment_group_name:    { ...CODEDEPLOY_NAME,             description: "Name of the deployment group." },
  role_name:                { ...ROLE,                        description: "Name of the role that moves the alias." },
  release_strategy:         { ...choice(...keys(STRATEGIES)), default: "AllAtOnce", description: "How traffic moves to a new version, by CodeDeploy's names." },
  function_arn:             { ...FUNCTION_ARN,                description: "ARN of the function." },
  alias_arn:                { ...FUNCTION_ARN,                description: "ARN of the alias that a release moves." },
  critical_alarm_names:     { ...ALARM_NAMES,                 description: "Alarms that each stop a release and roll it back." },
  permissions_boundary_arn: COMMON.permissions_boundary_arn,
  account_id:               COMMON.account_id,
  aws_region:               COMMON.aws_region,
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const COST_BUDGET = {
  budget_name:        { ...BUDGET_NAME,                        description: "Name of the budget." },
  monthly_budget_usd: { ...whole(1, 1_000_000, "US dollars"),  description: "Monthly budget in US dollars. The topic is notified at 80 % actual and 100 % forecast cost." },
  tag_key:            { ...TAG, default: "Budget",             description: "Key of a tag that all resources of the budget have, and no others. Activate it as a cost allocation tag." },
  tag_value:          { ...TAG,                                description: "Value of that tag." },
  topic_arn:          { ...TOPIC_ARN,                          description: "Topic that is notified. Its policy must let budgets.amazonaws.com publish." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const CHAT_CHANNEL = {
  channel_name:             { ...ROLE,       description: "Name of the channel's configuration and of its role." },
  slack_workspace_id:       { ...WORKSPACE,  description: "Slack workspace that you have authorized in AWS Chatbot (Amazon Q Developer in chat applications)." },
  slack_channel_id:         { ...CHANNEL,    description: "Slack channel that shows the notifications." },
  topic_arns:               { ...TOPIC_ARNS, description: "Topics whose notifications the channel shows." },
  permissions_boundary_arn: COMMON.permissions_boundary_arn,
  account_id:               COMMON.account_id,
} as const satisfies Inputs;
