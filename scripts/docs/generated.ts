/** Rewrites the generated parts of the documents, and checks that they are up to date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../build/stacks";
import { DOCUMENTS, DRAWINGS, type Part } from "./documents";
import { checkRunbooks, writeRunbooks } from "./runbooks";
import { updateTerraform } from "./terraform/files";

const MARKER = /^<!-- generated:(\w+) -->$/gm;

const outOfDate = (file: string): Error => new Error(`${file} is out of date: run npm run docs`);

/**
 * @param text a document, with each part between `<!-- generated:name -->` and `<!-- /generated:name -->`
 * @returns the document with its parts made anew
 * @throws Error where the document's markers are not those of its parts
 */
export const filled = async (file: string, text: string, parts: Readonly<Record<string, Part>>): Promise<string> => {
  const markers = [...text.matchAll(MARKER)].map(([, name = ""]) => name);
  if (markers.toSorted().join() !== Object.keys(parts).toSorted().join())
    throw new Error(
      `Expected markers for ${Object.keys(parts).join(", ")} in ${file} but got ${markers.join(", ") || "none"}`,
    );
  let filledText = text;
  for (const [name, make] of Object.entries(parts)) {
    const begin = `<!-- generated:${name} -->`;
    const [before = "", rest = ""] = filledText.split(begin);
    const end = rest.indexOf(`<!-- /generated:${name} -->`);
    if (end < 0) throw new Error(`Expected <!-- /generated:${name} --> in ${file} but got none`);
    filledText = `${before}${begin}\n\n${await make()}\n\n${rest.slice(end)}`;
  }
  return filledText;
};

const update = (file: string, text: string, check: boolean): void => {
  const path = join(PROJECT, file);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  if (check) throw outOfDate(file);
  writeFileSync(path, text);
};

/**
 * @param check whether to change nothing
 * @throws Error that names a document which is out of date, with `check`
 */
export const updateDocuments = async (check: boolean): Promise<void> => {
  for (const [file, parts] of Object.entries(DOCUMENTS))
    update(file, await filled(file, readFileSync(join(PROJECT, file), "utf8"), parts), check);
  for (const [file, draw] of Object.entries(DRAWINGS)) update(file, await draw(), check);
  updateTerraform(check);
  await (check ? checkRunbooks : writeRunbooks)(join(PROJECT, "docs/runbooks"));
};
