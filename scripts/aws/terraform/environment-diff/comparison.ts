/** What two synthesized stacks do not have in common, resource by resource. */
import type { Synthesized } from "../../../build/stacks";
import { moduleOf } from "../plan-summary";

type Json = Readonly<Record<string, unknown>>;

/** The parts of a `cdk.tf.json` that are compared. */
export interface Stack extends Synthesized {
  readonly resource: NonNullable<Synthesized["resource"]>;
  readonly provider: { readonly aws: readonly Json[] };
  readonly terraform: Json;
  readonly output: Readonly<Record<string, Json>>;
}

/** An argument that differs, with both values; one that a stack does not have is undefined. */
export interface Change {
  readonly argument: string;
  readonly values: readonly [unknown, unknown];
}

/** Something that one stack has and the other has not, or has otherwise. */
export interface Difference {
  /** As in `modules/`, or "stack" for what belongs to none. */
  readonly module: string;
  readonly address: string;
  readonly found: "only in the first" | "only in the second" | "in both";
  /** None where only one has it. */
  readonly changes: readonly Change[];
}

interface Part {
  readonly module: string;
  readonly body: unknown;
}

const partsOf = (stack: Stack): Map<string, Part> => {
  const resources = Object.entries(stack.resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]): [string, Part] => [
      `${type}.${name}`,
      { module: moduleOf(stack, { type, name }), body },
    ]),
  );
  const outputs = Object.entries(stack.output).map(([name, body]): [string, Part] => [
    `output.${name}`,
    { module: "stack", body },
  ]);
  return new Map([
    ...resources,
    ["provider.aws", { module: "stack", body: stack.provider.aws }],
    ["terraform", { module: "stack", body: stack.terraform }],
    ...outputs,
  ]);
};

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** A policy is JSON in a string. */
const opened = (value: unknown): unknown =>
  typeof value === "string" && /^\{.*"Statement":/.test(value) ? JSON.parse(value) : value;

/** @returns every value by its path; what the stack says only in a comment is left out, statements of policies are named by their Sid */
const leaves = (value: unknown, path: readonly string[] = []): [string, unknown][] => {
  const inner = opened(value);
  if (!isObject(inner)) return [[path.join("."), inner]];
  return Object.entries(inner)
    .filter(([key]) => key !== "//")
    .flatMap(([key, item]) => leaves(item, [...path, isObject(item) && typeof item.Sid === "string" ? item.Sid : key]));
};

/** Arguments that hold somebody's address: whether there is one is told, and not which. */
const PRIVATE = new Set(["endpoint"]);

const changesOf = (first: unknown, second: unknown): Change[] => {
  const [before, after] = [new Map(leaves(first)), new Map(leaves(second))];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((argument): Change => ({ argument, values: [before.get(argument), after.get(argument)] }))
    .filter(({ values: [a, b] }) => a !== b)
    .map((change) => (PRIVATE.has(change.argument) ? { ...change, values: ["(set)", "(set)"] } : change));
};

/** @returns what differs, by module and address */
export const differences = (first: Stack, second: Stack): Difference[] => {
  const [a, b] = [partsOf(first), partsOf(second)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((address): Difference => {
      const [one, other] = [a.get(address), b.get(address)];
      const module = (one ?? other)?.module ?? "stack";
      if (one === undefined) return { module, address, found: "only in the second", changes: [] };
      if (other === undefined) return { module, address, found: "only in the first", changes: [] };
      return { module, address, found: "in both", changes: changesOf(one.body, other.body) };
    })
    .filter(({ found, changes }) => found !== "in both" || changes.length > 0)
    .sort((x, y) => x.module.localeCompare(y.module) || x.address.localeCompare(y.address));
};
