/** The environments that both forms are planned with: as committed, and prod with each switch in another position. */
import { isDeepStrictEqual } from "node:util";
import { DEFAULT_VARIANTS } from "../../../handler/contract/variants";
import type { Environment, Variable, VariableName } from "../../../modules/variables";
import { VARIABLES } from "../../../modules/variables";
import { plainVariables } from "./plain-variables";

export interface Variant {
  readonly name: string;
  readonly environment: Environment;
}

/** What the plain root module does not have is off in both forms. */
const TYPESCRIPT_ONLY = {
  regions: [],
  enable_replication: false,
  enable_cost_widget: false,
  variants: DEFAULT_VARIANTS,
} as const satisfies Partial<Environment>;

type Change = Partial<Environment>;

const TOPIC = (severity: string) => `arn:aws:sns:us-east-1:123456789012:old-${severity}`;

const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Resources that exist before the plan. */
export const EXISTING = { uploads: "old-uploads", variants: "old-variants", logGroup: "/old/group" } as const;

/** Another position of each variable that is neither a flag nor a number, with what has to change along with it. */
// biome-ignore format: a ledger is read down its columns
const OTHER: Partial<Record<VariableName, Change>> = {
  permissions_boundary_arn:              { permissions_boundary_arn: "arn:aws:iam::123456789012:policy/limit" },
  extra_tags:                            { extra_tags: { Team: "images" } },
  lambda_architecture:                   { lambda_architecture: "x86_64" },
  code_signing_profile_version_arn:      { code_signing_profile_version_arn: "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images/abcdefghij" },
  vpc_subnet_ids:                        { vpc_subnet_ids: ["subnet-0123456789abcdef0"], vpc_security_group_ids: ["sg-0123456789abcdef0"] },
  enable_release_alias:                  { enable_release_alias: false, enable_codedeploy: false },
  release_strategy:                      { release_strategy: "Linear10PercentEvery1Minute" },
  reserved_concurrent_executions:        { reserved_concurrent_executions: -1 },
  enable_metadata_table:                 { enable_metadata_table: false, enable_upload_api: false },
  upload_api_authorizer:                 { upload_api_authorizer: "none", upload_api_public: true, upload_api_cors_origins: ["*"] },
  upload_api_jwt_issuer:                 { upload_api_authorizer: "jwt", upload_api_jwt_issuer: "https://login.example.com", upload_api_jwt_audience: ["images"] },
  upload_api_cors_origins:               { upload_api_cors_origins: ["https://example.com"] },
  log_level:                             { log_level: "DEBUG" },
  existing_log_group_name:               { existing_log_group_name: EXISTING.logGroup },
  upload_bucket_name:                    { upload_bucket_name: "photos-to-process" },
  processed_bucket_name:                 { processed_bucket_name: "processed-photos" },
  existing_upload_bucket_name:           { existing_upload_bucket_name: EXISTING.uploads },
  existing_processed_bucket_name:        { existing_processed_bucket_name: EXISTING.variants },
  existing_kms_key_arn:                  { existing_kms_key_arn: KEY, enable_kms_key: false },
  metric_namespace:                      { metric_namespace: "Images" },
  metrics_transport:                     { metrics_transport: "put_metric_data" },
  alert_email:                           { alert_email: "all@example.com", critical_alert_email: "all@example.com", performance_alert_email: "all@example.com", log_alert_email: "all@example.com" },
  critical_alert_email:                  { critical_alert_email: "critical@example.com" },
  performance_alert_email:               { performance_alert_email: "performance@example.com" },
  log_alert_email:                       { log_alert_email: "log@example.com" },
  additional_critical_alert_emails:      { additional_critical_alert_emails: ["one@example.com", "two@example.com"] },
  additional_performance_alert_emails:   { additional_performance_alert_emails: ["one@example.com"] },
  additional_log_alert_emails:           { additional_log_alert_emails: ["one@example.com"] },
  critical_alert_sms:                    { critical_alert_sms: "+15555550100" },
  critical_alert_https_endpoint:         { critical_alert_https_endpoint: "https://example.com/alerts" },
  slack_channel_id:                      { slack_workspace_id: "T0123456789", slack_channel_id: "C0123456789" },
  existing_critical_alerts_topic_arn:    { existing_critical_alerts_topic_arn: TOPIC("critical") },
  existing_performance_alerts_topic_arn: { existing_performance_alerts_topic_arn: TOPIC("performance") },
  existing_log_alerts_topic_arn:         { existing_log_alerts_topic_arn: TOPIC("log") },
  alarm_routing:                         { alarm_routing: "each" },
  refusal_log_level:                     { refusal_log_level: "ERROR" },
  encoder_effort:                        { encoder_effort: "small" },
  cache_control:                         { cache_control: "max-age=60" },
  variant_tags:                          { variant_tags: { Kind: "variant" } },
  processed_transition_days:             { processed_transition_days: 30 },
  processed_transition_class:            { processed_transition_class: "GLACIER_IR", processed_transition_days: 90 },
  processed_expiration_days:             { processed_expiration_days: 365 },
  runbook_base_url:                      { runbook_base_url: "" },
  cost_center:                           { cost_center: "" },
  owner:                                 { owner: "" },
  monthly_budget_usd:                    { monthly_budget_usd: 0 },
};

