/** Output of `npm run fuzz`. */
import Table from "cli-table3";
import pc from "picocolors";
import type { BombResult } from "./bomb-run";
import type { Campaign, Failure, FailureKind, FormatCounts } from "./campaign";

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const tableOf = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const table = new Table({ head: columns.map((name) => pc.dim(name)), style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
};

const FAILURES: Readonly<Record<FailureKind, string>> = {
  crash: "crashes",
  hang: "hangs",
  "unhandled rejection": "unhandled rejections",
  wrong: "wrong results",
  "too much memory": "too much memory",
};

const refusals = ({ refused }: FormatCounts): string =>
  Object.entries(refused)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count} ${reason}`)
    .join("\n");

/** @param fileOf path of the saved input of a failure */
export const campaignReport = (
  { seed, counts, failures, seconds }: Campaign,
  fileOf: (failure: Failure) => string,
): string => {
  const kinds = Object.keys(FAILURES) as FailureKind[];
  const rows = Object.entries(counts).map(([format, counted]) => [
    format,
    counted.inputs,
    counted.made,
    refusals(counted),
    ...kinds.map((kind) => counted.failed[kind] ?? 0),
    megabytes(counted.peakBytes),
  ]);
  const inputs = Object.values(counts).reduce((sum, { inputs: count }) => sum + count, 0);
  const mark = failures.length === 0 ? pc.green("✓") : pc.red("✗");
  return [
    tableOf(["format", "inputs", "correct images", "refused", ...Object.values(FAILURES), "peak memory"], rows),
    `${mark} ${inputs} inputs of seed ${seed} in ${Math.round(seconds)} s, ${failures.length} failures`,
    ...failures.map(
      (failure) =>
        `${pc.red("✗")} ${failure.input.number}: ${failure.input.format}, ${failure.input.kind}, ${failure.input.mutation}: ` +
        `${failure.failure}: ${failure.detail}; ${fileOf(failure)}`,
    ),
  ].join("\n");
};

export const bombReport = (results: readonly BombResult[]): string =>
  tableOf(
    ["bomb", "file", "outcome", "time", "peak memory"],
    results.map(({ name, fileBytes, outcome, detail, ms, peakBytes, isRight }) => [
      `${isRight ? pc.green("✓") : pc.red("✗")} ${name}`,
      `${fileBytes} bytes`,
      `${outcome}: ${detail}`,
      `${Math.round(ms)} ms`,
      megabytes(peakBytes),
    ]),
  );
