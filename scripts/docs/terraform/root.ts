/** The root module of `terraform/`: variables and outputs of the stack, and one call of each module. */
import { z } from "zod";
import { isOfApi } from "../../../modules/alarm-rows";
import type { MetricAlarm } from "../../../modules/alarm-types";
import { LOG_ALARMS, METRIC_ALARMS } from "../../../modules/alarms";
import { ALARM_VALUES, CLOUDWATCH_ALARMS } from "../../../modules/inputs/cloudwatch_alarms";
import type { Input } from "../../../modules/inputs/inputs";
import { LAMBDA_FUNCTION } from "../../../modules/inputs/lambda_function";
import { LOG_ALARM_VALUES, LOG_ALERTS } from "../../../modules/inputs/log_alerts";
import { backfillQueries, savedQueries, uploadQueries } from "../../../modules/queries";
import { VARIABLES, type Variable } from "../../../modules/variables";
import { aligned, expression } from "./hcl";
import { type ModuleText, versions } from "./module-files";
import { type ModuleName, PLAIN_MODULES } from "./modules";
import type { PlainModule } from "./plain-module";
import { BACKFILL_TIMEOUT, messageOf, PRECONDITIONS } from "./preconditions";
import { ROOT_OUTPUTS } from "./root-outputs";
import { synthesizeModule } from "./synthesis";
import { variableBlock } from "./validation";
import { type AnyCall, CALLS, type CallName, calledBy } from "./wiring";

/** Variables that only the root of Terraform has. */
const OWN: Readonly<Record<string, Input>> = {
  package_path: LAMBDA_FUNCTION.package_path,
  upload_api_package_path: {
    ...LAMBDA_FUNCTION.package_path,
    what: `${LAMBDA_FUNCTION.package_path.what}, or ""`,
    check: LAMBDA_FUNCTION.package_path.check.or(z.literal("")),
    condition: (variable) => `${variable} == "" || ${LAMBDA_FUNCTION.package_path.condition(variable)}`,
    default: "",
    description: "Zip of the upload API's function, for enable_upload_api.",
  },
  alarm_help: CLOUDWATCH_ALARMS.alarm_help,
  protected: { ...VARIABLES.protected, description: "DynamoDB refuses to delete the table of records." },
};

/** What the root may have as a variable: it has those that it mentions. */
export const ROWS: Readonly<Record<string, Variable>> = { ...VARIABLES, ...OWN };

const callText = (name: CallName, { variables }: ModuleText): string => {
  const call: AnyCall = CALLS[name];
  const inputs: Readonly<Record<string, Input>> = PLAIN_MODULES[calledBy(name)].inputs;
  const isInherited = (variable: string) => variable in ROWS && (call.inherits?.includes(variable) ?? true);
  const rows = variables.flatMap((variable): [string, string][] => {
    const value = call.arguments[variable] ?? (isInherited(variable) ? `var.${variable}` : undefined);
    if (value !== undefined) return [[variable, value]];
    if (inputs[variable] && "default" in inputs[variable]) return [];
    throw new Error(`Expected a row in scripts/docs/terraform/wiring.ts for ${variable} of ${name} but got none`);
  });
  const unknown = Object.keys(call.arguments).find((variable) => !variables.includes(variable));
  if (unknown !== undefined) throw new Error(`Expected a variable of ${name} in wiring.ts but got ${unknown}`);
  const meta: [string, string][] = [
    ["source", `"./modules/${calledBy(name)}"`],
    ...(call.when === undefined ? [] : [["count", `${call.when} ? 1 : 0`] as [string, string]]),
  ];
  const providers = call.provider === undefined ? "" : `\n  providers = {\n    aws = ${call.provider}\n  }\n`;
  return `module "${name}" {\n${aligned(meta, "  ")}\n${providers}\n${aligned(rows, "  ")}\n}\n`;
};

const critical = (): string[] => [
  ...Object.entries<MetricAlarm>(METRIC_ALARMS).flatMap(([name, alarm]) =>
    alarm.severity === "critical" && !isOfApi(alarm) ? [name] : [],
  ),
  ...Object.values<{ readonly name: string; readonly severity: string }>(LOG_ALARMS).flatMap(({ name, severity }) =>
    severity === "critical" ? [name] : [],
  ),
];

