/** The positions that an input of a plain module can have: on and off, empty and filled, or one for each choice. */
import { Token } from "cdktf";
import { z } from "zod";
import type { Input } from "../../../modules/inputs/inputs";
import type { ModuleStack } from "./module-stack";
import type { Each } from "./plain-module";

/** A value that an input can have, and the condition that says so. */
export interface Position {
  readonly value: (stack: ModuleStack) => unknown;
  readonly is: string;
  readonly not: string;
  /** Whether the code compares the value: other switches may mean something else with it. */
  readonly isChoice?: true;
}

/** The positions of an input, the base position first. */
export type Switch = readonly Position[];

/** Before an expression for a list of policy documents: stands for their statements. */
export const SPREAD = "spread:";

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maximum?: number;
}

export const schemaOf = ({ check }: Input): JsonSchema =>
  z.toJSONSchema(check, { unrepresentable: "any" }) as JsonSchema;

/** @returns the type of an input: number, boolean, array, object or string */
export const kindOf = (input: Input): string => {
  const { type, enum: choices } = schemaOf(input);
  if (type === "integer") return "number";
  if (type !== undefined) return type;
  return choices?.every((each) => typeof each === "number") ? "number" : "string";
};

export const text = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ stringValue }) => stringValue);
const number = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ numberValue }) => numberValue);
const list = (name: string) => (stack: ModuleStack) => stack.reference(name, ({ listValue }) => listValue);
const map = (name: string) => (stack: ModuleStack) =>
  stack.reference(name, ({ value }) => Token.asStringMap(value) as unknown);

export const only = (value: Position["value"]): Switch => [{ value, is: "true", not: "false" }];

/** @param empty condition for the second value */
const either = (first: Position["value"], second: unknown, empty: string, full: string): Switch => [
  { value: first, is: full, not: empty },
  { value: () => second, is: empty, not: full },
];

/** The positions of an input; a choice has one. */
export const switchOf = (name: string, input: Input, each: Each | undefined, isEither: boolean): Switch => {
  const variable = `var.${name}`;
  const [none, some] = [`length(${variable}) == 0`, `length(${variable}) > 0`];
  switch (kindOf(input)) {
    case "boolean":
      return either(() => true, false, `!${variable}`, variable);
    case "array":
      return either(each ? () => ["${each.value}"] : list(name), [], none, some);
    case "object":
      if (name === "policy_documents")
        return only(() => ({ each: JSON.stringify({ Statement: [`${SPREAD}values(${variable})`] }) }));
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
export const choiceOf = (name: string, choices: readonly string[]): Switch =>
  choices.map((choice, at) => {
    const other = choices.length === 2 ? choices[1 - at] : undefined;
    return {
      value: () => choice,
      is: `var.${name} == "${choice}"`,
      not: other === undefined ? `var.${name} != "${choice}"` : `var.${name} == "${other}"`,
      isChoice: true,
    };
  });
