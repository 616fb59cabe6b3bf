/** Rules between variables: plain Terraform refuses what an environment may not have, with the same sentence. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type { Rule } from "../../../modules/rule";
import { RULES } from "../../../modules/rules";
import type { Environment } from "../../../modules/variables";
import { messageOf, PRECONDITIONS } from "../../../scripts/docs/terraform/preconditions";
import { committed } from "../../modules/synthesized";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall";

/** The functions of Terraform in the conditions. */
const FUNCTIONS = {
  contains: (list: unknown[], value: unknown) => list.includes(value),
  jsonencode: (value: unknown) => JSON.stringify(value),
  join: (separator: string, parts: string[]) => parts.join(separator),
  keys: (map: object) => Object.keys(map),
  min: Math.min,
  length: (value: string | unknown[]) => value.length,
  setintersection: (one: unknown[], other: unknown[]) => one.filter((each) => other.includes(each)),
  split: (separator: string, text: string) => text.split(separator),
  startsWith: (text: string, start: string) => text.startsWith(start),
};

/** Evaluates an expression of Terraform. Apart from one name, such an expression is also JavaScript. */
const evaluated = (expression: string, environment: Environment): unknown =>
  runInNewContext(expression.replaceAll("startswith(", "startsWith(").replaceAll(/\bvar\./g, "environment."), {
    ...FUNCTIONS,
    environment,
  });

const printed = (message: string, environment: Environment): string =>
  message
    .replaceAll('\\"', '"')
    .replaceAll(/\$\{([^}]*)\}/g, (_, expression) => String(evaluated(expression, environment)));

const refusedByTerraform = (environment: Environment) =>
  PRECONDITIONS.filter(({ condition }) => evaluated(condition, environment) !== true);

const sentence = ({ of, broken }: Rule, environment: Environment): string[] => {
  const fault = broken(environment, environment.environment);
  return fault === undefined
    ? []
    : [`Expected ${fault.what} for ${fault.name ?? of[0]} but got ${JSON.stringify(fault.got)}.`];
};

const SUBNETS = ["subnet-0123456789abcdef0"];

/** Changes of dev that a rule refuses: add a row for a new precondition. */
// biome-ignore format: a table is read down its columns
const BROKEN: readonly Partial<Environment>[] = [
  { duration_threshold_ms: 60_000 },
  { reserved_concurrent_executions: 10 },
  { enable_codedeploy: true },
  { enable_async_alarms: true, lambda_max_event_age_seconds: 600 },
  { large_image_bytes: 104_857_600 },
  { alarm_routing: "incident", recovery_window_seconds: 60 },
  { alarm_routing: "incident", throttled_datapoints: 5 },
  { alarm_routing: "incident", slo_seconds: 21_600 },
  { project_name: "twenty-three-characters" },
  { upload_bucket_name: "one", processed_bucket_name: "one" },
  { upload_bucket_name: "one", existing_upload_bucket_name: "two" },
  { existing_processed_bucket_name: "one", processed_bucket_name: "two" },
  { existing_upload_bucket_name: "one", existing_processed_bucket_name: "two", enable_s3_access_logging: true },
  { processed_transition_days: 29 },
  { processed_transition_days: 40, processed_expiration_days: 40 },
  { processed_transition_days: 30, existing_processed_bucket_name: "one" },
  { processed_expiration_days: 30, existing_processed_bucket_name: "one" },
  { enable_kms_key: true, existing_kms_key_arn: KEY, aws_region: "eu-west-1" },
  { vpc_subnet_ids: SUBNETS },
  { vpc_security_group_ids: ["sg-0123456789abcdef0"] },
  { slack_channel_id: "C0123456789" },
  { slack_workspace_id: "T0123456789" },
  { enable_upload_api: true },
  { upload_api_public: true },
  { upload_api_authorizer: "none" },
  { upload_api_authorizer: "jwt" },
  { upload_api_jwt_issuer: "https://login.example.com" },
  { upload_api_jwt_audience: ["images"] },
  { upload_api_cors_origins: ["*"] },
  { upload_api_cors_origins: ["https://example.com"], existing_upload_bucket_name: "one" },
  { enable_backfill: true, backfill_slowest_image_seconds: 61 },
  { extra_tags: { Team: "images", Owner: "x" } },
  { existing_kms_key_arn: KEY },
  { existing_critical_alerts_topic_arn: TOPIC },
  { existing_performance_alerts_topic_arn: TOPIC },
  { existing_log_alerts_topic_arn: TOPIC },
  { aws_region: "us-gov-west-1", monthly_budget_usd: 20, slack_workspace_id: "T0123456789", slack_channel_id: "C0123456789" },
  { aws_region: "cn-north-1", monthly_budget_usd: 20, slack_workspace_id: "T0123456789", slack_channel_id: "C0123456789" },
  { aws_region: "cn-north-1", critical_alert_sms: "+15555550100", enable_release_alias: true, enable_codedeploy: true },
];

/** Rules on variables of the plain root module that Terraform does not check: why. */
const NOT_CHECKED: Readonly<Record<string, string>> = {
  environment: "there is no file that names the environment",
};

describe("values that do not go together", () => {
  it.each(BROKEN.map((change) => [change]))("are refused with the same sentences: %j", async (change) => {
    const environment = { ...(await committed("dev")), ...change };

    const refused = refusedByTerraform(environment).map((row) => printed(messageOf(row), environment));

    expect(refused.sort()).toEqual(RULES.flatMap((rule) => sentence(rule, environment)).sort());
    expect(refused.length).toBeGreaterThan(0);
  });

  it("are all tried here", async () => {
    const dev = await committed("dev");

    const tried = new Set(BROKEN.flatMap((change) => refusedByTerraform({ ...dev, ...change })));

    expect(PRECONDITIONS.filter((row) => !tried.has(row))).toEqual([]);
  });

  it("are refused by plain Terraform if it has the variables", async () => {
    const dev = await committed("dev");
    const file = readFileSync(join(__dirname, "../../../terraform/variables.tf"), "utf8");
    const has = (name: string) => file.includes(`variable "${name}" {`);
    const tried = ({ broken }: Rule) =>
      BROKEN.some((change) => broken({ ...dev, ...change }, dev.environment) !== undefined);

    const missing = RULES.filter(({ of }) => of.every(has)).filter((rule) => !tried(rule));

    expect(missing.map(({ of }) => of.join())).toEqual(Object.keys(NOT_CHECKED));
  });

  it.each(["dev", "staging", "prod"])("are not in %s", async (name) => {
    expect(refusedByTerraform(await committed(name))).toEqual([]);
  });
});
