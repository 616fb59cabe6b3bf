/** Synthesizes a module whose inputs are Terraform variables. */
import { App, TerraformElement, TerraformVariable } from "cdktf";
import { apply, type Flip, type Node, nodeOf, type Positions, type Raw, settle } from "./model";
import { ModuleStack } from "./module-stack";
import type { PlainModule } from "./plain-module";
import { JOINED, rawOf, resolved } from "./raw";
import { choiceOf, kindOf, only, type Position, type Switch, schemaOf, switchOf, text } from "./switches";

/** Resource name of a resource for each element: its id contains the reference to the element. */
const EACH_ID = /_*(_24__7b_each|\$\{each).*$/;

/** One synthesis: blocks by address, and outputs. */
interface Tree {
  readonly resource: Readonly<Record<string, Raw>>;
  readonly data: Readonly<Record<string, Raw>>;
  readonly output: Readonly<Record<string, Raw>>;
}

const nameOf = (address: string, module: PlainModule): string => {
  const suffix = module.each?.[0]?.suffix ?? "";
  return EACH_ID.test(address) ? address.replace(EACH_ID, suffix === "" ? "" : `_${suffix}`) : address;
};

const synthesizeAt = (module: PlainModule, switches: Readonly<Record<string, Switch>>, positions: Positions): Tree => {
  const stack = new ModuleStack(new App({ outdir: "/nonexistent" }), "plain");
  const given = Object.fromEntries(
    Object.entries(switches).map(([name, each]) => [name, each[positions[name] ?? 0]?.value(stack)]),
  );
  const outputs = module.build(stack, { ...given, ...module.fixed });
  const tree = { resource: {} as Record<string, Raw>, data: {} as Record<string, Raw> };
  for (const element of stack.node.findAll().filter(TerraformElement.isTerraformElement)) {
    if (element instanceof TerraformVariable) continue;
    const fragment = resolved(stack, element.toHclTerraform()) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    for (const kind of ["resource", "data"] as const)
      for (const [type, blocks] of Object.entries(fragment[kind] ?? {}))
        for (const [id, block] of Object.entries(blocks)) tree[kind][nameOf(`${type}.${id}`, module)] = rawOf(block);
  }
  const own = Object.entries(outputs).filter(([name]) => !Object.hasOwn(module.derived ?? {}, name));
  return { ...tree, output: rawOf(resolved(stack, Object.fromEntries(own))) as Record<string, Raw> };
};

/** @returns nothing where the code needs the value itself */
const attempted = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

interface Choice {
  readonly choice: string;
  /** What the module makes with this value, as JSON. */
  readonly made: string;
}

/** Whether the module treats all values of a choice in the same way. */
const isOpaque = (name: string, choices: readonly Choice[], treeWith: (value: Switch) => Tree): boolean => {
  const open = JSON.stringify(attempted(() => treeWith(only(text(name)))) ?? null);
  return choices.every(({ choice, made }) => open.replaceAll(`\${var.${name}}`, choice) === made);
};

const switchesOf = (module: PlainModule): Record<string, Switch> => {
  const variables = Object.entries(module.inputs).filter(([name]) => !Object.hasOwn(module.fixed ?? {}, name));
  const eachOf = (name: string) => module.each?.find(({ input }) => input === name);
  const switches = Object.fromEntries(
    variables.map(([name, input]) => [
      name,
      switchOf(name, input, eachOf(name), module.either?.flat().includes(name) ?? false),
    ]),
  );
  for (const [name, input] of variables) {
    const values = schemaOf(input).enum;
    if (kindOf(input) !== "string" || values === undefined) continue;
    const treeWith = (value: Switch) => synthesizeAt(module, { ...switches, [name]: value }, {});
    const choices = values.map((choice) => ({ choice, made: JSON.stringify(treeWith(only(() => choice))) }));
    if (isOpaque(name, choices, treeWith)) continue;
    const bySize = choices.toSorted((one, other) => other.made.length - one.made.length);
    switches[name] = choiceOf(
      name,
      bySize.map(({ choice }) => choice),
    );
  }
  return switches;
};

/** An input such as existing_upload_bucket_name removes more than it adds: "" is its base position then. */
const withRichBase = (module: PlainModule, switches: Record<string, Switch>): Record<string, Switch> => {
  const full = Object.keys(synthesizeAt(module, switches, {}).resource).length;
  return Object.fromEntries(
    Object.entries(switches).map(([name, each]) => {
      if (!name.startsWith("existing_") || each.length !== 2) return [name, each];
      const other = Object.keys(synthesizeAt(module, switches, { [name]: 1 }).resource).length;
      return [name, other > full ? each.toReversed() : each];
    }),
  );
};

/** @returns the value of a position that needs no stack */
const constantOf = (position: Position | undefined): Raw | undefined =>
  position?.value.length === 0 ? (position.value as () => Raw)() : undefined;

const flipOf = (name: string, positions: Switch, at: number): Flip => {
  const { is = "", not = "" } = positions[at] ?? {};
  const excludes = { of: positions.length - 1, leaves: positions[0]?.is ?? "" };
  return {
    inBase: { text: not, inputs: [name], holds: (given) => (given[name] ?? 0) !== at, excludes },
    inFlip: { text: is, inputs: [name], holds: (given) => (given[name] ?? 0) === at },
    reference: `var.${name}`,
    ...(positions[0]?.isChoice && { base: constantOf(positions[0]) ?? null }),
    value: constantOf(positions[at]) ?? `\${var.${name}}`,
  };
};

/** Several switches moved together: what is there where one of them is in its base position. */
const jointFlipOf = (switches: Readonly<Record<string, Switch>>, names: readonly string[]): Flip => {
  const texts = (key: "is" | "not") => names.map((name) => switches[name]?.[1]?.[key] ?? "");
  const isFlipped = (given: Positions) => names.every((name) => given[name] === 1);
  return {
    inBase: { text: `(${texts("not").join(" || ")})`, inputs: names, holds: (given) => !isFlipped(given) },
    inFlip: { text: texts("is").join(" && "), inputs: names, holds: isFlipped },
    reference: "",
    value: null,
  };
};

/** Values that the class refuses together, and its message. */
export interface Conflict {
  readonly conditions: readonly string[];
  readonly positions: Positions;
  readonly message: string;
}

interface Context {
  readonly module: PlainModule;
  readonly switches: Readonly<Record<string, Switch>>;
  readonly conflicts: Conflict[];
  /** What is synthesized already, by positions: the same switches are moved together in every order. */
  readonly known: Map<string, Tree | Error>;
}

/** @throws Error of the class where it refuses the combination */
const treeAt = ({ module, switches, known }: Context, positions: Positions): Tree => {
  const key = JSON.stringify(Object.entries(positions).sort());
  if (!known.has(key)) {
    try {
      known.set(key, synthesizeAt(module, switches, positions));
    } catch (error) {
      known.set(key, error as Error);
    }
  }
  const tree = known.get(key) as Tree | Error;
  if (tree instanceof Error) throw tree;
  return tree;
};

/** @returns the condition of each switch that lets the class refuse the combination: in another position it would not */
const causesOf = (context: Context, positions: Positions): string[] =>
  Object.entries(context.switches).flatMap(([name, each]) => {
    const at = positions[name] ?? 0;
    const others = [...each.keys()].filter((other) => other !== at);
    const isCause = others.some((other) => attempted(() => treeAt(context, { ...positions, [name]: other })));
    return isCause ? [each[at]?.is ?? ""] : [];
  });

/** Whether one of the conflicts applies to the combination. */
const isConflict = ({ switches, conflicts }: Context, positions: Positions): boolean => {
  const holding = Object.entries(switches).map(([name, each]) => each[positions[name] ?? 0]?.is);
  return conflicts.some(({ conditions }) => conditions.every((condition) => holding.includes(condition)));
};

/** @returns the data of a synthesis; undefined where the class refuses the combination */
const allowedAt = (context: Context, positions: Positions): Raw | undefined => {
  try {
    return treeAt(context, positions) as unknown as Raw;
  } catch (error) {
    if (isConflict(context, positions)) return undefined;
    const conditions = causesOf(context, positions);
    if (conditions.length === 0) throw error;
    context.conflicts.push({ conditions, positions, message: (error as Error).message });
    return undefined;
  }
};

/** @returns the parts of texts that are lists */
const partsOf = (raw: Raw | undefined): string[] => {
  if (typeof raw !== "object" || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]) => (key === JOINED ? (value as string[]) : partsOf(value)));
};

