/** Every file of `terraform/`, and whether the committed ones are up to date. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withoutTracesAndWarnings } from "../../../main";
import { PROJECT } from "../../build/stacks";
import { type ModuleText, moduleFiles } from "./module-files";
import { type ModuleName, PLAIN_MODULES } from "./modules";
import { readmeOf } from "./readme";
import { rootFiles } from "./root";

const FOLDER = "terraform";

const under = (folder: string, files: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(files).map(([name, text]) => [join(folder, name), text]);

/** @returns the text of every generated file, by its path in `terraform/` */
export const terraformFiles = (): Map<string, string> =>
  withoutTracesAndWarnings(() => {
    const names = Object.keys(PLAIN_MODULES) as ModuleName[];
    const modules = Object.fromEntries(names.map((name) => [name, moduleFiles(PLAIN_MODULES[name])])) as Record<
      ModuleName,
      ModuleText
    >;
    return new Map([
      ...under("", rootFiles(modules)),
      ...names.flatMap((name) =>
        under(join("modules", name), {
          ...modules[name].files,
          "README.md": readmeOf(name, PLAIN_MODULES[name], modules[name]),
        }),
      ),
    ]);
  });

/** Everything but examples and tests. */
const isGenerated = (path: string): boolean =>
  /^(modules\/\w+\/)?(\w+\.tf|README\.md|terraform\.tfvars\.example)$/.test(path);

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