/** With alarm_routing incident, only what the new version does ends its release. */
const ofNewVersion = (): string[] =>
  Object.entries<{ readonly severity: string; readonly version?: string }>(METRIC_ALARMS).flatMap(
    ([name, { version }]) => (version === "newest" ? [name] : []),
  );

const listed = (names: readonly string[]): string => `[${names.map((name) => `"${name}"`).join(", ")}]`;

const fallbackOf = (severity: string, list: boolean): string => {
  const [own, common] = list
    ? [`var.additional_${severity}_alert_emails`, "var.additional_alert_emails"]
    : [`var.${severity}_alert_email`, "var.alert_email"];
  return `${own} != null ? ${own} : ${common}`;
};

const severities = ["critical", "performance", "log"] as const;

const bySeverity = (list: boolean): string =>
  `{\n${aligned(
    severities.map((severity) => [severity, fallbackOf(severity, list)] as const),
    "    ",
  )}\n  }`;

const LOCALS = (): string => `locals {
${aligned(
  [
    ["name", '"${var.project_name}-${var.environment}"'],
    ["function_name", '"${local.name}-processor"'],
    ["has_budget", "var.monthly_budget_usd > 0"],
    ["enable_kms_key", 'var.enable_kms_key || var.existing_kms_key_arn != ""'],
    ["kms_key_arn", "var.enable_kms_key ? module.encryption_key[0].key_arn : var.existing_kms_key_arn"],
    ["backfill_timeout", BACKFILL_TIMEOUT],
  ],
  "  ",
)}

${aligned([["emails", bySeverity(false)]], "  ")}
${aligned([["additional_emails", bySeverity(true)]], "  ")}

  # Each of them stops a release and rolls it back.
  critical_alarms = var.alarm_routing == "incident" ? ${listed(ofNewVersion())} : ${listed(critical())}
}
`;

export const INVOCATION = `# S3 invokes the function for each upload.
resource "aws_lambda_permission" "upload_permission" {
  statement_id   = "AllowUploadBucket"
  action         = "lambda:InvokeFunction"
  function_name  = module.lambda_function.function_name
  qualifier      = var.enable_release_alias ? module.lambda_function.alias_name : null
  principal      = "s3.amazonaws.com"
  source_arn     = module.s3_buckets.upload_bucket_arn
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket_notification" "upload_notification" {
  bucket = module.s3_buckets.upload_bucket_id

  lambda_function {
    lambda_function_arn = var.enable_release_alias ? module.lambda_function.alias_arn : module.lambda_function.function_arn
    events = concat(
      ["s3:ObjectCreated:*"],
      var.delete_variants_with_upload ? ["s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"] : [],
    )
  }

  # S3 checks the permission when the notification is created.
  depends_on = [aws_lambda_permission.upload_permission]
}
`;

const preconditions = (): string =>
  PRECONDITIONS.map(
    (row) =>
      `    precondition {\n${aligned(
        [
          ["condition", row.condition],
          ["error_message", `"${messageOf(row)}"`],
        ],
        "      ",
      )}\n    }\n`,
  ).join("\n");

const ACCOUNT = (): string => `# Variables that do not go together stop the plan here.
data "aws_caller_identity" "current" {
  lifecycle {
${preconditions()}  }
}
`;

const PROVIDER = `provider "aws" {
  region = var.aws_region

  default_tags {
    tags = local.tags
  }
}

# AWS Chatbot has an API in these regions only; its topics may be in any region.
provider "aws" {
  alias  = "chat"
  region = contains(["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"], var.aws_region) ? var.aws_region : "us-east-2"

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = merge(
    var.extra_tags,
    {
      Project     = var.project_name
      Environment = var.environment
      ManagedBy   = "Terraform"
    },
    var.cost_center != "" ? { CostCenter = var.cost_center } : {},
    var.owner != "" ? { Owner = var.owner } : {},
    # A budget filters by one tag, and neither Project nor Environment alone is unique to this stack.
    var.monthly_budget_usd > 0 ? { Budget = "\${var.project_name}-\${var.environment}" } : {},
  )

  # Domain of the AWS console.
  console = startswith(var.aws_region, "us-gov-") ? "console.amazonaws-us-gov.com" : startswith(var.aws_region, "cn-") ? "console.amazonaws.cn" : "console.aws.amazon.com"
}
`;

