/** Filter patterns applied to lines, for the tests of every kind of pattern. */
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";

export const matching = (pattern: string, lines: readonly string[]) => {
  const parsed = parseFilterPattern(pattern);
  return lines.filter((line) => matches(parsed, line) !== undefined);
};

export const isMatch = (pattern: string, line: string) => matching(pattern, [line]).length === 1;

export const valuesIn = (pattern: string, line: string) =>
  Object.fromEntries(matches(parseFilterPattern(pattern), line)?.values ?? []);
