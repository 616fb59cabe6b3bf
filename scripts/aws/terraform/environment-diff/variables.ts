/** Which variables two environments set differently, their own names apart. */
import { type Environment, keys, VARIABLES, type VariableName } from "../../../../modules/variables";

export interface VariableDifference {
  readonly variable: VariableName;
  readonly values: readonly [unknown, unknown];
}

/** Variables that hold somebody's address: whether there is one is told, and not which. */
const isPrivate = (variable: VariableName): boolean => /_(email|sms)$/.test(variable);

/**
 * @param other whose variables are taken
 * @returns them under the name of `one`: where a value has the environment's name in it, it has that of `one` then
 */
export const renamed = (other: Environment, one: Environment): Environment => {
  const own = new RegExp(`\\b${other.environment}\\b`, "g");
  const values = Object.entries(other).map(([variable, value]) => [
    variable,
    typeof value === "string" ? value.replaceAll(own, one.environment) : value,
  ]);
  return Object.fromEntries(values) as Environment;
};

/** @returns the values as they are set, of which one that differs in the environments' names only is none */
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