/** The saved queries by log, with the conditions of the alarms that they belong to. */
const queriesFile = (): string => {
  const module: PlainModule = {
    inputs: { ...ALARM_VALUES, ...LOG_ALARM_VALUES, refusal_log_level: LOG_ALERTS.refusal_log_level },
    about: "",
    build: (_, given) => ({
      queries: savedQueries(given as never),
      upload_queries: uploadQueries(given as never),
      backfill_queries: backfillQueries(given as never),
    }),
  };
  const { root } = synthesizeModule(module);
  const outputs = [...(root.entries?.get("output")?.node.entries ?? [])];
  const locals = outputs.map(([name, { node }]) => `  ${name} = ${expression(node, "  ")}\n`);
  return `# Queries of CloudWatch Logs Insights by name, for each log.\nlocals {\n${locals.join("\n")}}\n`;
};

const outputsFile = (): string =>
  ROOT_OUTPUTS.map(([name, description, value]) => {
    const rows = aligned(
      [
        ["description", `"${description.replaceAll('"', '\\"')}"`],
        ["value", value],
      ],
      "  ",
    );
    return `output "${name}" {\n${rows}\n}\n`;
  }).join("\n");

const isNullable = (row: Variable): boolean => row.sameAs !== undefined && row.sameAs !== "the file's name";

const example = (variables: readonly string[]): string => {
  const shown = [
    "environment",
    "package_path",
    "aws_region",
    "alert_email",
    "alert_sms",
    "lambda_memory_size",
    "error_threshold",
    "log_retention_days",
  ];
  const values: Readonly<Record<string, string>> = {
    environment: '"dev"',
    package_path: '"handler-linux-arm64.zip"',
    aws_region: '"us-east-1"',
  };
  const lines = shown
    .filter((name) => variables.includes(name))
    .map((name) => {
      const row = ROWS[name];
      const value =
        values[name] ??
        (name === "alert_email"
          ? '"operator@example.com"'
          : name === "alert_sms"
            ? '"+15555550100"'
            : JSON.stringify(row?.default));
      const prefix = name in values ? "" : "# ";
      return `# ${row?.description}\n${prefix}${name} = ${value}\n`;
    });
  return `# Copy this file to terraform.tfvars. variables.tf lists every variable.\n\n${lines.join("\n")}`;
};

/** @returns the files of the root module by name */
export const rootFiles = (modules: Readonly<Record<ModuleName, ModuleText>>): Record<string, string> => {
  const names = Object.keys(CALLS) as CallName[];
  const main = [ACCOUNT(), LOCALS(), ...names.map((name) => callText(name, modules[calledBy(name)])), INVOCATION].join(
    "\n",
  );
  const texts = { "main.tf": main, "queries.tf": queriesFile(), "provider.tf": PROVIDER, "outputs.tf": outputsFile() };
  const mentioned = new Set(
    [
      ...Object.values(texts)
        .join("")
        .matchAll(/\bvar\.(\w+)/g),
    ].map(([, name = ""]) => name),
  );
  const rows = Object.entries(ROWS).filter(([name]) => mentioned.has(name));
  const isRequired = ([, row]: [string, Variable]) => !("default" in row) && !isNullable(row);
  const ordered = [...rows.filter(isRequired), ...rows.filter((row) => !isRequired(row))];
  return {
    ...texts,
    "variables.tf": ordered
      .map(([name, row]) => variableBlock(name, row, isNullable(row) ? "null" : "default"))
      .join("\n"),
    "versions.tf": versions(),
    "terraform.tfvars.example": example(ordered.map(([name]) => name)),
  };
};
