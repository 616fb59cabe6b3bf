/** Synthesizes a module whose inputs are Terraform variables. */
import { App, TerraformElement, TerraformStack, TerraformVariable, Token } from "cdktf";
import { resolve } from "cdktf/lib/_tokens";
import type { Node as ConstructNode } from "constructs";
import { z } from "zod";
import type { Input, Inputs } from "../../../modules/inputs/inputs";
import { documentOf } from "./interpolation";
import { apply, type Flip, type Node, nodeOf, type Positions, type Raw } from "./model";

/** A list or map input that makes one resource for each of its elements. */
interface Each {
  readonly input: string;
  /** Value of `for_each`. @default the input */
  readonly over?: string;
  /** End of the resource's name. */
  readonly suffix: string;
}

/** A module as the writer needs it. */
export interface PlainModule {
  readonly inputs: Inputs;
  readonly about: string;
  /** Inputs that are no variables, with their value. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly each?: readonly Each[];
  /** What the class decides at synthesis and the module does not offer. @default nothing */
  readonly decided?: readonly string[];
  /** Creates the class in the stack. @returns its outputs */
  readonly build: (stack: TerraformStack, given: Readonly<Record<string, unknown>>) => object;
  /** Outputs that are written from another one, as expressions of a local with its name. */
  readonly derived?: Readonly<Record<string, { readonly from: string; readonly value: string }>>;
  /** Inputs of which each is enough for something to be there. */
  readonly either?: readonly (readonly string[])[];
}

/** A value that an input can have, and the condition that says so. */
interface Position {
  readonly value: (stack: ModuleStack) => unknown;
  readonly is: string;
  readonly not: string;
  /** Whether the code compares the value: other switches may mean something else with it. */
  readonly isChoice?: true;
}

/** The positions of an input, the base position first. */
type Switch = readonly Position[];

/** Stands for the statements of all policy documents. */
export const SPREAD = "spread:";

class ModuleStack extends TerraformStack {
  private readonly references = new Map<string, unknown>();

  /** The same reference each time: two references to one variable are not equal. */
  reference<T>(name: string, make: (variable: TerraformVariable) => T): T {
    const key = `${name} ${make}`;
    if (!this.references.has(key)) {
      const variable = new TerraformVariable(this, `input_${this.references.size}`, { type: "any" });
      variable.overrideLogicalId(name);
      this.references.set(key, make(variable));
    }
    return this.references.get(key) as T;
  }

  protected override allocateLogicalId(element: TerraformElement | ConstructNode): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : (element as ConstructNode);
    const path = scopes.slice(scopes.indexOf(this) + 2).map(({ node }) => node.id);
    return path.join("_").replaceAll("-", "_");
  }
}

/** Resource name of a resource for each element: its id contains the reference to the element. */
const EACH_ID = /_*(_24__7b_each|\$\{each).*$/;

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maximum?: number;
}

const schemaOf = ({ check }: Input): JsonSchema => z.toJSONSchema(check, { unrepresentable: "any" }) as JsonSchema;

/** @returns the type of an input: number, boolean, array, object or string */
export const kindOf = (input: Input): string => {
  const { type, enum: choices } = schemaOf(input);
  if (type === "integer") return "number";
  if (type !== undefined) return type;
  return choices?.every((each) => typeof each === "number") ? "number" : "string";
};

const text = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ stringValue }) => stringValue);
const number = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ numberValue }) => numberValue);
const list = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ listValue }) => listValue);
const map = (name: string) => (stack: ModuleStack) =>
  stack.reference(name, ({ value }) => Token.asStringMap(value) as unknown);

const only = (value: Position["value"]): Switch => [{ value, is: "true", not: "false" }];

/** @param empty condition for the second value */
const either = (first: Position["value"], second: unknown, empty: string, full: string): Switch => [
  { value: first, is: full, not: empty },
  { value: () => second, is: empty, not: full },
];

/** The positions of an input; a choice has one. */
const switchOf = (name: string, input: Input, each: Each | undefined, isEither: boolean): Switch => {
  const variable = `var.${name}`;
  const [none, some] = [`length(${variable}) == 0`, `length(${variable}) > 0`];
  switch (kindOf(input)) {
    case "boolean":
      return either(() => true, false, `!${variable}`, variable);
    case "array":
      return either(each ? () => ["${each.value}"] : list(name), [], none, some);
    case "object":
      if (name === "policy_documents")
        return only(() => ({ each: JSON.stringify({ Statement: [`${SPREAD}${variable}`] }) }));
      return either(each ? () => ({ "${each.key}": "${each.value}" }) : map(name), {}, none, some);
    case "number": {
      const { default: fallback } = input;
      const isNone = typeof fallback === "number" && (fallback <= 0 || isEither);
      return isNone
        ? either(number(name), fallback, `${variable} == ${fallback}`, `${variable} != ${fallback}`)
        : only(number(name));
    }
    default:
      return input.default === "" ? either(text(name), "", `${variable} == ""`, `${variable} != ""`) : only(text(name));
  }
};

/** A choice that the code compares: one position for each value. */
const choiceOf = (name: string, choices: readonly string[]): Switch =>
  choices.map((choice, at) => {
    const other = choices.length === 2 ? choices[1 - at] : undefined;
    return {
      value: () => choice,
      is: `var.${name} == "${choice}"`,
      not: other === undefined ? `var.${name} != "${choice}"` : `var.${name} == "${other}"`,
      isChoice: true,
    };
  });

interface Attribute {
  readonly value: Raw | undefined;
  readonly isBlock: boolean;
}

