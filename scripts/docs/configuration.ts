/** The generated parts of docs/configuration.md and of the README's section "Configure". */
import { SETTINGS } from "../../handler/contract/settings";
import type { Input } from "../../modules/inputs/inputs";
import { MODULE_INPUTS } from "../../modules/inputs/modules";
import { defaultInWords, VARIABLES, type Variable, type VariableName } from "../../modules/variables";
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

const MEGABYTE = 1024 ** 2;

const defaultOf = (name: string, row: Variable): string => {
  const isBytes = name.endsWith("_bytes") && typeof row.default === "number";
  return isBytes ? `${defaultInWords(row)} (${Number(row.default) / MEGABYTE} MB)` : defaultInWords(row);
};

export const mainVariablesTable = (): string =>
  table(
    ["variable", "default", "description"],
    MAIN_VARIABLES.map((name) => [code(name), defaultOf(name, VARIABLES[name]), VARIABLES[name].description]),
  );

/** @returns the inputs of a module, the required ones first */
export const moduleInputsTable = (module: keyof typeof MODULE_INPUTS): string => {
  const rows = Object.entries<Input>(MODULE_INPUTS[module]);
  const isRequired = ([, row]: [string, Input]) => !("default" in row);
  return table(
    ["input", "allowed", "default", "description"],
    [...rows.filter(isRequired), ...rows.filter((row) => !isRequired(row))].map(([name, row]) => [
      code(name),
      row.what,
      isRequired([name, row]) ? "required" : defaultInWords(row),
      row.description,
    ]),
  );
};

export const variablesTable = (): string =>
  table(
    ["variable", "type", "default", "description"],
    Object.entries<Variable>(VARIABLES).map(([name, row]) => [
      code(name),
      row.what,
      defaultOf(name, row),
      row.description,
    ]),
  );

export const outputsTable = async (): Promise<string> =>
  table(
    ["output", "description"],
    Object.entries(readTerraformJson(await stackOf("prod")).output).map(([name, { description }]) => [
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
