/** The files that the paths of a command line stand for, and the key of each. */
import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../../terminal/cli";

export interface Input {
  /** Absolute path. */
  readonly file: string;
  /** A file's own name, or its path below the folder that was given. */
  readonly key: string;
}

export type OnSkipped = (path: string, why: string) => void;

const expected = (what: string, name: string, got: string, cause?: unknown) =>
  new UsageError(`Expected ${what} for ${name} but got ${got}`, { cause });

/** The system's error code for a path, such as ENOENT or EACCES. */
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/**
 * @param paths files and folders, relative to `base`. Of a folder: every file, except hidden ones; links to files are followed
 * @param onSkipped called with the path of each entry of a folder that is neither a file nor a folder, and why it is skipped
 * @throws UsageError for a path that is missing, unreadable or neither, a folder without files, and two files of one key
 */
export const inputsOf = async (
  paths: readonly string[],
  base: string,
  onSkipped: OnSkipped = () => {},
): Promise<Input[]> => {
  const inputs = (await Promise.all(paths.map((path) => inputsAt(path, base, onSkipped)))).flat();
  for (const [i, { key, file }] of inputs.entries()) {
    const first = inputs.findIndex((other) => other.key === key);
    if (first !== i) throw expected("one file", `the key ${key}`, `${inputs[first]?.file} and ${file}`);
  }
  return inputs;
};

const inputsAt = async (path: string, base: string, onSkipped: OnSkipped): Promise<Input[]> => {
  const absolute = resolve(base, path);
  const found = await stat(absolute).catch((cause) => {
    if (codeOf(cause) === "ENOENT")
      throw new UsageError(`${path} does not exist (samples are in scripts/images/samples)`, { cause });
    throw expected("a file or folder", path, codeOf(cause), cause);
  });
  if (!found.isFile() && !found.isDirectory()) throw expected("a file or folder", path, "something else");
  const inputs = found.isFile()
    ? [{ file: absolute, key: basename(absolute) }]
    : await filesIn(absolute, path, onSkipped);
  for (const { file } of inputs) {
    await access(file, constants.R_OK).catch((cause) => {
      throw expected("a readable file", relative(base, file), codeOf(cause), cause);
    });
  }
  return inputs;
};

/** What a link in a folder leads to. */
const targetOf = async (link: string): Promise<"a file" | string> => {
  const found = await stat(link).catch(() => undefined);
  if (found === undefined) return "a broken link";
  if (found.isFile()) return "a file";
  return found.isDirectory() ? "a link to a folder" : "neither a file nor a folder";
};

const filesIn = async (folder: string, path: string, onSkipped: OnSkipped): Promise<Input[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw expected("a readable folder", path, codeOf(cause), cause);
  });
  const keys: string[] = [];
  for (const entry of entries) {
    const key = relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, "/");
    if (entry.isDirectory() || key.split("/").some((name) => name.startsWith("."))) continue;
    const target = entry.isFile() ? "a file" : await targetOf(join(folder, key));
    if (target === "a file") keys.push(key);
    else onSkipped(join(path, key), target);
  }
  if (keys.length === 0) throw expected("at least one file", path, "an empty folder");
  return keys.sort().map((key) => ({ file: join(folder, key), key }));
};
