/** An input as a Terraform variable, with its check as a validation. */
import { z } from "zod";
import type { Input } from "../../../modules/inputs/inputs";
import { aligned, expression } from "./hcl";
import { nodeOf, type Raw } from "./model";
import { kindOf } from "./switches";

const TYPES: Readonly<Record<string, string>> = {
  number: "number",
  boolean: "bool",
  string: "string",
  array: "list(string)",
  object: "map(string)",
};

interface Schema {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema;
}

const quoted = (text: string): string =>
  `"${text.replaceAll("\\/", "/").replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("${", "$${")}"`;

/** Terraform's regular expressions cannot look ahead: each look-ahead becomes a separate condition. */
const matches = (pattern: string, value: string): string[] => {
  const ahead = /^\^\(\?!([^)]*)\)([\s\S]*)$/.exec(pattern);
  if (!ahead) return [`can(regex(${quoted(pattern)}, ${value}))`];
  return [`!can(regex(${quoted(`^(${ahead[1]})`)}, ${value}))`, ...matches(`^${ahead[2]}`, value)];
};

const each = (schema: Schema | undefined, list: string): string[] => {
  const conditions = schema === undefined ? [] : conditionsOf(schema, "each");
  return conditions.length === 0 ? [] : [`alltrue([for each in ${list} : ${conditions.join(" && ")}])`];
};

/** @returns the conditions for a value of this schema */
const conditionsOf = (schema: Schema, value: string): string[] => [
  ...(schema.enum ? [`contains([${schema.enum.map((one) => JSON.stringify(one)).join(", ")}], ${value})`] : []),
  ...(schema.pattern ? matches(schema.pattern, value) : []),
  ...(schema.minLength && !schema.pattern ? [`length(${value}) >= ${schema.minLength}`] : []),
  ...(schema.type === "integer" ? [`floor(${value}) == ${value}`] : []),
  ...(schema.minimum !== undefined && schema.minimum > Number.MIN_SAFE_INTEGER
    ? [`${value} >= ${schema.minimum}`]
    : []),
  ...(schema.exclusiveMinimum === undefined ? [] : [`${value} > ${schema.exclusiveMinimum}`]),
  ...(schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER
    ? [`${value} <= ${schema.maximum}`]
    : []),
  ...(schema.exclusiveMaximum === undefined ? [] : [`${value} < ${schema.exclusiveMaximum}`]),
  ...(schema.multipleOf === undefined ? [] : [`${value} % ${schema.multipleOf} == 0`]),
  ...(schema.maxItems === undefined ? [] : [`length(${value}) <= ${schema.maxItems}`]),
  ...each(schema.items, value),
  ...each(schema.propertyNames, `keys(${value})`),
  ...each(schema.additionalProperties, `values(${value})`),
];

/** @returns the check of an input as a Terraform condition; undefined where every value of its type is allowed */
const conditionOf = (name: string, input: Input): string | undefined => {
  if (input.condition) return input.condition(`var.${name}`);
  const conditions = conditionsOf(z.toJSONSchema(input.check, { unrepresentable: "any" }) as Schema, `var.${name}`);
  return conditions.length === 0 ? undefined : conditions.join(" && ");
};

export const typeOf = (input: Input): string => TYPES[kindOf(input)] ?? "any";

const validation = (name: string, input: Input): string => {
  const condition = conditionOf(name, input);
  if (condition === undefined) return "";
  const message = `Expected ${input.what.replaceAll('"', '\\"')} for ${name} but got \${jsonencode(var.${name})}.`;
  const rows = aligned(
    [
      ["condition", condition],
      ["error_message", `"${message}"`],
    ],
    "    ",
  );
  return `\n  validation {\n${rows}\n  }\n`;
};

/** @returns a default as an expression */
export const literal = (value: unknown, indent = "  "): string => expression(nodeOf(value as Raw), indent);

/** @param fallback of a variable whose default is another variable: null */
export const variableBlock = (name: string, input: Input, fallback: "default" | "null" = "default"): string => {
  const isNull = fallback === "null";
  const rows: [string, string][] = [
    ["description", `"${input.description.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("${", "$${")}"`],
    ["type", typeOf(input)],
    ...(isNull ? [["default", "null"] as [string, string]] : []),
    ...("default" in input && !isNull ? [["default", literal(input.default)] as [string, string]] : []),
    ...(isNull ? [] : [["nullable", "false"] as [string, string]]),
  ];
  const check = validation(name, input);
  const nullable = isNull ? check.replace("condition     = ", `condition     = var.${name} == null ? true : `) : check;
  return `variable "${name}" {\n${aligned(rows, "  ")}\n${nullable}}\n`;
};