const isAttribute = (value: unknown): value is Attribute =>
  typeof value === "object" && value !== null && "isBlock" in value && "storageClassType" in value;

/** Keys of what is more than plain data. */
export const BLOCKS = "$blocks";
export const DOCUMENT = "$document";

/** The text of an environment variable stays as it is. */
const isSetting = (key: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(key);

const rawOf = (value: unknown, name = ""): Raw => {
  if (isAttribute(value)) {
    const inner = rawOf(value.value);
    return value.isBlock ? { [BLOCKS]: Array.isArray(inner) ? inner : [inner] } : inner;
  }
  if (Array.isArray(value)) return value.map((each) => rawOf(each));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([key, each]) => key !== "//" && !isMissing(each));
    return Object.fromEntries(entries.map(([key, each]) => [key, rawOf(each, key)]));
  }
  const document = typeof value === "string" && !isSetting(name) ? documentOf(value) : undefined;
  return document === undefined ? (value as Raw) : { [DOCUMENT]: document as Raw };
};

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || (isAttribute(value) && (value.value === undefined || value.value === null));

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
    const fragment = resolve(stack, element.toHclTerraform()) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    for (const kind of ["resource", "data"] as const)
      for (const [type, blocks] of Object.entries(fragment[kind] ?? {}))
        for (const [id, block] of Object.entries(blocks)) tree[kind][nameOf(`${type}.${id}`, module)] = rawOf(block);
  }
  const own = Object.entries(outputs).filter(([name]) => !Object.hasOwn(module.derived ?? {}, name));
  return { ...tree, output: rawOf(resolve(stack, Object.fromEntries(own))) as Record<string, Raw> };
};

const sizeOf = (tree: Tree): number => JSON.stringify(tree).length;

/** @returns nothing where the code needs the value itself */
const attempted = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** Whether the module treats all values of a choice alike. */
const isOpaque = (name: string, choices: readonly string[], treeWith: (value: Switch) => Tree): boolean => {
  const open = JSON.stringify(attempted(() => treeWith(only(text(name)))) ?? null);
  return choices.every((choice) => {
    const fixed = JSON.stringify(treeWith(only(() => choice)));
    return open.replaceAll(`\${var.${name}}`, choice) === fixed;
  });
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
    const choices = schemaOf(input).enum;
    if (kindOf(input) !== "string" || choices === undefined) continue;
    if (isOpaque(name, choices, (value) => synthesizeAt(module, { ...switches, [name]: value }, {}))) continue;
    const bySize = [...choices].sort(
      (one, other) =>
        sizeOf(synthesizeAt(module, { ...switches, [name]: choiceOf(name, [other]) }, {})) -
        sizeOf(synthesizeAt(module, { ...switches, [name]: choiceOf(name, [one]) }, {})),
    );
    switches[name] = choiceOf(name, bySize);
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
  readonly message: string;
}

interface Context {
  readonly module: PlainModule;
  readonly switches: Readonly<Record<string, Switch>>;
  readonly conflicts: Conflict[];
}

/** @returns the conditions of choices in their base position without which the class refuses nothing */
const neededChoices = ({ module, switches }: Context, positions: Positions): string[] =>
  Object.entries(switches).flatMap(([name, [base, ...others]]) => {
    if (name in positions || !base?.isChoice) return [];
    const isNeeded = others.every((_, at) =>
      attempted(() => synthesizeAt(module, switches, { ...positions, [name]: at + 1 })),
    );
    return isNeeded ? [base.is] : [];
  });

/** @returns the data of a synthesis; undefined where the class refuses the combination */
const allowedAt = (context: Context, positions: Positions): Raw | undefined => {
  const { module, switches, conflicts } = context;
  try {
    return synthesizeAt(module, switches, positions) as unknown as Raw;
  } catch (error) {
    const moved = Object.entries(positions).map(([name, at]) => switches[name]?.[at]?.is ?? "");
    const conditions = [...moved, ...neededChoices(context, positions)];
    const isKnown = conflicts.some((known) => known.conditions.every((each) => conditions.includes(each)));
    if (!isKnown) conflicts.push({ conditions, message: (error as Error).message });
    return undefined;
  }
};

/** Whether a synthesis has a resource that the other one has not. */
const adds = (one: Raw, other: Raw | undefined): boolean => {
  const names = (raw: Raw | undefined) => Object.keys((raw as { resource?: object } | undefined)?.resource ?? {});
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
  return root;
};

/** A module with all its switches. */
export interface Synthesized {
  readonly module: PlainModule;
  /** A map with the keys resource, data and output. */
  readonly root: Node;
  readonly conflicts: readonly Conflict[];
  /** Number of positions of each switch. */
  readonly positions: Readonly<Record<string, number>>;
  /** @returns the data of one synthesis, to compare with the model's; undefined where the class refuses it */
  readonly at: (positions: Positions) => Raw | undefined;
  /** @returns the value of an input in a position; undefined where it is a reference */
  readonly valueAt: (input: string, position: number) => Raw | undefined;
}

/** Synthesizes a module with each of its switches in each position. */
export const synthesizeModule = (module: PlainModule): Synthesized => {
  const switches = withRichBase(module, switchesOf(module));
  const context = { module, switches, conflicts: [] as Conflict[] };
  const root = modelAt(context, {}, 2);
  if (root === undefined) throw new Error(context.conflicts[0]?.message);
  return {
    module,
    root,
    conflicts: context.conflicts,
    positions: Object.fromEntries(Object.entries(switches).map(([name, { length }]) => [name, length])),
    at: (positions) => allowedAt({ ...context, conflicts: [] }, positions),
    valueAt: (input, at) => constantOf(switches[input]?.[at]),
  };
};
