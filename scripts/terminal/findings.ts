/** Prints what was expected and what was found. */
import { isDeepStrictEqual } from "node:util";
import pc from "picocolors";

interface Finding {
  readonly title: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** @returns both values; for two lists, only the rows that differ */
const differing = (expected: unknown, got: unknown): [unknown, unknown] => {
  if (!Array.isArray(expected) || !Array.isArray(got)) return [expected, got];
  const without = (rows: unknown[], others: unknown[]) =>
    rows.filter((row) => !others.some((other) => isDeepStrictEqual(row, other)));
  return [without(expected, got), without(got, expected)];
};

/** Prints each finding; one that differs makes the command fail at the end. */
export const judge = (findings: readonly Finding[]): void => {
  for (const { title, expected, got } of findings) {
    const holds = isDeepStrictEqual(got, expected);
    console.log(`  ${holds ? pc.green("✓") : pc.red("✗")} ${title}`);
    if (holds) continue;
    const [wanted, found] = differing(expected, got);
    console.error(`    Expected ${JSON.stringify(wanted)} for ${title} but got ${JSON.stringify(found)}`);
    process.exitCode = 1;
  }
};