/** Whether a synthesis has a resource, or a part of a text, that the other one has not. */
const adds = (one: Raw, other: Raw | undefined): boolean => {
  const names = (raw: Raw | undefined) => [
    ...Object.keys((raw as { resource?: object } | undefined)?.resource ?? {}),
    ...partsOf(raw),
  ];
  const known = new Set(names(one));
  return names(other).some((name) => !known.has(name));
};

/** @param fixed positions of other switches @param depth how many switches are moved together */
const modelAt = (context: Context, fixed: Positions, depth: number): Node | undefined => {
  const raw = allowedAt(context, fixed);
  if (raw === undefined) return undefined;
  const root = nodeOf(raw);
  if (depth === 0) return root;
  // Choices first: what they change depends on the other switches, so their conditions come before the others'.
  const isChoice = (positions: Switch) => (positions[0]?.isChoice ? 0 : 1);
  const choicesFirst = Object.entries(context.switches).sort(([, one], [, other]) => isChoice(one) - isChoice(other));
  for (const [name, positions] of choicesFirst) {
    if (name in fixed) continue;
    for (const at of positions.keys()) {
      if (at === 0) continue;
      // What only another position adds may depend on further switches.
      const moved = { ...fixed, [name]: at };
      const isRich = positions[0]?.isChoice || adds(raw, allowedAt(context, moved));
      const other = modelAt(context, moved, isRich ? depth - 1 : 0);
      if (other) apply(root, other, flipOf(name, positions, at));
    }
  }
  for (const names of context.module.either ?? []) {
    const other = modelAt(context, { ...fixed, ...Object.fromEntries(names.map((name) => [name, 1])) }, 0);
    if (other) apply(root, other, jointFlipOf(context.switches, names));
  }
  settle(root);
  return root;
};

