/** Tables of a terminal, and the numbers in them. */
import Table from "cli-table3";
import pc from "picocolors";

const EDGES = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
const LINES = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
const NO_LINES = Object.fromEntries([...EDGES, ...LINES].map((place) => [place, ""]));

type Align = "left" | "right";

/** Columns without lines between them; the headers are dim. */
export const table = (columns: Readonly<Record<string, Align>>, rows: readonly (readonly string[])[]): string => {
  const lines = new Table({
    head: Object.keys(columns).map(pc.dim),
    colAligns: Object.values(columns),
    chars: { ...NO_LINES, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  lines.push(...rows.map((row) => [...row]));
  return lines
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
};

/** @returns a number with thousands separators */
export const grouped = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
