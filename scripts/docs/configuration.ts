/** The generated parts of docs/configuration.md and of the README's section "Configure". */
import { SETTINGS } from "../../handler/contract/settings";
import { VARIABLES, type Variable, type VariableName } from "../../modules/variables";
import { readTerraformJson } from "../build/stacks";
import { code, table } from "../terminal/markdown";
import { stackOf } from "./stacks";

/** The variables that most people set, for the README: exactly ten. */
const MAIN_VARIABLES: readonly VariableName[] = [
  "alert_email",
  "critical_alert_sms",
  "aws_region",
  "lambda_memory_size",
  "lambda_timeout",
  "reserved_concurrent_executions",
  "max_image_bytes",
  "error_threshold",
  "log_retention_days",
  "enable_dead_letter_queue",
];

const defaultOf = ({ default: value, sameAs }: Variable): string =>
  sameAs ?? (String(value) === "" ? "none" : code(value));

export const mainVariablesTable = (): string =>
  table(
    ["variable", "default", "description"],
    MAIN_VARIABLES.map((name) => [code(name), defaultOf(VARIABLES[name]), VARIABLES[name].description]),
  );

export const variablesTable = (): string =>
  table(
    ["variable", "type", "default", "description"],
    Object.entries<Variable>(VARIABLES).map(([name, row]) => [code(name), row.what, defaultOf(row), row.description]),
  );

export const outputsTable = async (): Promise<string> =>
  table(
    ["output", "description"],
    Object.entries(readTerraformJson(await stackOf("dev")).output).map(([name, { description }]) => [
      code(name),
      description,
    ]),
  );

export const settingsTable = (): string =>
  table(
    ["environment variable", "values", "description"],
    Object.entries(SETTINGS).map(([name, row]) => [
      code(name),
      "choices" in row ? row.choices.map(code).join(", ") : row.kind,
      row.about,
    ]),
  );
