/** Writes Terraform's language from the model of a module. */
import { piecesOf } from "./interpolation";
import { type Condition, type Edit, hasLines, type Item, type Node } from "./model";
import { withoutParentheses } from "./parentheses";
import { BLOCKS, DOCUMENT, JOINED, SEPARATOR } from "./raw";
import { SPREAD } from "./switches";

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escaped = (literal: string): string => literal.replaceAll(/["\\\n\r\t]/g, (mark) => ESCAPES[mark] ?? mark);

/** The parts of a text: code, or literal text. */
type Part = { readonly code: string } | { readonly literal: string };

const partsOf = (text: string): Part[] =>
  piecesOf(text).map(({ code, literal = "" }) =>
    code === undefined ? { literal } : { code: withoutParentheses(code) },
  );

/** @returns a text as an expression: bare where it is nothing but code */
const textOf = (parts: readonly Part[]): string => {
  const [first] = parts;
  if (parts.length === 1 && first && "code" in first) return first.code;
  if (parts.length === 1 && first && "literal" in first && first.literal.includes("\n")) return linesOf(first.literal);
  return `"${parts.map((part) => ("code" in part ? `\${${part.code}}` : escaped(part.literal))).join("")}"`;
};

/** A text of several lines. */
const linesOf = (text: string): string =>
  `join("\\n", [\n${text
    .split("\n")
    .map((line) => `  "${escaped(line)}",\n`)
    .join("")}])`;

/** @returns the conditions joined; where all other choices are excluded, the one that is left */
export const all = (conditions: readonly Condition[]): string => {
  const distinct = conditions.filter(({ text }, at) => conditions.findIndex((other) => other.text === text) === at);
  const texts = distinct.map(({ text, inputs, excludes }) => {
    const siblings = distinct.filter((other) => other.inputs[0] === inputs[0] && other.excludes);
    return excludes && excludes.of > 1 && siblings.length === excludes.of ? excludes.leaves : text;
  });
  return [...new Set(texts)].join(" && ");
};

const negated = (text: string): string => {
  if (text.includes(" || ")) return `!(${text})`;
  if (text.includes(" && ")) return `(${text.split(" && ").map(negated).join(" || ")})`;
  if (text.startsWith("!")) return text.slice(1);
  if (text.includes(" == ")) return text.replace(" == ", " != ");
  if (text.includes(" != ")) return text.replace(" != ", " == ");
  if (text.includes(" > 0")) return text.replace(" > 0", " == 0");
  return `!${text}`;
};

/** @returns parts of the atoms from start to end, with the edits inside */
const editedParts = (atoms: readonly string[], edits: readonly Edit[], start: number, end: number): Part[] => {
  const isInside = (inner: Edit, outer: Edit) =>
    inner !== outer && inner.start >= outer.start && inner.end <= outer.end;
  const outermost = edits.filter((edit) => !edits.some((other) => isInside(edit, other)));
  const parts: Part[] = [];
  let at = start;
  for (const edit of outermost.toSorted((one, other) => one.start - other.start)) {
    if (edit.start < at) throw new Error(`Expected edits that do not overlap in ${atoms.join("")} but got two`);
    parts.push(...partsOf(atoms.slice(at, edit.start).join("")));
    const inner = editedParts(
      atoms,
      edits.filter((each) => isInside(each, edit)),
      edit.start,
      edit.end,
    );
    parts.push({ code: editCode(edit, textOf(inner)) });
    at = edit.end;
  }
  parts.push(...partsOf(atoms.slice(at, end).join("")));
  return joined(parts);
};

const optionCode = ({ node: { atoms = [], edits = [] } }: Edit["options"][number]): string =>
  textOf(editedParts(atoms, edits, 0, atoms.length)) || '""';

const editCode = ({ options }: Edit, base: string): string => {
  const codes = new Set(options.map(optionCode));
  const [code = ""] = codes;
  if (codes.size === 1) {
    const conditions = options.map(({ when }) => negated(when.text));
    return `${conditions.join(" && ")} ? ${base || '""'} : ${code}`;
  }
  return options.reduceRight((otherwise, option) => `${option.when.text} ? ${optionCode(option)} : ${otherwise}`, base);
};

const joined = (parts: readonly Part[]): Part[] =>
  parts.reduce<Part[]>((all, part) => {
    const last = all.at(-1);
    if (last && "literal" in last && "literal" in part) all[all.length - 1] = { literal: last.literal + part.literal };
    else all.push(part);
    return all;
  }, []);

const isName = (key: string): boolean => /^[A-Za-z_][\w-]*$/.test(key);

const WIDTH = 110;

/** @returns lines of `name = value`, aligned as `terraform fmt` does */
export const aligned = (rows: readonly (readonly [name: string, value: string])[], indent: string): string => {
  const lines: string[] = [];
  let group: (readonly [string, string])[] = [];
  const flush = () => {
    const width = Math.max(0, ...group.map(([name]) => name.length));
    lines.push(...group.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`));
    group = [];
  };
  for (const row of rows) {
    if (!row[1].includes("\n")) group.push(row);
    else {
      flush();
      lines.push(`${indent}${row[0]} = ${row[1]}`);
    }
  }
  flush();
  return lines.join("\n");
};

const listOf = (values: readonly string[], indent: string): string => {
  const line = `[${values.join(", ")}]`;
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  return `[\n${values.map((value) => `${indent}  ${value},\n`).join("")}${indent}]`;
};

/** The name of an element in a for expression, by the list's key. */
const ELEMENTS: Readonly<Record<string, string>> = {
  Statement: "statement",
  widgets: "widget",
  horizontal: "line",
  metrics: "metric",
};

const withConditions = (items: readonly Item[], indent: string, key: string): string => {
  const element = ELEMENTS[key] ?? "item";
  const rows = items.map(({ node, when }) => {
    const value = expression(node, `${indent}  `);
    return when.length === 0 ? value : `${all(when)} ? ${value} : null`;
  });
  return `[\n${indent}  for ${element} in [\n${rows.map((row) => `${indent}    ${row.replaceAll("\n", "\n  ")},\n`).join("")}${indent}  ] : ${element} if ${element} != null\n${indent}]`;
};

const isSpread = ({ node }: Item): boolean => typeof node.raw === "string" && node.raw.startsWith(SPREAD);

/** The statements of documents that are known to Terraform only. */
const spreadStatements = ({ node, when }: Item): string => {
  const given = String(node.raw).slice(SPREAD.length);
  const documents = when.length === 0 ? given : `${all(when)} ? ${given} : []`;
  return `flatten([for document in ${documents} : [jsondecode(document).Statement]])`;
};

/** Neighbours of the same kind. */
const runsOf = (items: readonly Item[]): Item[][] =>
  items.reduce<Item[][]>((runs, item) => {
    const last = runs.at(-1);
    if (last?.[0] && !isSpread(last[0]) && !isSpread(item)) last.push(item);
    else runs.push([item]);
    return runs;
  }, []);

const list = (items: readonly Item[], indent: string, key: string): string => {
  if (items.some(isSpread)) {
    const parts = runsOf(items).map((run) =>
      run[0] && isSpread(run[0]) ? spreadStatements(run[0]) : list(run, `${indent}  `, key),
    );
    return `concat(\n${parts.map((each) => `${indent}  ${each}`).join(",\n")}\n${indent})`;
  }
  if (items.some(({ when }) => when.length > 0)) return withConditions(items, indent, key);
  return listOf(
    items.map(({ node }) => expression(node, `${indent}  `)),
    indent,
  );
};

const isNot = (condition: Condition): Condition => ({ ...condition, text: negated(condition.text) });

const shapeOf = ({ items, entries }: Node): string => (items ? "list" : entries ? "map" : "single");

/** A condition cannot choose between a list and a text. */
const hasShapes = (node: Node): boolean => node.others.some(({ node: other }) => shapeOf(other) !== shapeOf(node));

/** Values of several shapes, or texts of several lines, under one key become several entries. */
const separated = (entries: ReadonlyMap<string, Item>): [string, Item][] =>
  [...entries].flatMap(([key, item]): [string, Item][] => {
    const { node, when } = item;
    if (node.others.length === 0 || !(hasLines(node) || hasShapes(node))) return [[key, item]];
    const base = { ...node, others: [] };
    return [
      [key, { node: base, elsewhere: [], when: [...when, ...node.others.map((other) => isNot(other.when))] }],
      ...node.others.map((other): [string, Item] => [
        key,
        { node: other.node, elsewhere: [], when: [...when, other.when] },
      ]),
    ];
  });

const map = (given: ReadonlyMap<string, Item>, indent: string): string => {
  if (given.size === 0) return "{}";
  const entries = separated(given);
  const rows = (those: readonly (readonly [string, Item])[], deeper: string) =>
    aligned(
      those.map(([key, { node }]) => [isName(key) ? key : `"${escaped(key)}"`, expression(node, deeper, key)] as const),
      deeper,
    );
  const always = entries.filter(([, { when }]) => when.length === 0);
  const conditions = [...new Set(entries.filter(([, { when }]) => when.length > 0).map(([, { when }]) => all(when)))];
  if (conditions.length === 0) return `{\n${rows(always, `${indent}  `)}\n${indent}}`;
  const groups = conditions.map((condition) => {
    const those = entries.filter(([, { when }]) => when.length > 0 && all(when) === condition);
    return `${indent}  ${condition} ? {\n${rows(those, `${indent}    `)}\n${indent}  } : {},\n`;
  });
  const first = always.length === 0 ? "" : `${indent}  {\n${rows(always, `${indent}    `)}\n${indent}  },\n`;
  return `merge(\n${first}${groups.join("")}${indent})`;
};

/** @param key name of the attribute, for the names of elements */
export const expression = (node: Node, indent: string, key = ""): string => {
  const [first] = node.others;
  if (first?.isInput && node.others.every(({ isInput }) => isInput === first.isInput)) return first.isInput;
  const base = baseExpression(node, indent, key);
  return node.others.reduceRight((otherwise, { when, node: other }) => {
    const value = expression(other, indent, key);
    // The usual value comes first, which reads best.
    return node.others.length === 1
      ? `${negated(when.text)} ? ${base} : ${value}`
      : `${when.text} ? ${value} : ${otherwise}`;
  }, base);
};

const baseExpression = ({ raw, atoms, edits = [], items, entries }: Node, indent: string, key: string): string => {
  if (atoms) return textOf(editedParts(atoms, edits, 0, atoms.length)).replaceAll("\n", `\n${indent}`);
  if (items) return list(items, indent, key);
  if (!entries) return String(raw);
  const joined = entries.get(JOINED);
  if (joined) return `join("${SEPARATOR}", ${expression(joined.node, indent)})`;
  const document = entries.get(DOCUMENT);
  return document ? `jsonencode(${expression(document.node, indent)})` : map(entries, indent);
};

/** Attributes whose values are names of things in the configuration. */
const BARE = new Set(["depends_on", "ignore_changes"]);

const bare = (node: Node): string => `[${(node.items ?? []).map(({ node: each }) => String(each.raw)).join(", ")}]`;

const attribute = (name: string, { node, when }: Item, indent: string): string => {
  if (BARE.has(name)) return bare(node);
  const value = expression(node, indent, name);
  return when.length === 0 ? value : `${all(when)} ? ${value} : null`;
};

const isBlocks = ({ node }: Item): boolean => node.entries?.has(BLOCKS) ?? false;

const block = (name: string, { node, when }: Item, indent: string): string => {
  const items = node.entries?.get(BLOCKS)?.node.items ?? [];
  return items
    .map((item) => {
      const conditions = [...when, ...item.when];
      if (conditions.length === 0) return `\n${indent}${name} {\n${body(item.node, `${indent}  `)}\n${indent}}`;
      const content = body(item.node, `${indent}    `);
      return `\n${indent}dynamic "${name}" {\n${indent}  for_each = ${all(conditions)} ? [true] : []\n\n${indent}  content {\n${content}\n${indent}  }\n${indent}}`;
    })
    .join("\n");
};

/** What identifies a resource comes first. */
const rank = (name: string): number =>
  /^(name|alarm_name|bucket|bucket_prefix|function_name|dashboard_name)$/.test(name) ? 0 : 1;

/** @returns the lines between the braces of a block */
export const body = ({ entries = new Map() }: Node, indent: string): string => {
  const rows = [...entries].filter(([name]) => name !== "depends_on" && name !== "lifecycle");
  const attributes = rows
    .filter(([, item]) => !isBlocks(item))
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([name, item]) => [name, attribute(name, item, indent)] as const);
  const blocks = rows.filter(([, item]) => isBlocks(item)).map(([name, item]) => block(name, item, indent));
  const lifecycle = entries.get("lifecycle");
  const dependencies = entries.get("depends_on");
  return [
    aligned(attributes, indent),
    ...blocks,
    ...(lifecycle ? [`\n${indent}lifecycle {\n${body(lifecycle.node, `${indent}  `)}\n${indent}}`] : []),
    ...(dependencies ? [`\n${indent}depends_on = ${bare(dependencies.node)}`] : []),
  ]
    .filter((part) => part !== "")
    .join("\n")
    .replace(/^\n/, "");
};
