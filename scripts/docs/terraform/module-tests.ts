/** The test of a plain module for `terraform test`: what is there in each case, and what is refused. */
import type { Input } from "../../../modules/inputs/inputs";
import { aligned } from "./hcl";
import type { Raw } from "./model";
import { type Case, casesOf, valuesAt } from "./module-cases";
import type { Block, ModuleText } from "./module-files";
import type { PlainModule } from "./plain-module";
import { DOCUMENT } from "./raw";
import { refusedBy } from "./samples";
import { type Synthesized, synthesizeModule } from "./synthesis";
import { literal } from "./validation";

const ACCOUNT = "123456789012";

/** What the provider's checks expect of a mocked resource or data source. Add a row where a test fails with "invalid ARN". */
// biome-ignore format: a ledger is read down its columns
const MOCKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "data aws_caller_identity":      { account_id: ACCOUNT },
  "data aws_partition":            { partition: "aws" },
  "data aws_region":               { name: "us-east-1", region: "us-east-1" },
  "data aws_cloudwatch_log_group": { arn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/invoices/worker` },
  "data aws_s3_bucket":            { arn: "arn:aws:s3:::old-bucket" },
  "resource aws_apigatewayv2_api":               { execution_arn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5` },
  "resource aws_cloudwatch_log_group":           { arn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/lambda/worker` },
  "resource aws_codedeploy_app":                 { arn: `arn:aws:codedeploy:us-east-1:${ACCOUNT}:application:worker` },
  "resource aws_dynamodb_table":                 { arn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/invoices` },
  "resource aws_iam_role":                       { arn: `arn:aws:iam::${ACCOUNT}:role/worker` },
  "resource aws_kms_key":                        { arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000` },
  "resource aws_lambda_alias":                   { arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:worker:live` },
  "resource aws_lambda_code_signing_config":     { arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:code-signing-config:csc-0123456789abcdef0` },
  "resource aws_lambda_function":                { arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:worker` },
  "resource aws_s3_bucket":                      { arn: "arn:aws:s3:::new-bucket" },
  "resource aws_sfn_state_machine":              { arn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:invoices` },
  "resource aws_sns_topic":                      { arn: `arn:aws:sns:us-east-1:${ACCOUNT}:topic` },
  "resource aws_sqs_queue":                      { arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`, url: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/queue` },
};

/** @returns a provider without an account that has what these blocks need */
export const mocks = (blocks: readonly Block[]): string => {
  const types = new Set(blocks.map(({ kind, address }) => `${kind} ${address.split(".")[0]}`));
  const rows = Object.entries(MOCKS).filter(([type]) => types.has(type));
  const texts = rows.map(([type, values]) => {
    const [kind, name] = type.split(" ");
    const defaults = aligned(
      Object.entries(values).map(([key, value]) => [key, `"${value}"`] as const),
      "      ",
    );
    return `  mock_${kind} "${name}" {\n    defaults = {\n${defaults}\n    }\n  }\n`;
  });
  return texts.length === 0 ? 'mock_provider "aws" {}\n' : `mock_provider "aws" {\n${texts.join("\n")}}\n`;
};

const assertion = (conditions: readonly string[], message: string): string =>
  conditions.length === 0
    ? ""
    : `  assert {\n    condition = alltrue([\n${conditions.map((each) => `      ${each},\n`).join("")}    ])\n    error_message = "${message}"\n  }\n`;

type Part = Readonly<Record<string, Raw>>;

/** The number of elements of an input that makes a resource for each. */
const eachCount = ({ module }: Synthesized, { meta }: Block, { values }: Case): number => {
  const input = module.each?.find((each) => meta.includes(`var.${each.input}`))?.input ?? "";
  return Object.keys(values[input] ?? {}).length;
};

/** @returns assertions of how many there are of each block that is not always there */
const counts = (synthesized: Synthesized, blocks: readonly Block[], made: Part, given: Case): string[] => {
  const byCount = new Map<number, string[]>();
  for (const block of blocks) {
    if (block.meta === "") continue;
    const { kind, address } = block;
    const isThere = address in (made[kind] as Part);
    const count = !isThere ? 0 : block.meta.startsWith("count") ? 1 : eachCount(synthesized, block, given);
    byCount.set(count, [...(byCount.get(count) ?? []), kind === "data" ? `data.${address}` : address]);
  }
  return [...byCount]
    .sort(([one], [other]) => other - one)
    .map(([count, addresses]) =>
      assertion(
        addresses.map((address) => `length(${address}) == ${count}`),
        `Expected ${count} of each.`,
      ),
    );
};

const isMap = (value: Raw): value is Part => typeof value === "object" && value !== null && !Array.isArray(value);

const outputCondition = (name: string, value: Raw): string | undefined => {
  if (typeof value === "string") return `output.${name} ${value === "" ? "==" : "!="} ""`;
  if (Array.isArray(value)) return `length(output.${name}) == ${value.length}`;
  if (!isMap(value) || DOCUMENT in value) return undefined;
  const keys = Object.keys(value).sort();
  return keys.length === 0
    ? `length(output.${name}) == 0`
    : `join(" ", keys(output.${name})) == ${JSON.stringify(keys.join(" "))}`;
};

const outputs = (made: Part): string => {
  const conditions = Object.entries(made.output as Part).map(([name, value]) => outputCondition(name, value));
  return assertion(
    conditions.filter((each) => each !== undefined),
    "Expected outputs of what is there.",
  );
};

interface Run {
  readonly name: string;
  readonly comment: string;
  readonly module: string;
  readonly values: Part;
  readonly isPlan?: boolean;
  readonly parts: readonly string[];
}

const runText = ({ name, comment, module, values, isPlan, parts }: Run): string => {
  const rows = aligned(
    Object.entries(values).map(([key, value]) => [key, literal(value, "    ")] as const),
    "    ",
  );
  const all = [
    ...(isPlan ? ["  command = plan\n"] : []),
    `  module {\n    source = "./modules/${module}"\n  }\n`,
    `  variables {\n${rows}\n  }\n`,
    ...parts.filter((part) => part !== ""),
  ];
  return `# ${comment}\nrun "${name}" {\n${all.join("\n")}}\n`;
};

