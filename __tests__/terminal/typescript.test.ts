/** How Node runs the project's TypeScript: in small separate projects, and for every command. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../package.json";

const ROOT = join(__dirname, "../..");
const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** @returns a project with these files, the packages of this one, and its own cache */
const project = (files: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "typescript-"));
  made.push(folder);
  mkdirSync(join(folder, "scripts"));
  for (const name of ["typescript.cjs", "compile-cache.cjs"])
    copyFileSync(join(ROOT, "scripts", name), join(folder, "scripts", name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const run = (file = "main.ts") => {
    const args = ["--require", "./scripts/typescript.cjs", file];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    return { stdout, stderr, status };
  };
  return { folder, write, run };
};

const said = (stdout: string) => ({ stdout, stderr: "", status: 0 });

describe("a TypeScript file", () => {
  it("is transpiled once, and again when it has changed", () => {
    const { folder, write, run } = project({ "main.ts": 'const text: string = "one";\nconsole.log(text);\n' });
    const cached = join(folder, ".cache/typescript/main.ts.js");

    expect(run()).toEqual(said("one\n"));
    writeFileSync(cached, readFileSync(cached, "utf8").replace("one", "from the cache"));
    expect(run()).toEqual(said("from the cache\n"));
    write("main.ts", 'console.log("two");\n');
    expect(run()).toEqual(said("two\n"));
  });

  it("and packages are compiled once, and again when they have changed, even at the same time and length", () => {
    const { folder, write, run } = project({ "main.ts": 'require("./package.cjs");\n' });
    const put = (text: string) => {
      write("package.cjs", `console.log("${text}");\n`);
      utimesSync(join(folder, "package.cjs"), 1, 1);
    };
    const cache = join(folder, ".cache/compiled");
    const written = () => readdirSync(cache).map((name) => statSync(join(cache, name)).ino);

    put("one");
    expect(run()).toEqual(said("one\n"));
    const first = written();
    expect(run()).toEqual(said("one\n"));
    expect(written()).toEqual(first);
    put("two");
    expect(run()).toEqual(said("two\n"));
    for (const name of readdirSync(cache)) truncateSync(join(cache, name), statSync(join(cache, name)).size - 1);
    expect(run()).toEqual(said("two\n"));
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), "no cache");
    expect(run()).toEqual(said("two\n"));
  });

  it("runs where nothing can be written", () => {
    const { write, run } = project({ "main.ts": "console.log(1 as number);\n" });
    write(".cache", "a file in the place of the folder");

    expect(run()).toEqual(said("1\n"));
  });

  it("has its own lines in stack traces", () => {
    const { folder, run } = project({
      "main.ts": 'import { fail } from "./fail";\n\ninterface Gone {\n  a: 1;\n}\n\nfail();\n',
      "fail.ts": 'type Gone = 1;\n\nexport const fail = () => {\n  throw new Error("as wished");\n};\n',
    });

    const { stderr, status } = run();

    expect(status).toBe(1);
    expect(stderr).toContain(`Error: as wished\n    at fail (${folder}/fail.ts:4:9)\n`);
    expect(stderr).toContain(`    at Object.<anonymous> (${folder}/main.ts:7:5)\n`);
  });

  it("evaluates an import at its first use, but the handler at once", () => {
    const { folder, write, run } = project({
      "main.ts":
        'import { a } from "./a";\nimport { b } from "./handler/src/b";\nconsole.log("main");\nconsole.log(a, b);\n',
      "a.ts": 'console.log("a is evaluated");\nexport const a = 1;\n',
    });
    mkdirSync(join(folder, "handler/src"), { recursive: true });
    write("handler/src/b.ts", 'console.log("b is evaluated");\nexport const b = 2;\n');

    expect(run()).toEqual(said("b is evaluated\nmain\na is evaluated\n1 2\n"));
  });

  it("is meant by an import, where a JSON file has the same name", () => {
    const { run } = project({
      "main.ts": 'import { from } from "./data";\nimport json from "./data.json";\nconsole.log(from, json.from);\n',
      "data.ts": 'export const from = "TypeScript";\n',
      "data.json": '{ "from": "JSON" }',
    });

    expect(run()).toEqual(said("TypeScript JSON\n"));
  });

  it("can import an ES module, and a TypeScript file by the name that it would have in JavaScript", () => {
    const { run } = project({
      "main.ts":
        'const main = async () => {\n  const { a } = await import("./a.js");\n  const { b } = await import("./b.mjs");\n  console.log(a, b);\n};\nvoid main();\n',
      "a.ts": "export const a = 1;\n",
      "b.mjs": "export const b = 2;\n",
    });

    expect(run()).toEqual(said("1 2\n"));
  });
});

describe("every command of package.json", () => {
  const files = Object.values(scripts).flatMap((shell) => /scripts\/commands\/[\w-]+\.ts$/.exec(shell)?.[0] ?? []);
  let shown: { readonly helps: readonly string[]; readonly packages: readonly string[] };

  beforeAll(() => {
    const code = `
      const helps = ${JSON.stringify(files)}.map((file) => require("./" + file).command.helpInformation());
      const packages = Object.keys(require.cache).flatMap((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? []);
      console.log(JSON.stringify({ helps, packages: [...new Set(packages)] }));
    `;
    const args = ["--require", "./scripts/typescript.cjs", "-e", code];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    expect(stderr).toBe("");
    shown = JSON.parse(stdout);
  });

  it("loads nothing for its help but what parses and colours command lines", () => {
    expect(shown.packages.filter((name) => !name.startsWith("@swc/")).sort()).toEqual(["commander", "picocolors"]);
  });

  it("shows no default in its help that is an object", () => {
    expect(shown.helps.filter((text) => /\(default: [{[].*\)/.test(text))).toEqual([]);
    expect(shown.helps.map((text) => text.startsWith("Usage: "))).toEqual(files.map(() => true));
  });
});
