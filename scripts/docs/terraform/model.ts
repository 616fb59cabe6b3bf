/**
 * A module's blocks with everything that its switches change: made from one synthesis with all switches in their base
 * position, and one more for each other position.
 */
import { isDeepStrictEqual } from "node:util";
import { piecesOf } from "./interpolation";

/** Plain data of a synthesis. A text may contain `${…}`. */
export type Raw = string | number | boolean | null | readonly Raw[] | { readonly [key: string]: Raw };

/** The position of a switch as a Terraform condition, such as `var.enable_memory_alarm`. */
export interface Condition {
  readonly text: string;
  /** The inputs that it is about: one, or several where each is enough. */
  readonly inputs: readonly string[];
  readonly holds: (positions: Positions) => boolean;
  /** For "another choice than this": how many others there are, and the condition if all of them are excluded. */
  readonly excludes?: { readonly of: number; readonly leaves: string };
}

/** One switch, moved from its base position to another. */
export interface Flip {
  readonly inBase: Condition;
  readonly inFlip: Condition;
  /** Code of the reference that stands for the input, and the value that it has in this position. */
  readonly reference: string;
  readonly value: Raw;
  /** Value of a choice in the base position. @default the input is no choice */
  readonly base?: Raw;
}

/** A part of a list or map, there only where all conditions hold. */
export interface Item {
  readonly node: Node;
  readonly when: Condition[];
  /** Conditions that hold only in another position, where `when` does not have them anyway. */
  readonly elsewhere: { readonly when: Condition; readonly unless: string }[];
}

const itemOf = (node: Node, when: Condition[] = []): Item => ({ node, when, elsewhere: [] });

/** Replaces the atoms `start` to `end` of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly options: { readonly when: Condition; readonly text: string; readonly node: Node }[];
}

export interface Node {
  readonly raw: Raw;
  /** Other values where a condition holds. */
  readonly others: { readonly when: Condition; readonly node: Node; readonly isInput?: string }[];
  readonly atoms?: readonly string[];
  readonly edits?: Edit[];
  readonly items?: Item[];
  readonly entries?: Map<string, Item>;
}

/** Words, white space and references are replaced as a whole. */
const atomsOf = (text: string): string[] =>
  piecesOf(text).flatMap(({ code, literal = "" }) =>
    code === undefined ? (literal.match(/\s+|[^\s/:]+|[/:]+/g) ?? []) : [`\${${code}}`],
  );

const isMap = (raw: Raw | undefined): raw is { readonly [key: string]: Raw } =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw);

const isList = (raw: Raw | undefined): raw is readonly Raw[] => Array.isArray(raw);

export const nodeOf = (raw: Raw): Node => {
  if (typeof raw === "string") return { raw, others: [], atoms: atomsOf(raw), edits: [] };
  if (isList(raw)) return { raw, others: [], items: raw.map((each) => itemOf(nodeOf(each))) };
  if (!isMap(raw)) return { raw, others: [] };
  const entries = Object.entries(raw).map(([key, value]): [string, Item] => [key, itemOf(nodeOf(value))]);
  return { raw, others: [], entries: new Map(entries) };
};

const isSame = (one: Raw | undefined, other: Raw | undefined): boolean => isDeepStrictEqual(one, other);

/** @returns the atoms from start to end with their edits; undefined if an edit is only partly among them */
const partOf = ({ atoms = [], edits = [] }: Node, start: number, end: number): Node | undefined => {
  const isOutside = (edit: Edit) => edit.end <= start || edit.start >= end;
  const inside = edits.filter((edit) => !isOutside(edit));
  if (inside.some((edit) => edit.start < start || edit.end > end)) return undefined;
  const part = atoms.slice(start, end);
  const shifted = inside.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return { raw: part.join(""), others: [], atoms: part, edits: shifted };
};

/** The leftmost part of a text that differs: separators are taken from its front. */
const applyText = (node: Node, other: Node, { inFlip }: Flip): void => {
  const [atoms = [], edits = [], others = []] = [node.atoms, node.edits, other.atoms];
  const shorter = Math.min(atoms.length, others.length);
  let suffix = 0;
  while (suffix < shorter && atoms.at(-1 - suffix) === others.at(-1 - suffix)) suffix += 1;
  let prefix = 0;
  while (prefix < shorter - suffix && atoms[prefix] === others[prefix]) prefix += 1;
  const part = partOf(other, prefix, others.length - suffix);
  const [start, end] = [prefix, atoms.length - suffix];
  if (part === undefined || (start === 0 && end === atoms.length)) node.others.push({ when: inFlip, node: other });
  else {
    const known = edits.find((edit) => edit.start === start && edit.end === end);
    const option = { when: inFlip, text: String(part.raw), node: part };
    if (known) known.options.push(option);
    else edits.push({ start, end, options: [option] });
  }
};