/** Variables whose other positions cannot be planned side by side, or that others cover. */
// biome-ignore format: a ledger is read down its columns
const NOT_MOVED: Partial<Record<VariableName, string>> = {
  aws_region:              "all variants share one provider",
  environment:             "dev, staging and prod differ",
  project_name:            "part of every name, as environment is",
  lambda_runtime:          "nodejs24.x needs a newer provider than others do",
  protected:               "asked by commands only",
  vpc_security_group_ids:  "moved with vpc_subnet_ids",
  slack_workspace_id:      "moved with slack_channel_id",
  additional_alert_emails: "default of the three lists",
  alert_sms:               "default of critical_alert_sms",
  upload_api_public:       "moved with upload_api_authorizer",
  upload_api_jwt_audience: "moved with upload_api_jwt_issuer",
};

const isAllowed = (name: string, value: number): boolean => {
  const { check }: Variable = VARIABLES[name as VariableName];
  return check.safeParse(value).success;
};

/** Other numbers everywhere, so that no number can be a constant by mistake. */
const otherNumbers = (environment: Environment): Change =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]): [string, number][] => {
      if (typeof value !== "number" || value <= 0) return [];
      if (name === "log_retention_days") return [[name, 90]];
      if (name === "lambda_timeout") return [[name, 300]];
      const other = [value + 3, value + 60, value - 7, value - 1].find((number) => isAllowed(name, number));
      if (other === undefined) throw new Error(`Expected another number for ${name} in plain-variants.ts but got none`);
      return [[name, other]];
    }),
  );

const flipped = (name: VariableName, environment: Environment): Change | undefined => {
  if (name in NOT_MOVED) return undefined;
  const value = environment[name];
  const other = OTHER[name];
  if (other && !isDeepStrictEqual(other[name], value)) return other;
  if (typeof value === "boolean") return { [name]: !value };
  if (typeof value === "number") return undefined;
  throw new Error(`Expected another position for ${name} in plain-variants.ts but got none`);
};

/** @param everySwitch whether prod is there once more for each switch, in another position */
export const variantsOf = (environments: readonly Environment[], everySwitch: boolean): Variant[] => {
  const same = environments.map((environment) => ({
    name: environment.environment,
    environment: { ...environment, ...TYPESCRIPT_ONLY },
  }));
  const prod = same.find(({ name }) => name === "prod")?.environment;
  if (prod === undefined || !everySwitch) return same;
  const inPlain = new Set(plainVariables());
  const names = (Object.keys(VARIABLES) as VariableName[]).filter((name) => inPlain.has(name));
  const flips = names.flatMap((name) => {
    const change = flipped(name, prod);
    return change === undefined ? [] : [{ name: `prod_${name}`, environment: { ...prod, ...change } }];
  });
  return [...same, ...flips, { name: "prod_numbers", environment: { ...prod, ...otherNumbers(prod) } }];
};