/** A module with all its switches. */
export interface Synthesized {
  readonly module: PlainModule;
  /** A map with the keys resource, data and output. */
  readonly root: Node;
  readonly conflicts: readonly Conflict[];
  /** Whether a conflict applies to a combination. */
  readonly isRefused: (positions: Positions) => boolean;
  /** Number of positions of each switch. */
  readonly positions: Readonly<Record<string, number>>;
  /** Inputs whose values the code compares. */
  readonly choices: readonly string[];
  /** @returns the data of one synthesis, to compare with the model's; undefined where the class refuses it */
  readonly at: (positions: Positions) => Raw | undefined;
  /** @returns the value of an input in a position; undefined where it is a reference */
  readonly valueAt: (input: string, position: number) => Raw | undefined;
}

/** How many switches are moved together at most, where one of them adds something. */
const MOVED_TOGETHER = 3;

/** Several writers ask for the same module. */
const synthesized = new WeakMap<PlainModule, Synthesized>();

/** Synthesizes a module with each of its switches in each position. */
export const synthesizeModule = (module: PlainModule): Synthesized => {
  const known = synthesized.get(module) ?? synthesizedAnew(module);
  synthesized.set(module, known);
  return known;
};

const synthesizedAnew = (module: PlainModule): Synthesized => {
  const switches = withRichBase(module, switchesOf(module));
  const context = { module, switches, conflicts: [] as Conflict[], known: new Map<string, Tree | Error>() };
  const root = modelAt(context, {}, MOVED_TOGETHER);
  if (root === undefined) throw new Error(context.conflicts[0]?.message);
  return {
    module,
    root,
    conflicts: context.conflicts,
    isRefused: (positions) => isConflict(context, positions),
    positions: Object.fromEntries(Object.entries(switches).map(([name, { length }]) => [name, length])),
    choices: Object.keys(switches).filter((name) => switches[name]?.[0]?.isChoice),
    at: (positions) => attempted(() => treeAt(context, positions) as unknown as Raw),
    valueAt: (input, at) => constantOf(switches[input]?.[at]),
  };
};
