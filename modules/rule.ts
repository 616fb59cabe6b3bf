/** What a rule between variables is, and the rules that several pairs of variables share. */
import { type Environment, VARIABLES, type Variable, type VariableName } from "./variables";

type Violation = { what: string; name?: string; got: unknown } | undefined;

export interface Rule {
  /** The variables that the rule compares. It is checked if all of them are valid; a violation is reported for the first. */
  readonly of: readonly [VariableName, ...VariableName[]];
  /** @returns the expected and the actual value; undefined if the rule holds */
  readonly broken: (environment: Environment, file: string) => Violation;
}

/** Whether a text, list or map is empty, or a number 0. */
export const isUnset = (value: unknown): boolean =>
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.keys(value ?? {}).length === 0);

export const unset = (name: VariableName): string => JSON.stringify((VARIABLES[name] as Variable).default ?? "");

/** @returns a rule: both variables are set, or neither */
export const together = (one: VariableName, other: VariableName): Rule => ({
  of: [one, other],
  broken: (environment) =>
    isUnset(environment[one]) === isUnset(environment[other])
      ? undefined
      : {
          what: `${isUnset(environment[other]) ? "no value" : "a value"} (${other} has ${isUnset(environment[other]) ? "none" : "one"})`,
          got: environment[one],
        },
});

/** @returns a rule: at most one of the variables is set */
export const either = (one: VariableName, other: VariableName): Rule => ({
  of: [one, other],
  broken: (environment) =>
    isUnset(environment[one]) || isUnset(environment[other])
      ? undefined
      : { what: `${unset(one)} (${other} is set)`, got: environment[one] },
});
