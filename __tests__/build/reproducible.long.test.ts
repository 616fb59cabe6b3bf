/** The same sources give the same package in another folder and another time zone. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BuiltHandler, buildHandler } from "../../scripts/build/handler-package";
import { unzip } from "../../scripts/sandbox/zip";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const run = promisify(execFile);
const ROOT = join(__dirname, "../..");
const BUILD = join(ROOT, "scripts/build/handler-package.ts");

let folder: string;
let built: BuiltHandler;
let elsewhere: BuiltHandler;

/** Another clone of the project, built by a process in another time zone. */
const buildElsewhere = async (): Promise<BuiltHandler> => {
  const root = join(folder, "somewhere/else entirely");
  for (const path of ["handler/contract", "handler/src", "handler/package.json", "package-lock.json"]) {
    await cp(join(ROOT, path), join(root, path), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
  const code = `require(${JSON.stringify(BUILD)}).buildHandler({ target: "host", root: ${JSON.stringify(root)} })
    .then((built) => console.log(JSON.stringify(built)))`;
  const env = { ...process.env, TZ: "Pacific/Auckland" };
  const { stdout } = await run(process.execPath, [...RUN_TYPESCRIPT, "-e", code], { cwd: ROOT, env });
  return JSON.parse(stdout) as BuiltHandler;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "build-"));
  built = await buildHandler({ target: "host" });
  elsewhere = await buildElsewhere();
});
afterAll(() => rm(folder, { recursive: true }));

test("gives the same bytes in another folder and another time zone", () => {
  expect([elsewhere.sha256, elsewhere.bytes]).toEqual([built.sha256, built.bytes]);
  expect(elsewhere.file).not.toBe(built.file);
});

test("names no folder of the machine it was built on", async () => {
  const files = Object.fromEntries(unzip(await readFile(built.file)));
  const bundle = Buffer.from(files["index.js"] ?? []).toString();

  for (const path of [ROOT, folder]) expect(bundle).not.toContain(`${path}/`);
});
