/** Compares two synthesized stacks, resource by resource. */
import type { TerraformJson } from "../../../build/stacks";
import { moduleOf } from "../plan-summary";

type Json = Readonly<Record<string, unknown>>;

/** An argument that differs, with both values; undefined if a stack does not set it. */
interface Change {
  readonly argument: string;
  readonly values: readonly [unknown, unknown];
}

/** A resource or output that differs, or that only one of the stacks has. */
export interface Difference {
  /** As in `modules/`, or "stack" outside all modules. */
  readonly module: string;
  readonly address: string;
  readonly found: "only in the first" | "only in the second" | "in both";
  /** Empty if only one stack has it. */
  readonly changes: readonly Change[];
}

interface Part {
  readonly module: string;
  readonly body: unknown;
}

const partsOf = (stack: TerraformJson): Map<string, Part> => {
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

/** Policies are JSON in a string. */
const parsed = (value: unknown): unknown =>
  typeof value === "string" && /^\{.*"Statement":/.test(value) ? JSON.parse(value) : value;

/** @returns every value by its path, without comments; a policy statement is named by its Sid */
const leaves = (value: unknown, path: readonly string[] = []): [string, unknown][] => {
  const inner = parsed(value);
  if (!isObject(inner)) return [[path.join("."), inner]];
  return Object.entries(inner)
    .filter(([key]) => key !== "//")
    .flatMap(([key, item]) => leaves(item, [...path, isObject(item) && typeof item.Sid === "string" ? item.Sid : key]));
};

/** Arguments that hold an address of a person: shown as (set). */
const PRIVATE = new Set(["endpoint"]);

const changesOf = (first: unknown, second: unknown): Change[] => {
  const [before, after] = [new Map(leaves(first)), new Map(leaves(second))];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((argument): Change => ({ argument, values: [before.get(argument), after.get(argument)] }))
    .filter(({ values: [a, b] }) => a !== b)
    .map((change) => (PRIVATE.has(change.argument) ? { ...change, values: ["(set)", "(set)"] } : change));
};

/** @returns the differences, sorted by module and address */
export const differences = (first: TerraformJson, second: TerraformJson): Difference[] => {
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
