/** The import arrows of the house: who may know whom. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(__dirname, "..");

/** From each kind of file to the files it may import; the first row that fits a file decides. */
// biome-ignore format: a ledger is read down its columns
const ARROWS: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^main\.ts$/,                /^modules\/(stack|environment|naming|variables)\.ts$/],
  [/^handler\/contract\//,      /^handler\/contract\//],
  [/^handler\/src\//,           /^handler\/(contract|src)\//],
  [/^modules\/stack\.ts$/,      /^(handler\/contract|modules)\//],
  [/^modules\//,                /^(handler\/contract\/|modules\/(alarms|metrics|naming|cost-widget|dashboard|environment|prices|queries|runbooks|strategies|variables)\.ts$)/],
  [/^scripts\/terminal\//,      /^scripts\/terminal\//],
  [/^scripts\/images\//,        /^scripts\/images\//],
  [/^scripts\/cloudwatch\//,    /^scripts\/cloudwatch\//],
  [/^scripts\/trials\/drill\//, /^scripts\/(trials\/drill|sandbox|cloudwatch)\//],
  [/^scripts\/sandbox\//,       /^scripts\/(sandbox|cloudwatch)\//],
  [/^scripts\//,                /./],
];

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`);

const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*"(\.[^"]+)"/g;

/** Every relative import, type-only ones included, as paths from the root. */
const arrows = ["main.ts", ...["handler", "modules", "scripts"].flatMap(sources)].flatMap((from) =>
  [...readFileSync(join(ROOT, from), "utf8").matchAll(IMPORT)].map(([, to = ""]) => ({
    from,
    to: `${relative(ROOT, join(ROOT, dirname(from), to))}.ts`,
  })),
);

/** @returns the files of one import cycle that starts at `file`, or nothing. */
const cycleFrom = (file: string, path: readonly string[] = []): string[] | undefined => {
  if (path[0] === file) return [...path, file];
  if (path.includes(file)) return undefined;
  for (const { to } of arrows.filter(({ from }) => from === file)) {
    const cycle = cycleFrom(to, [...path, file]);
    if (cycle) return cycle;
  }
  return undefined;
};

describe("import arrows", () => {
  it("sees the imports there are", () => {
    expect(arrows).toContainEqual({ from: "handler/contract/metrics.ts", to: "handler/contract/events.ts" });
    expect(arrows).toContainEqual({ from: "main.ts", to: "modules/stack.ts" });
  });

  it("point in the allowed direction only", () => {
    const wrong = arrows.filter(({ from, to }) => !ARROWS.find(([pattern]) => pattern.test(from))?.[1].test(to));

    expect(wrong).toEqual([]);
  });

  it("make no cycle", () => {
    const cycles = [...new Set(arrows.map(({ from }) => from))].map((file) => cycleFrom(file)).filter(Boolean);

    expect(cycles).toEqual([]);
  });
});
