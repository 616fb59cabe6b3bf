/** Every file of `terraform/`, and whether the committed ones are up to date. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withoutTracesAndWarnings } from "../../../main";
import { PROJECT } from "../../build/stacks";
import { type ModuleText, moduleFiles } from "./module-files";
import { moduleTest } from "./module-tests";
import { type ModuleName, PLAIN_MODULES } from "./modules";
import { readmeOf } from "./readme";
import { rootFiles } from "./root";
import { rootReadme } from "./root-readme";
import { unknownTest } from "./unknown-test";

const FOLDER = "terraform";

const under = (folder: string, files: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(files).map(([name, text]) => [join(folder, name), text]);

/** @returns the tests of the modules. One folder has all of them, so that one process of Terraform runs them. */
const testsOf = (modules: Readonly<Record<ModuleName, ModuleText>>): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(modules) as ModuleName[]).map((name) => [
      `${name}.tftest.hcl`,
      moduleTest(name, PLAIN_MODULES[name], modules[name]),
    ]),
  );

/** @returns the text of every generated file, by its path in `terraform/` */
const written = (): Map<string, string> =>
  withoutTracesAndWarnings(() => {
    const names = Object.keys(PLAIN_MODULES) as ModuleName[];
    const modules = Object.fromEntries(names.map((name) => [name, moduleFiles(PLAIN_MODULES[name])])) as Record<
      ModuleName,
      ModuleText
    >;
    const root = rootFiles(modules);
    const variables = [...(root["variables.tf"] ?? "").matchAll(/^variable "(\w+)"/gm)].map(([, name = ""]) => name);
    return new Map([
      ...under("", { ...root, "README.md": rootReadme(modules, variables) }),
      ...under("tests", { ...testsOf(modules), ...unknownTest(modules) }),
      ...names.flatMap((name) =>
        under(join("modules", name), {
          ...modules[name].files,
          "README.md": readmeOf(name, PLAIN_MODULES[name], modules[name]),
        }),
      ),
    ]);
  });

/** What the files depend on. */
const SOURCES = ["modules", "handler/contract", "scripts/docs/terraform", "main.ts", "package-lock.json"];

const digest = (): string => {
  const files = SOURCES.flatMap((source) =>
    statSync(join(PROJECT, source)).isFile()
      ? [source]
      : readdirSync(join(PROJECT, source), { recursive: true, encoding: "utf8" }).map((file) => join(source, file)),
  ).sort();
  const hash = createHash("sha256");
  for (const file of files)
    if (statSync(join(PROJECT, file)).isFile()) hash.update(file).update(readFileSync(join(PROJECT, file)));
  return hash.digest("hex");
};

/** @returns the text of every generated file, by its path in `terraform/`; kept in .cache until a source changes */
const terraformFiles = (): ReadonlyMap<string, string> => {
  const cache = join(PROJECT, ".cache", "terraform.json");
  const key = digest();
  const known = existsSync(cache)
    ? (JSON.parse(readFileSync(cache, "utf8")) as { key: string; files: [string, string][] })
    : undefined;
  if (known?.key === key) return new Map(known.files);
  const files = written();
  mkdirSync(dirname(cache), { recursive: true });
  writeFileSync(cache, JSON.stringify({ key, files: [...files] }));
  return files;
};

/** Everything but examples. */
const isGenerated = (path: string): boolean =>
  /^(modules\/\w+\/)?(\w+\.tf|README\.md|terraform\.tfvars\.example|tests\/\w+\.tftest\.hcl|tests\/unknown\/main\.tf)$/.test(
    path,
  );

const presentIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
        (path) => isGenerated(path) && !path.startsWith("examples"),
      )
    : [];

/**
 * @param check whether to change nothing
 * @throws Error that names a file which is out of date, with `check`
 */
export const updateTerraform = (check: boolean): void => {
  const folder = join(PROJECT, FOLDER);
  const files = terraformFiles();
  const stale = presentIn(folder).filter((path) => !files.has(path));
  const changed = [...files].filter(([path, text]) => {
    const file = join(folder, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  const [first] = [...changed.map(([path]) => path), ...stale];
  if (check && first !== undefined) throw new Error(`${FOLDER}/${first} is out of date: run npm run terraform`);
  for (const path of stale) rmSync(join(folder, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};
