/** Which room may import which, and by which files: every import of the project against the ledger of rooms. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOMS, type Room } from "../scripts/docs/rooms";

const ROOT = join(__dirname, "..");

type RoomName = keyof typeof ROOMS;

const rooms = Object.entries<Room>(ROOMS) as [RoomName, Room][];

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.d)\.tsx?$/.test(file) && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`);

const FILES = ["main.ts", ...["handler", "modules", "scripts"].flatMap(sources)];

const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*"(\.[^"]+)"/g;

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every relative import of a source file, type-only ones included, as paths from the root. */
const imports: readonly Import[] = FILES.flatMap((from) =>
  [...readFileSync(join(ROOT, from), "utf8").matchAll(IMPORT)]
    .map(([, to = ""]) => relative(ROOT, join(ROOT, dirname(from), to)).replace(/\.js$/, ""))
    .filter((to) => !/\.(json|css)$/.test(to))
    .map((to) => ({ from, to: existsSync(join(ROOT, `${to}.tsx`)) ? `${to}.tsx` : `${to}.ts` })),
);

/** @returns the room with the longest path that contains the file */
const roomOf = (file: string): RoomName | undefined =>
  rooms
    .filter(([, { path }]) => file === path || file.startsWith(`${path}/`))
    .sort(([, one], [, other]) => other.path.length - one.path.length)[0]?.[0];

/** @returns what is wrong with an import, or nothing */
const problemOf = ({ from, to }: Import): string | undefined => {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === undefined || there === undefined) return `${from} imports ${to}: not every file is in a room`;
  if (here === there) return undefined;
  const { imports: allowed, path, entries } = { ...(ROOMS[there] as Room), imports: (ROOMS[here] as Room).imports };
  if (!allowed.includes(there)) return `${from} imports ${to}: ${here} may import ${allowed.join(", ") || "nothing"}`;
  const entry = to === path ? "" : to.slice(path.length + 1);
  return entries.includes(entry) ? undefined : `${from} imports ${to}: it is private to ${there}`;
};

/** @returns the files of one import cycle, or nothing; visits each import once */
const cycleIn = (edges: readonly Import[]): string[] | undefined => {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (finished.has(file)) return undefined;
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    path.push(file);
    for (const to of targets.get(file) ?? []) {
      const cycle = visit(to);
      if (cycle) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
};

describe("the rooms", () => {
  it("contain every source file", () => {
    const outside = FILES.filter((file) => roomOf(file) === undefined);

    expect(outside).toEqual([]);
  });

  it("import only the rooms and entries that the ledger allows", () => {
    const problems = imports.map(problemOf).filter((problem) => problem !== undefined);

    expect(problems).toEqual([]);
  });

  it("list no import and no entry that is not used", () => {
    const used = new Set(imports.map(({ from, to }) => `${roomOf(from)} -> ${roomOf(to)}`));
    const entered = new Set(imports.filter(({ from, to }) => roomOf(from) !== roomOf(to)).map(({ to }) => to));

    const idle = rooms.flatMap(([name, { path, imports: allowed, entries }]) => [
      ...allowed.filter((room) => !used.has(`${name} -> ${room}`)).map((room) => `${name} -> ${room}`),
      ...entries
        .map((entry) => join(path, entry))
        .filter((file) => !entered.has(file) || !existsSync(join(ROOT, file))),
    ]);

    expect(idle).toEqual([]);
  });

  it("of modules are joined by stack.ts alone, and listed for plain Terraform", () => {
    const isModule = (file: string) =>
      /^modules\//.test(file) && /extends Construct\b/.test(readFileSync(join(ROOT, file), "utf8"));

    const joined = imports.filter(
      ({ from, to }) => !["modules/stack.ts", "scripts/docs/terraform/modules.ts"].includes(from) && isModule(to),
    );

    expect(joined).toEqual([]);
  });

  it("of modules do not know the environment, nor does anything that a module imports", () => {
    const isModule = (file: string) => /extends Construct\b/.test(readFileSync(join(ROOT, file), "utf8"));
    const reached = new Set(FILES.filter((file) => file.startsWith("modules/") && isModule(file)));
    for (const file of reached) for (const { from, to } of imports) if (from === file) reached.add(to);

    const forbidden = [
      "variables",
      "environment",
      "rules",
      "stack",
      "stack-backfill",
      "stack-function",
      "stack-inputs",
      "stack-outputs",
      "stack-storage",
      "stack-terraform",
      "stack-uploads",
    ].map((name) => `modules/${name}.ts`);
    expect(reached.size).toBeGreaterThan(20);
    expect([...reached].filter((file) => forbidden.includes(file))).toEqual([]);
  });

  it("import each other without a cycle between files", () => {
    expect(cycleIn(imports)).toBeUndefined();
  });
});

describe("the check itself", () => {
  it("sees the imports there are", () => {
    expect(imports).toContainEqual({ from: "handler/contract/metrics.ts", to: "handler/contract/events.ts" });
    expect(imports).toContainEqual({ from: "main.ts", to: "modules/stack.ts" });
  });

  it.each([
    ["handler/src/process.ts", "modules/alarms.ts", "handler/src may import handler/contract"],
    ["scripts/sandbox/sandbox.ts", "scripts/aws/account.ts", "sandbox may import cloudwatch"],
    ["scripts/trials/drill/drill.ts", "scripts/terminal/cli.ts", "drill may import sandbox, cloudwatch, faults"],
    ["scripts/commands/synth.ts", "scripts/cloudwatch/cursor.ts", "it is private to cloudwatch"],
    ["scripts/elsewhere.ts", "main.ts", "not every file is in a room"],
  ])("names the import of %s from %s", (from, to, reason) => {
    expect(problemOf({ from, to })).toBe(`${from} imports ${to}: ${reason}`);
  });

  it("names the files of a cycle", () => {
    const edges = ["a b", "b c", "c d", "d b", "a d"].map((edge) => edge.split(" "));

    const cycle = cycleIn(edges.map(([from = "", to = ""]) => ({ from, to })));

    expect(cycle).toEqual(["b", "c", "d", "b"]);
  });
});
