/** A template describes the same stack as the Terraform JSON that it is made from: read by a reader that shares nothing with the writer. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../modules/variables";
import { committed, devWith } from "../modules/synthesized";
import { isLong } from "../setup/long";
import { type Arguments, argumentsOf, blueprintOf, resourcesOf } from "./described";
import { written } from "./written";

/** Everything at once that goes together; `enable_replication` is refused. */
const ALL_ON = `
  alert_email                   = "operator@example.com"
  additional_alert_emails       = ["night@example.com"]
  alert_sms                     = "+15555550100"
  critical_alert_https_endpoint = "https://example.com/hook"
  slack_workspace_id            = "T0123456789"
  slack_channel_id              = "C0123456789"
  enable_kms_key                = true
  enable_s3_access_logging      = true
  enable_dead_letter_queue      = true
  enable_async_alarms           = true
  enable_memory_alarm           = true
  enable_saved_queries          = true
  enable_xray_tracing           = true
  enable_recursion_guard        = true
  enable_metadata_table         = true
  enable_upload_api             = true
  upload_api_authorizer         = "jwt"
  upload_api_jwt_issuer         = "https://login.example.com"
  upload_api_jwt_audience       = ["uploads"]
  upload_api_cors_origins       = ["https://app.example.com"]
  enable_backfill               = true
  enable_release_alias          = true
  enable_codedeploy             = true
  release_strategy              = "Canary10Percent10Minutes"
  delete_variants_with_upload   = true
  processed_transition_days     = 60
  processed_expiration_days     = 90
  monthly_budget_usd            = 10
  reserved_concurrent_executions = 100
  vpc_subnet_ids                = ["subnet-0123456789abcdef0"]
  vpc_security_group_ids        = ["sg-0123456789abcdef0"]
  permissions_boundary_arn      = "arn:aws:iam::123456789012:policy/boundary"
`;

const CODE_SIGNING = `
  code_signing_profile_version_arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images/abcdefghij"
`;

/** By name: add a row for a switch that others exclude. */
const CASES: Readonly<Record<string, () => Promise<Environment>>> = {
  dev: () => committed("dev"),
  staging: () => committed("staging"),
  prod: () => committed("prod"),
  "all switches": () => devWith(ALL_ON),
  "all switches, each alarm to its topic": () => devWith(`${ALL_ON}  alarm_routing = "each"\n`),
  "all switches, one incident": () => devWith(`${ALL_ON}  alarm_routing = "incident"\n`),
  "an API with IAM": () =>
    devWith(
      'enable_metadata_table = true\nenable_upload_api = true\nupload_api_authorizer = "iam"\nenable_kms_key = true',
    ),
  "a public API": () =>
    devWith(
      'enable_metadata_table = true\nenable_upload_api = true\nupload_api_authorizer = "none"\nupload_api_public = true\nupload_api_cors_origins = ["*"]',
    ),
  "an alias that npm run release moves": () => devWith("enable_release_alias = true"),
  "names instead of prefixes": () =>
    devWith('upload_bucket_name = "images-in"\nprocessed_bucket_name = "images-out"\nenable_s3_versioning = false'),
  "things that exist already": () =>
    devWith(`
      existing_log_group_name            = "/images"
      existing_kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-0123-0123-0123-0123456789ab"
      existing_critical_alerts_topic_arn = "arn:aws:sns:us-east-1:123456789012:pages"
    `),
  "another region": () =>
    devWith('aws_region = "eu-west-1"\nslack_workspace_id = "T0123456789"\nslack_channel_id = "C0123456789"'),
};

describe.each(Object.entries(CASES))("the template of %s", (_name, environment) => {
  it("has the blueprint and every argument of the Terraform JSON", async () => {
    const { stack, folder } = written(await environment());
    const given = argumentsOf(stack);

    expect(blueprintOf(folder)).toEqual(blueprintOf(stack.folder));
    expect(resourcesOf(folder, given)).toEqual(resourcesOf(stack.folder, given));
  });
});

type Path = readonly (string | number)[];

const leavesOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) =>
        leavesOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : [path];

const other = (value: unknown): unknown => {
  if (typeof value === "number") return value + 1;
  return typeof value === "boolean" ? !value : `${value}x`;
};

const changed = (value: unknown, [key, ...rest]: Path): unknown => {
  if (key === undefined) return other(value);
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? changed(each, rest) : each));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: changed(object[key as string], rest) };
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** The first resource of each type and set of properties, because others differ in values only. */
const examplesOf = (resources: Readonly<Record<string, Resource>>): string[] => {
  const kinds = new Map<string, string>();
  for (const [id, { Type, Properties }] of Object.entries(resources))
    kinds.set([Type, ...Object.keys(Properties).sort()].join(), id);
  return [...kinds.values()];
};

/** Every how many values one is changed in the short run. */
const STEP = isLong ? 1 : 7;

/** Same for all resources, and tested as such. */
const isTag = (path: Path): boolean => path.some((key) => key === "Tags" || key === "ResourceTags");

describe("the comparison", () => {
  const said = (folder: string, given: Arguments): string => {
    try {
      return JSON.stringify(resourcesOf(folder, given));
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("notices a change of any value in the properties of a template", async () => {
    const { stack, folder } = written(await devWith(`${ALL_ON}${CODE_SIGNING}`));
    const given = argumentsOf(stack);
    const before = said(folder, given);
    const file = join(folder, "template.json");
    const template = JSON.parse(readFileSync(file, "utf8")) as { Resources: Record<string, Resource> };
    const paths = examplesOf(template.Resources).flatMap((id) =>
      leavesOf(template.Resources[id]?.Properties).map((path): Path => ["Resources", id, "Properties", ...path]),
    );

    const unnoticed = paths
      .filter((path, index) => !isTag(path) && index % STEP === 0)
      .filter((path) => {
        writeFileSync(file, JSON.stringify(changed(template, path)));
        return said(folder, given) === before;
      });

    expect(paths.length).toBeGreaterThan(600);
    expect(unnoticed.map((path) => path.join("."))).toEqual([]);
  });
});
