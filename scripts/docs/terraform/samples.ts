/** A value that each input accepts, and values that it refuses: for examples in READMEs, and for tests. */
import type { Input } from "../../../modules/inputs/inputs";
import type { Raw } from "./model";
import { kindOf, schemaOf } from "./switches";

const TOPIC = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`;
const FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:invoices-worker";

/**
 * Texts, lists and maps by input: add a row for a new one that has no default, or an empty one. What exists already has the
 * names of EXISTING in scripts/aws/terraform/plain-variants.ts, which are created before a plan.
 */
// biome-ignore format: a ledger is read down its columns
const SAMPLES: Readonly<Record<string, Raw>> = {
  function_name:                         "invoices-worker",
  package_path:                          "versions.tf",
  environment_variables:                 { TABLE: "invoices" },
  lambda_layers:                         ["arn:aws:lambda:us-east-1:123456789012:layer:tools:1"],
  policy_documents:                      { table: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}]}' },
  log_group_name:                        "/aws/lambda/invoices-worker",
  existing_log_group_name:               "/old/group",
  role_name:                             "invoices-worker-role",
  permissions_boundary_arn:              "arn:aws:iam::123456789012:policy/limit",
  dead_letter_queue_arn:                 "arn:aws:sqs:us-east-1:123456789012:invoices-dead-letters",
  kms_key_arn:                           "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  code_signing_profile_version_arn:      "arn:aws:signer:us-east-1:123456789012:/signing-profiles/invoices/abcdefghij",
  vpc_subnet_ids:                        ["subnet-0123456789abcdef0"],
  vpc_security_group_ids:                ["sg-0123456789abcdef0"],
  upload_bucket_prefix:                  "invoices-prod-upload-",
  processed_bucket_prefix:               "invoices-prod-processed-",
  log_bucket_prefix:                     "invoices-prod-logs-",
  upload_bucket_name:                    "invoices-to-read",
  processed_bucket_name:                 "invoices-done",
  existing_upload_bucket_name:           "old-uploads",
  existing_processed_bucket_name:        "old-variants",
  project_name:                          "invoices",
  environment:                           "prod",
  critical_alert_email:                  "critical@example.com",
  performance_alert_email:               "performance@example.com",
  log_alert_email:                       "log@example.com",
  additional_critical_alert_emails:      ["one@example.com", "two@example.com"],
  additional_performance_alert_emails:   ["one@example.com"],
  additional_log_alert_emails:           ["two@example.com"],
  critical_alert_sms:                    "+15555550100",
  critical_alert_https_endpoint:         "https://example.com/alerts",
  existing_critical_alerts_topic_arn:    TOPIC("old-critical"),
  existing_performance_alerts_topic_arn: TOPIC("old-performance"),
  existing_log_alerts_topic_arn:         TOPIC("old-log"),
  critical_alerts_topic_arn:             TOPIC("critical"),
  performance_alerts_topic_arn:          TOPIC("performance"),
  log_alerts_topic_arn:                  TOPIC("log"),
  topic_arn:                             TOPIC("budget"),
  topic_arns:                            [TOPIC("critical")],
  metric_namespace:                      "Invoices",
  dashboard_name:                        "invoices",
  alias_name:                            "stable",
  runbook_base_url:                      "https://example.com/runbooks",
  dead_letter_queue_name:                "invoices-dead-letters",
  records_table_name:                    "invoices",
  function_version:                      "7",
  alarm_help:                            "Ask the team Invoices.",
  table_name:                            "invoices",
  records_table_arn:                     "arn:aws:dynamodb:us-east-1:123456789012:table/invoices",
  records_write_policy:                  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:UpdateItem","Resource":"*"}]}',
  state_machine_name:                    "invoices-backfill",
  bucket_prefix:                         "invoices-prod-backfill-",
  api_log_group_name:                    "/aws/lambda/invoices-uploads",
  api_name:                              "invoices-uploads",
  function_invoke_arn:                   "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:invoices-uploads/invocations",
  upload_bucket_id:                      "invoices-to-read",
  jwt_issuer:                            "https://login.example.com",
  jwt_audience:                          ["invoices"],
  cors_origins:                          ["https://example.com"],
  upload_api_id:                         "a1b2c3d4e5",
  upload_log_group_name:                 "/aws/lambda/invoices-uploads",
  backfill_state_machine_arn:            "arn:aws:states:us-east-1:123456789012:stateMachine:invoices-backfill",
  backfill_function_name:                "invoices-backfill",
  backfill_log_group_name:               "/aws/lambda/invoices-backfill",
  backfill_queries:                      { "invoices/backfill": "fields @timestamp | filter event = \"image.failed\"" },
  upload_queries:                        { "invoices/links": "fields @timestamp | filter event = \"link.issued\"" },
  queries:                               { "invoices/errors": "fields @timestamp | filter level = \"ERROR\"" },
  queue_name:                            "invoices-dead-letters",
  key_name:                              "invoices-prod",
  application_name:                      "invoices-worker",
  deployment_group_name:                 "live",
  function_arn:                          FUNCTION,
  alias_arn:                             `${FUNCTION}:live`,
  critical_alarm_names:                  ["invoices-worker-high-error-rate"],
  budget_name:                           "invoices-prod",
  monthly_budget_usd:                    100,
  tag_value:                             "invoices-prod",
  channel_name:                          "invoices-alerts-chat",
  slack_workspace_id:                    "T0123456789",
  slack_channel_id:                      "C0123456789",
  variant_tags:                          { Kind: "variant" },
  upload_bucket_arn:                     "arn:aws:s3:::invoices-to-read",
  processed_bucket_arn:                  "arn:aws:s3:::invoices-done",
  processed_bucket_id:                   "invoices-done",
};

const accepts = ({ check }: Input, value: unknown): boolean => check.safeParse(value).success;

/** Numbers near the default: none of them is a constant of the module by mistake. */
const numbersNear = (value: unknown): number[] =>
  typeof value === "number" ? [value + 3, value - 1, value + 60, 90, value] : [];

/** @returns a value that the input accepts; not its default, where it has more than one @throws Error without a row */
export const sampleOf = (name: string, input: Input): Raw => {
  const known = SAMPLES[name];
  if (known !== undefined) return known;
  const others = schemaOf(input).enum?.filter((choice) => choice !== input.default) ?? [];
  const found = [...numbersNear(input.default), ...others, input.default].find((value) => accepts(input, value));
  if (found === undefined)
    throw new Error(`Expected a row in scripts/docs/terraform/samples.ts for ${name} but got none`);
  return found as Raw;
};

/** Candidates for a refusal by kind: the first that an input refuses is used, and the last. */
const CANDIDATES: Readonly<Record<string, (sample: Raw) => readonly Raw[]>> = {
  number: (sample) => [-7, 0, 0.5, Number(sample) + 0.5, 101, 10_000_000_000],
  string: () => ["", "AWS/Lambda", "not\tallowed", "?"],
  array: (sample) => [["?"], [...(sample as Raw[]), ...(sample as Raw[])]],
  object: () =>
    [
      ["?", "?"],
      ["aws:x", ""],
    ].map(([key = "", value = ""]) => ({ [key]: value })),
};

/** @returns up to two values of the right type that the input refuses; none if every value of the type is allowed */
export const refusedBy = (name: string, input: Input): Raw[] => {
  const candidates = CANDIDATES[kindOf(input)]?.(sampleOf(name, input)) ?? [];
  const refused = candidates.filter((value) => !accepts(input, value));
  const [first] = refused;
  const last = refused.at(-1);
  return first === undefined || last === undefined ? [] : [first, last];
};
