/** Inputs of a module: one ledger gives the properties of its class, its checks, its Terraform variables and its documentation. */
import { Token } from "cdktf";
import type { z } from "zod";

/** One input: a Terraform variable of the module, and a property of its class by the same name. */
export interface Input {
  /** The allowed values, as in "Expected <what> for <name> but got <value>". */
  readonly what: string;
  readonly check: z.ZodType;
  /** The check as a Terraform condition on a variable. @default written from the check, which has to be a schema then */
  readonly condition?: (variable: string) => string;
  /** Value where the caller gives none. @default the caller must give one */
  readonly default?: unknown;
  /** The default in words. @default the value is shown */
  readonly defaultWords?: string;
  /** One or more sentences for the caller. */
  readonly description: string;
}

export type Inputs = Readonly<Record<string, Input>>;

type Value<I extends Input> = z.output<I["check"]>;

type Optional<L extends Inputs> = { [N in keyof L]: L[N] extends { readonly default: unknown } ? N : never }[keyof L];

/** What a caller passes: inputs without a default are required. References to resources are allowed everywhere. */
export type Given<L extends Inputs> = { readonly [N in Exclude<keyof L, Optional<L>>]: Value<L[N]> } & {
  readonly [N in Optional<L>]?: Value<L[N]> | undefined;
};

/** All inputs of a module. */
export type Values<L extends Inputs> = { readonly [N in keyof L]: Value<L[N]> };

/** The inputs with numbers. */
export type NumberInput<L extends Inputs> = { [N in keyof L]: Value<L[N]> extends number ? N : never }[keyof L] &
  string;

/** The inputs with true or false. */
export type FlagInput<L extends Inputs> = { [N in keyof L]: Value<L[N]> extends boolean ? N : never }[keyof L] & string;

/** Whether the value, or a part of it, is known to Terraform only: a token, or a text with `${…}`. */
const isReference = (value: unknown): boolean =>
  Token.isUnresolved(value) ||
  (typeof value === "string" && value.includes("${")) ||
  (typeof value === "object" && value !== null && Object.values(value).some((part) => isReference(part)));

const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/**
 * Fills in defaults and checks each input that is known at synthesis.
 * @param module name for messages
 * @throws Error with one line for each wrong input: `<module>: Expected <what> for <name> but got <value>`
 */
export const valuesOf = <L extends Inputs>(module: string, ledger: L, given: Given<L>): Values<L> => {
  const values = Object.fromEntries(
    Object.entries(ledger).map(([name, row]) => [
      name,
      (given as Readonly<Record<string, unknown>>)[name] ?? row.default,
    ]),
  );
  const problems = Object.entries(ledger).flatMap(([name, { what, check }]) =>
    isReference(values[name]) || check.safeParse(values[name]).success
      ? []
      : [`${module}: Expected ${what} for ${name} but got ${shown(values[name])}`],
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return values as Values<L>;
};

/** @returns the keys of a ledger, with their type */
export const keys = <K extends string>(ledger: Record<K, unknown>) => Object.keys(ledger) as [K, ...K[]];
