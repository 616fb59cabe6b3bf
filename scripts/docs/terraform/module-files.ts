/** The files of one plain Terraform module. */
import type { Input } from "../../../modules/inputs/inputs";
import { aligned, all, body, expression } from "./hcl";
import type { Item, Node } from "./model";
import { outputDescription } from "./output-descriptions";
import { withoutParentheses } from "./parentheses";
import type { PlainModule } from "./plain-module";
import { messageOf } from "./preconditions";
import { type Conflict, type Synthesized, synthesizeModule } from "./synthesis";
import { variableBlock } from "./validation";

/** Data sources of every account: reading one more costs nothing, so they have no condition. */
const FREE = /^aws_(caller_identity|region|partition)\./;

export interface Block {
  readonly kind: "resource" | "data";
  readonly address: string;
  readonly item: Item;
  /** `count = …` or `for_each = …`, or "". */
  readonly meta: string;
}

const child = (root: Node, name: string): ReadonlyMap<string, Item> =>
  root.entries?.get(name)?.node.entries ?? new Map();

const metaOf = (module: PlainModule, kind: Block["kind"], address: string, { node, when }: Item): string => {
  if (kind === "data" && FREE.test(address)) return "";
  const each = module.each?.find(({ input }) => when.some(({ inputs }) => inputs.includes(input)));
  const others = when.filter(({ inputs }) => each === undefined || !inputs.includes(each.input));
  if (each && JSON.stringify(node.raw).includes("each.")) {
    const over = each.over ?? `var.${each.input}`;
    const none = over.startsWith("setsubtract") ? "[]" : "{}";
    return `for_each = ${others.length === 0 ? over : `${all(others)} ? ${over} : ${none}`}`;
  }
  const condition = all(when).replace(/^\(([^()]*)\)$/, "$1");
  return condition === "" ? "" : `count = ${condition} ? 1 : 0`;
};

const blocksOf = ({ root, module }: Synthesized): Block[] =>
  (["data", "resource"] as const).flatMap((kind) =>
    [...child(root, kind)].map(([address, item]) => ({
      kind,
      address,
      item,
      meta: metaOf(module, kind, address, item),
    })),
  );

const blockText = ({ kind, address, item, meta }: Block): string => {
  const [type, name] = address.split(".");
  const attributes = body(item.node, "  ");
  const first = meta === "" ? "" : `  ${meta}${attributes === "" ? "" : "\n"}\n`;
  return `${kind} "${type}" "${name}" {${first === "" && attributes === "" ? "" : `\n${first}${attributes}\n`}}\n`;
};

/** A reference to a resource with `count` needs an index. */
const withIndexes = (text: string, blocks: readonly Block[]): string =>
  blocks
    .filter(({ meta }) => meta.startsWith("count"))
    .reduce((all, { kind, address }) => {
      const reference = `${kind === "data" ? "data." : ""}${address}`;
      return all.replaceAll(
        new RegExp(`(?<![\\w.])${reference.replaceAll(".", "\\.")}(?=\\.)`, "g"),
        `${reference}[0]`,
      );
    }, text);

/** Expressions that are long and repeated get a name. */
const REPEATED =
  /\b(?:ceil|max|min)\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)|var\.\w+ (?:==|!=) "" \? (?:data\.)?aws_\w+\.\w+\[0\]\.\w+ : (?:data\.)?aws_\w+\.\w+\[0\]\.\w+/g;

/** @returns a name from what the expression refers to, what it is the value of, or the variable in it */
const localName = (expression: string, text: string): string => {
  const reference = /aws_\w+\.(\w+)\[0\]\.(\w+)/.exec(expression);
  if (reference) return `${reference[1]}_${reference[2]}`;
  const line = text.split("\n").find((each) => each.trimEnd().endsWith(` = ${expression}`));
  const attribute = /^\s*(\w+)\s+=/.exec(line ?? "")?.[1] ?? "";
  const period = / \/ (60|300)\)/.exec(expression)?.[1];
  if (period !== undefined) return `${attribute || "periods"}_of_${period}_s`;
  return /var\.(\w+?)(?:_percent)?\b/.exec(expression)?.[1] ?? "value";
};

const withLocals = (text: string): { locals: string; text: string } => {
  const counts = new Map<string, number>();
  for (const [found] of text.matchAll(REPEATED)) counts.set(found, (counts.get(found) ?? 0) + 1);
  const names = new Map<string, string>();
  for (const [found, count] of counts) {
    if (count === 1) continue;
    const name = localName(found, text);
    names.set(found, [...names.values()].includes(name) ? `${name}_${names.size + 1}` : name);
  }
  if (names.size === 0) return { locals: "", text };
  const rows = [...names].map(([found, name]) => [name, found] as const);
  return {
    locals: `locals {\n${aligned(rows, "  ")}\n}\n\n`,
    text: text.replaceAll(REPEATED, (found) => (names.has(found) ? `local.${names.get(found)}` : found)),
  };
};

