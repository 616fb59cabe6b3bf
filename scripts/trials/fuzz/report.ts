/** What the fuzzer prints. */
import Table from "cli-table3";
import pc from "picocolors";
import type { Defusal } from "./bomb-squad";
import type { Campaign, Failure, FailureKind, Tally } from "./campaign";

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
  wrong: "wrong",
  "too much memory": "too much memory",
};

const refusals = ({ refused }: Tally): string =>
  Object.entries(refused)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count} ${reason}`)
    .join("\n");

/** @param fileOf where the input of a failure was saved */
export const campaignReport = (
  { seed, tallies, failures, seconds }: Campaign,
  fileOf: (failure: Failure) => string,
): string => {
  const kinds = Object.keys(FAILURES) as FailureKind[];
  const rows = Object.entries(tallies).map(([format, tally]) => [
    format,
    tally.inputs,
    tally.made,
    refusals(tally),
    ...kinds.map((kind) => tally.failed[kind] ?? 0),
    megabytes(tally.peakBytes),
  ]);
  const inputs = Object.values(tallies).reduce((sum, tally) => sum + tally.inputs, 0);
  const mark = failures.length === 0 ? pc.green("✓") : pc.red("✗");
  return [
    tableOf(["format", "inputs", "right images", "refused", ...Object.values(FAILURES), "peak memory"], rows),
    `${mark} ${inputs} inputs of seed ${seed} in ${Math.round(seconds)} s, ${failures.length} of them not survived well`,
    ...failures.map(
      (failure) =>
        `${pc.red("✗")} ${failure.input.number}: ${failure.input.format}, ${failure.input.kind}, ${failure.input.mutation}: ` +
        `${failure.failure}: ${failure.detail}; ${fileOf(failure)}`,
    ),
  ].join("\n");
};

export const bombReport = (defusals: readonly Defusal[]): string =>
  tableOf(
    ["bomb", "file", "outcome", "time", "peak memory"],
    defusals.map(({ name, fileBytes, outcome, detail, ms, peakBytes, isRight }) => [
      `${isRight ? pc.green("✓") : pc.red("✗")} ${name}`,
      `${fileBytes} bytes`,
      `${outcome}: ${detail}`,
      `${Math.round(ms)} ms`,
      megabytes(peakBytes),
    ]),
  );
