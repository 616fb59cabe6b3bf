/** Inputs of the module `lambda_function`. */
import { z } from "zod";
import { choice, FLAG, RESERVATION, RETENTION, SECURITY_GROUPS, SIGNER, SUBNETS, text, whole } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const PATH = {
  ...text("the path of an existing zip", /\S/),
  condition: (path: string) => `try(fileexists(${path}), false)`,
};
const HANDLER = text("an entry point such as index.handler", /^\S+\.\w+$/);
const RUNTIME = text("a Lambda runtime such as nodejs22.x or python3.13", /^[a-z][a-z0-9.]+$/);
const ROLE = text('a role name of up to 64 characters, or ""', /^[\w+=,.@-]{0,64}$/);
const GROUP = text('the name of a log group, or ""', /^[\w.\-/#]{0,512}$/);
const ALIAS = text("an alias name: letters, digits, - and _, not only digits", /^(?!\d+$)[\w-]{1,128}$/);
const QUEUE_ARN = text('the ARN of an SQS queue, or ""', /^(arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]{1,80})?$/);
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const VARIABLES = {
  what: "environment variables: names with letters, digits and _, starting with a letter, and not reserved by Lambda",
  check: z.record(z.string().regex(/^(?!AWS_|LAMBDA_|_)[A-Za-z]\w*$/), z.string()),
};
const LAYERS = { what: "at most 5 layer ARNs", check: z.array(z.string().min(1)).max(5) };
const DOCUMENTS = {
  what: "policy documents as JSON, by name",
  check: z.record(z.string().regex(/^\w+$/), z.string().min(2)),
};

// biome-ignore format: a ledger is read down its columns
export const LAMBDA_FUNCTION = {
  function_name:                    COMMON.function_name,
  package_path:                     { ...PATH,                                             description: "Zip of the function." },
  handler:                          { ...HANDLER,                default: "index.handler", description: "Entry point: file.export." },
  runtime:                          { ...RUNTIME,                default: "nodejs22.x",    description: "Lambda runtime." },
  architecture:                     { ...choice("arm64", "x86_64"), default: "arm64",      description: "CPU architecture of the function. The package is built for it." },
  timeout:                          { ...whole(1, 900, "seconds"), default: 60,            description: "Timeout of one invocation in seconds." },
  memory_size:                      { ...whole(128, 10_240, "megabytes"), default: 1024,   description: "Memory in MB. CPU grows with memory: 1769 MB is one full vCPU." },
  environment_variables:            { ...VARIABLES,              default: {},              description: "Environment variables of the function." },
  lambda_layers:                    { ...LAYERS,                 default: [],              description: "ARNs of layer versions." },
  policy_documents:                 { ...DOCUMENTS,              default: {},              description: "What the function may do besides writing its log: policy documents as JSON, by name." },
  application_log_level:            { ...choice("DEBUG", "INFO"), default: "INFO",         description: "Least severe application log level that Lambda keeps. WARN and above would drop lines that metrics are made from." },
  log_retention_days:               { ...RETENTION,              default: 7,               description: "Days to keep log lines." },
  log_group_name:                   { ...GROUP,                  default: "",              description: "Log group to create. Default: `/aws/lambda/<function_name>`." },
  existing_log_group_name:          { ...GROUP,                  default: "",              description: "Log group that exists already. The stack does not change its retention or encryption. To take over the group `/aws/lambda/<function>` instead, run `terraform import aws_cloudwatch_log_group.lambda_function_log_group <name>`." },
  role_name:                        { ...ROLE,                   default: "",              description: "Role to create. Default: `<function_name>-role`." },
  permissions_boundary_arn:         COMMON.permissions_boundary_arn,
  enable_dead_letter_queue:         { ...FLAG,                   default: false,           description: "Sends events that Lambda drops to dead_letter_queue_arn." },
  dead_letter_queue_arn:            { ...QUEUE_ARN,              default: "",              description: "ARN of the queue for enable_dead_letter_queue." },
  enable_kms_key:                   { ...COMMON.enable_kms_key,                            description: "Encrypts log group and environment variables with kms_key_arn, and allows the function to use it for the dead-letter queue." },
  kms_key_arn:                      COMMON.kms_key_arn,
  enable_xray_tracing:              { ...FLAG,                   default: false,           description: "Traces invocations, and the requests that they send, with AWS X-Ray." },
  enable_recursion_guard:           { ...FLAG,                   default: false,           description: "Sets recursive loop detection to Terminate, overriding any manual exception." },
  reserved_concurrent_executions:   { ...RESERVATION,            default: -1,              description: "Reserved concurrency: guaranteed and maximum number of parallel invocations. -1 leaves it unreserved." },
  retry_attempts:                   { ...whole(0, 2),            default: 2,               description: "How often Lambda retries an event whose invocation failed." },
  max_event_age_seconds:            { ...whole(60, 21_600, "seconds"), default: 21_600,    description: "How long an event may wait for the function in seconds, including retries." },
  enable_alias:                     { ...FLAG,                   default: false,           description: "Publishes a version with each deployment, and creates an alias. A release moves the alias; Terraform does not." },
  alias_name:                       { ...ALIAS,                  default: "live",          description: "Name of the alias for enable_alias." },
  code_signing_profile_version_arn: { ...SIGNER,                 default: "",              description: "AWS Signer profile version. Lambda then rejects packages that it did not sign." },
  vpc_subnet_ids:                   { ...SUBNETS,                default: [],              description: "Private subnets that the function runs in. They need a route to S3, CloudWatch, SQS, DynamoDB and X-Ray: VPC endpoints or a NAT gateway." },
  vpc_security_group_ids:           { ...SECURITY_GROUPS,        default: [],              description: "Security groups of the function in these subnets. They must allow outgoing HTTPS." },
  account_id:                       COMMON.account_id,
  aws_region:                       COMMON.aws_region,
} as const satisfies Inputs;