const failures = (addresses: readonly string[]): string =>
  `  expect_failures = [\n${addresses.map((address) => `    ${address},\n`).join("")}  ]\n`;

const refusalRuns = (name: string, { inputs }: PlainModule, text: ModuleText, valid: Part): Run[] =>
  ["wrong_values", "other_wrong_values"].flatMap((run, at) => {
    const wrong = text.variables.flatMap((input): [string, Raw][] => {
      const value = refusedBy(input, inputs[input] as Input)[at];
      return value === undefined ? [] : [[input, value]];
    });
    const values = { ...valid, ...Object.fromEntries(wrong) };
    const parts = [failures(wrong.map(([input]) => `var.${input}`))];
    return [{ name: run, comment: "Every variable refuses its value.", module: name, values, isPlan: true, parts }];
  });

/** @returns one test file: each case is compared with what the class makes of it */
export const moduleTest = (name: string, module: PlainModule, text: ModuleText): string => {
  const synthesized = synthesizeModule(module);
  const cases = casesOf(synthesized, text.variables);
  const caseRuns = cases.map((given): Run => {
    const made = synthesized.at(given.positions) as Part;
    const parts = [...counts(synthesized, text.blocks, made, given), outputs(made)];
    return {
      name: given.name,
      comment: "What the class makes of these values.",
      module: name,
      values: given.values,
      parts,
    };
  });
  const valid = cases[0]?.values ?? {};
  const conflicts = [
    ...synthesized.conflicts.map(({ positions }) => valuesAt(synthesized, text.variables, positions)),
    ...(module.rules ?? []).map(({ broken }) => ({ ...valid, ...(broken as Part) })),
  ];
  const conflictRuns = conflicts.map((values, at): Run => {
    const parts = [failures([`output.${text.outputs[0]}`])];
    return {
      name: `conflict_${at + 1}`,
      comment: "Values that do not go together.",
      module: name,
      values,
      isPlan: true,
      parts,
    };
  });
  const runs = [...caseRuns, ...refusalRuns(name, module, text, valid), ...conflictRuns];
  return [
    `# Generated by \`npm run terraform\` from the class and the ledger of inputs. No AWS account is needed.\n`,
    mocks(text.blocks),
    ...runs.map(runText),
  ].join("\n");
};
