/** Formats the comparison of two environments for the terminal. */
import pc from "picocolors";
import type { Difference } from "./comparison";
import type { VariableDifference } from "./variables";

export interface Comparison {
  readonly variables: readonly VariableDifference[];
  readonly differences: readonly Difference[];
}

const LONGEST_VALUE = 48;
/** If more values of an argument differ, only their number is shown. */
const MOST_VALUES = 4;
/** If more resources differ in the same way, only their number is shown. */
const MOST_NAMES = 3;

const SIGNS = { "only in the first": pc.red("-"), "only in the second": pc.green("+"), "in both": pc.yellow("~") };

const grouped = <T>(rows: readonly T[], keyOf: (row: T) => string): [key: string, rows: readonly T[]][] =>
  [...new Set(rows.map(keyOf))].map((key) => [key, rows.filter((row) => keyOf(row) === key)]);

const shown = (value: unknown): string => JSON.stringify(value) ?? "unset";

const changed = ({ changes }: Difference): string =>
  grouped(changes, ({ argument }) => argument.split(".")[0] ?? "")
    .flatMap(([argument, all]) => {
      if (all.length > MOST_VALUES) return [`${argument} (${all.length} values)`];
      return all.map(({ argument: path, values }) => {
        const isLong = values.some((value) => shown(value).length > LONGEST_VALUE);
        return isLong ? path : `${path} ${values.map(shown).join(" -> ")}`;
      });
    })
    .join(", ");

const typeOf = ({ address }: Difference): string => address.split(".")[0] ?? "";

const line = (same: readonly Difference[]): string[] => {
  const [first] = same;
  if (first === undefined) return [];
  const type = typeOf(first);
  const names = same.map(({ address }) => address.slice(type.length + 1));
  const which = names.length > MOST_NAMES ? `(${names.length} of them)` : names.join(", ");
  const words = changed(first);
  return [`  ${SIGNS[first.found]} ${`${type} ${which}`.trim()}${words && `: ${words}`}`];
};

/** @returns the variables, then the modules; resources of one type that differ in the same way share a line */
export const comparisonLines = ({ variables, differences }: Comparison): string[] => {
  const width = Math.max(0, ...variables.map(({ variable }) => variable.length));
  return [
    ...variables.map(({ variable, values }) => `${variable.padEnd(width)}  ${values.map(shown).join(" -> ")}`),
    ...grouped(differences, ({ module }) => module).flatMap(([module, all]) => [
      "",
      pc.bold(module),
      ...grouped(all, (each) => [each.found, typeOf(each), changed(each)].join(" ")).flatMap(([, same]) => line(same)),
    ]),
  ];
};