/** Where any one of several inputs removes a part, a condition on one of them is enough. */
const leaveOut = (when: Condition[], { inBase }: Flip): void => {
  const isKnown =
    inBase.inputs.length > 1 && when.some(({ inputs }) => inputs.some((each) => inBase.inputs.includes(each)));
  if (!isKnown) when.push(inBase);
};

const allOf = (conditions: readonly Condition[]): Condition => ({
  text: conditions.map(({ text }) => text).join(" && "),
  inputs: conditions.flatMap(({ inputs }) => inputs),
  holds: (positions) => conditions.every(({ holds }) => holds(positions)),
});

/** A part that two switches add: it exists with either of them, and has the second one's form where the second adds it. */
const eitherOf = (one: Item, other: Item): Item => {
  const [first, second] = [allOf(one.when), allOf(other.when)];
  // The first condition already covers the second.
  if (one.when.every(({ text }) => other.when.some((condition) => condition.text === text))) return one;
  const not = { ...second, text: `!(${second.text})`, holds: (positions: Positions) => !second.holds(positions) };
  apply(one.node, other.node, { inBase: not, inFlip: second, reference: "", value: null });
  const either = {
    text: `(${first.text} || ${second.text})`,
    inputs: [...first.inputs, ...second.inputs],
    holds: (positions: Positions) => first.holds(positions) || second.holds(positions),
  };
  return itemOf(one.node, [either]);
};

/** A part that exists in both positions. Conditions that it has in the other position apply in that position only. */
const applyItem = (item: Item, other: Item, flip: Flip): void => {
  apply(item.node, other.node, flip);
  const { inBase } = flip;
  for (const condition of other.when) {
    const when: Condition = {
      text: `(${inBase.text} || ${condition.text})`,
      inputs: [...inBase.inputs, ...condition.inputs],
      holds: (positions) => inBase.holds(positions) || condition.holds(positions),
    };
    item.elsewhere.push({ when, unless: condition.text });
  }
};

/** Adds the conditions that hold only in another position, after all flips. */
export const settle = ({ items = [], entries = new Map<string, Item>() }: Node): void => {
  for (const { node, when, elsewhere } of [...items, ...entries.values()]) {
    const has = (wanted: string) => when.some(({ text }) => text === wanted);
    for (const each of elsewhere) if (!has(each.unless) && !has(each.when.text)) when.push(each.when);
    elsewhere.length = 0;
    settle(node);
  }
};

const applyMap = (entries: Map<string, Item>, base: Raw, others: ReadonlyMap<string, Item>, flip: Flip): void => {
  if (!isMap(base)) return;
  for (const [key, item] of entries) {
    if (!(key in base)) continue;
    const other = others.get(key);
    if (other === undefined) leaveOut(item.when, flip);
    else applyItem(item, other, flip);
  }
  for (const [key, { node, when }] of others) {
    const extra = itemOf(node, [...when, flip.inFlip]);
    const known = entries.get(key);
    if (known === undefined) entries.set(key, extra);
    else if (!(key in base)) entries.set(key, eitherOf(known, extra));
  }
};

/** What stays the same about a part of a list while the rest of it changes: a statement's Sid, a widget's title, a metric without its namespace. */
const identityOf = (raw: Raw): string => {
  if (isMap(raw)) {
    const { Sid, id, title, label, properties, type } = raw;
    if (typeof label === "string") return label.split(" ")[0] ?? "";
    const name = Sid ?? id ?? title ?? (isMap(properties) ? (properties.title ?? type) : undefined);
    return typeof name === "string" ? name : JSON.stringify(raw);
  }
  if (!isList(raw)) return JSON.stringify(raw);
  const last = raw.at(-1);
  return JSON.stringify([
    ...raw.slice(1).filter((each) => typeof each === "string"),
    isMap(last) ? (last.stat ?? last.id ?? "") : "",
  ]);
};

/** Whether a list of texts is in alphabetical order. It then stays sorted. */
const isSorted = (texts: readonly Raw[]): texts is readonly string[] =>
  texts.length > 1 && texts.every((text, at) => typeof text === "string" && (at === 0 || String(texts[at - 1]) < text));

