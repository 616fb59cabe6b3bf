/** Compares the variables of two environments, ignoring their names. */
import { keys } from "../../../../modules/inputs/inputs";
import { type Environment, VARIABLES, type VariableName } from "../../../../modules/variables";

export interface VariableDifference {
  readonly variable: VariableName;
  readonly values: readonly [unknown, unknown];
}

/** Variables that hold an address of a person: shown as (set). */
const isPrivate = (variable: VariableName): boolean => /_(email|sms)$/.test(variable);

/**
 * @param other the environment to rename
 * @returns the values of `other`, with its name replaced by the name of `one` in every value
 */
export const renamed = (other: Environment, one: Environment): Environment => {
  const own = new RegExp(`\\b${other.environment}\\b`, "g");
  const values = Object.entries(other).map(([variable, value]) => [
    variable,
    typeof value === "string" ? value.replaceAll(own, one.environment) : value,
  ]);
  return Object.fromEntries(values) as Environment;
};

/** @returns the variables whose values differ in more than the environments' names */
export const variableDifferences = (first: Environment, second: Environment): VariableDifference[] => {
  const other = renamed(second, first);
  return keys(VARIABLES)
    .filter((variable) => JSON.stringify(first[variable]) !== JSON.stringify(other[variable]))
    .map((variable) => ({
      variable,
      values: isPrivate(variable)
        ? [first[variable] === "" ? "" : "(set)", second[variable] === "" ? "" : "(set)"]
        : [first[variable], second[variable]],
    }));
};