export const versions = (minimum = "1.5"): string =>
  `terraform {\n  required_version = ">= ${minimum}"\n\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = ">= 5.100.0, < 7.0.0"\n    }\n  }\n}\n`;

export interface ModuleText {
  readonly files: Readonly<Record<string, string>>;
  readonly variables: readonly string[];
  readonly outputs: readonly string[];
  readonly blocks: readonly Block[];
  /** Inputs whose values the class compares. */
  readonly choices: readonly string[];
}

/** Texts and lists that decide how many of a resource there are. */
export const knownInputs = ({ blocks }: ModuleText): string[] => [
  ...new Set(
    blocks.flatMap(({ meta }) =>
      [...meta.matchAll(/length\(var\.(\w+)\)|var\.(\w+) [!=]= "|var\.(additional_\w+|\w*queries)/g)].flatMap(
        ([, ...names]) => names.filter((each) => each !== undefined && !each.startsWith("enable_")),
      ),
    ),
  ),
];

/** Stops the plan where values do not go together. */
const preconditionText = (condition: string, message: string): string => {
  const rows = [
    ["condition", condition],
    ["error_message", `"${message}"`],
  ] as const;
  return `\n  precondition {\n${aligned(rows, "    ")}\n  }\n`;
};

const preconditionOf = ({ conditions, message }: Conflict): string =>
  preconditionText(`!(${conditions.join(" && ")})`, `${message.replace(/^\w+: /, "").replaceAll('"', '\\"')}.`);

const outputText = (name: string, value: string): string => {
  const rows = aligned(
    [
      ["description", `"${outputDescription(name).replaceAll('"', '\\"')}"`],
      ["value", value],
    ],
    "  ",
  );
  return `output "${name}" {\n${rows}\n}\n`;
};

const outputsText = ({ module, root }: Synthesized, blocks: readonly Block[]): string => {
  const derived = Object.entries(module.derived ?? {});
  const values = [...child(root, "output")].map(([name, { node }]) => {
    const value = withIndexes(withoutParentheses(expression(node, "  ", name)), blocks);
    const isSource = derived.some(([, { from }]) => from === name);
    return { name, value, isSource };
  });
  const locals = values.filter(({ isSource }) => isSource).map(({ name, value }) => [name, value] as const);
  return [
    ...(locals.length > 0 ? [`locals {\n${aligned(locals, "  ")}\n}\n`] : []),
    ...values.map(({ name, value, isSource }) => outputText(name, isSource ? `local.${name}` : value)),
    ...derived.map(([name, { value }]) => outputText(name, value)),
  ].join("\n");
};

/** @returns the files of a module by name */
export const moduleFiles = (module: PlainModule): ModuleText => {
  const synthesized = synthesizeModule(module);
  const blocks = blocksOf(synthesized);
  const raw = withIndexes(blocks.map(blockText).join("\n"), blocks);
  const { locals, text } = withLocals(raw);
  const rules = (module.rules ?? []).map(({ condition, ...rule }) => preconditionText(condition, messageOf(rule)));
  const conflicts = [...synthesized.conflicts.map(preconditionOf), ...rules].join("");
  const outputs = outputsText(synthesized, blocks).replace(/(output [^\n]*\n[\s\S]*?\n)\}\n/, `$1${conflicts}}\n`);
  const mentioned = new Set([...`${locals}${text}${outputs}`.matchAll(/\bvar\.(\w+)/g)].map(([, name = ""]) => name));
  const used = Object.entries(module.inputs).filter(([name]) => mentioned.has(name));
  const isRequired = ([, row]: [string, Input]) => !("default" in row);
  const variables = [...used.filter(isRequired), ...used.filter((row) => !isRequired(row))];
  return {
    files: {
      ...(`${locals}${text}` !== "" && { "main.tf": `${locals}${text}` }),
      "variables.tf": variables.map(([name, row]) => variableBlock(name, row)).join("\n"),
      "outputs.tf": outputs,
      ...(blocks.length > 0 && { "versions.tf": versions() }),
    },
    variables: variables.map(([name]) => name),
    outputs: [...outputs.matchAll(/^output "(\w+)"/gm)].map(([, name = ""]) => name),
    blocks,
    choices: synthesized.choices,
  };
};