const applyList = (items: Item[], base: Raw, others: readonly Item[], flip: Flip): void => {
  if (!isList(base)) return;
  const ids = others.map(({ node }) => identityOf(node.raw));
  const ofBase = items.filter(({ node }) => base.includes(node.raw));
  const sameLength = base.length === others.length;
  const ofBaseIds = ofBase.map(({ node }) => identityOf(node.raw));
  const isAlone = others.map((_, at) => !ofBaseIds.includes(ids[at] ?? ""));
  const isOther = isAlone.every(Boolean);
  const matched = ofBaseIds.map((id, at) => {
    const found = ids.indexOf(id);
    // The first part of a metric is its namespace.
    if (found < 0) return sameLength && (isOther || (at === 0 && isAlone[at])) ? at : -1;
    ids[found] = "";
    return found;
  });
  for (const [at, item] of ofBase.entries()) {
    const other = others[matched[at] ?? -1];
    if (other === undefined) leaveOut(item.when, flip);
    else applyItem(item, other, flip);
  }
  const sorted = isSorted(base);
  // Each added element comes after the same element as in the other list.
  let next = 0;
  for (const [at, { node, when }] of others.entries()) {
    const same = ofBase[matched.indexOf(at)];
    const extra = itemOf(node, [...when, flip.inFlip]);
    // Another switch may have added it already.
    const known = items.findIndex((item) => !ofBase.includes(item) && isSame(item.node.raw, node.raw));
    if (same === undefined && known >= 0) {
      items[known] = eitherOf(items[known] as Item, extra);
      next = known + 1;
      continue;
    }
    if (same === undefined && sorted) next = items.filter((item) => String(item.node.raw) < String(node.raw)).length;
    if (same === undefined) items.splice(next, 0, extra);
    next = same === undefined ? next + 1 : items.indexOf(same) + 1;
  }
};

/** A text of several lines is replaced as a whole. */
export const hasLines = ({ raw }: Node): boolean => typeof raw === "string" && raw.includes("\n");

/** Adds what a flip changes to the model. */
export const apply = (node: Node, other: Node, flip: Flip): void => {
  if (isSame(node.raw, other.raw) || isSame(substituted(node.raw, flip), other.raw)) return;
  if (flip.base !== undefined && node.raw === flip.base && other.raw === flip.value)
    node.others.push({ when: flip.inFlip, node: other, isInput: flip.reference });
  else if (node.atoms && other.atoms && !hasLines(node)) applyText(node, other, flip);
  else if (node.items && other.items) applyList(node.items, node.raw, other.items, flip);
  else if (node.entries && other.entries) applyMap(node.entries, node.raw, other.entries, flip);
  else node.others.push({ when: flip.inFlip, node: other });
};

/** A text with the value of the input instead of the reference to it. */
const substituted = (raw: Raw, { reference, value }: Flip): Raw => {
  if (raw === `\${${reference}}`) return value;
  return typeof raw === "string" && typeof value === "string" ? raw.replaceAll(`\${${reference}}`, value) : raw;
};

/** The position of each switch by input; 0 where it is missing. */
export type Positions = Readonly<Record<string, number>>;

/** @returns the text with its edits where their conditions hold */
const evaluatedText = ({ atoms = [], edits = [] }: Node, positions: Positions): string => {
  const chosen = edits.flatMap(({ start, end, options }) => {
    const option = options.find(({ when }) => when.holds(positions));
    return option === undefined ? [] : [{ start, end, text: evaluatedText(option.node, positions) }];
  });
  const outer = chosen.filter(
    (edit) => !chosen.some((other) => other !== edit && other.start <= edit.start && other.end >= edit.end),
  );
  return [...atoms, ""]
    .map((atom, at) => {
      const edit = outer.find(({ start, end }) => at >= start && at < end);
      const inserted = outer.find(({ start, end }) => start === end && at === start)?.text ?? "";
      if (edit === undefined) return inserted + atom;
      return at === edit.start ? edit.text : "";
    })
    .join("");
};

/** @returns the data that a synthesis with these positions has, according to the model */
export const evaluated = (node: Node, positions: Positions): Raw => {
  const other = node.others.find(({ when }) => when.holds(positions));
  if (other) return evaluated(other.node, positions);
  const isThere = ({ when }: Item) => when.every((condition) => condition.holds(positions));
  if (node.atoms) return evaluatedText(node, positions);
  if (node.items) return node.items.filter(isThere).map(({ node: each }) => evaluated(each, positions));
  if (!node.entries) return node.raw;
  const there = [...node.entries].filter(([, item]) => isThere(item));
  return Object.fromEntries(there.map(([key, item]) => [key, evaluated(item.node, positions)]));
};
