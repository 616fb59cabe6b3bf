/** The generated part of docs/terraform.md: which resources each module makes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, readTerraformJson } from "../../build/stacks";
import { code, table } from "../../terminal/markdown";
import { stackOf } from "../stacks";

/** @returns a row for each module of dev, found by the path of each resource's construct */
export const modulesTable = async (): Promise<string> => {
  const { resource } = readTerraformJson(await stackOf("dev"));
  const resources = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]) => {
      const [, module = ""] = block["//"]?.metadata?.path?.split("/") ?? [];
      return {
        module: existsSync(join(PROJECT, `modules/${module}.ts`)) ? module : "stack",
        address: `${type}.${name}`,
      };
    }),
  );
  const modules = [...new Set(resources.map(({ module }) => module))].sort();
  return table(
    ["module", "file", "resources"],
    modules.map((module) => [
      module === "stack" ? "root module" : code(module),
      code(`modules/${module}.ts`),
      resources.flatMap((each) => (each.module === module ? [code(each.address)] : [])).join(" "),
    ]),
  );
};
