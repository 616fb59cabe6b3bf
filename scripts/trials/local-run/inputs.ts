/** The files that a command line means, and the key each is uploaded under. */
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

const expected = (what: string, name: string, got: string, cause?: unknown) =>
  new UsageError(`Expected ${what} for ${name} but got ${got}`, { cause });

/** Why the system refuses a path, in its own short word: ENOENT, EACCES. */
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/**
 * @param paths files and folders, relative to `base`; of folders every regular file, except hidden ones
 * @throws UsageError for a path that is missing, unreadable or neither, a folder without files, and two files of one key
 */
export const inputsOf = async (paths: readonly string[], base: string): Promise<Input[]> => {
  const inputs = (await Promise.all(paths.map((path) => inputsAt(path, base)))).flat();
  for (const [i, { key, file }] of inputs.entries()) {
    const first = inputs.findIndex((other) => other.key === key);
    if (first !== i) throw expected("one file", `the key ${key}`, `${inputs[first]?.file} and ${file}`);
  }
  return inputs;
};

const inputsAt = async (path: string, base: string): Promise<Input[]> => {
  const absolute = resolve(base, path);
  const found = await stat(absolute).catch((cause) => {
    throw expected("a file or folder", path, codeOf(cause) === "ENOENT" ? "nothing" : codeOf(cause), cause);
  });
  if (!found.isFile() && !found.isDirectory()) throw expected("a file or folder", path, "something else");
  const inputs = found.isFile() ? [{ file: absolute, key: basename(absolute) }] : await filesIn(absolute, path);
  for (const { file } of inputs) {
    await access(file, constants.R_OK).catch((cause) => {
      throw expected("a readable file", relative(base, file), codeOf(cause), cause);
    });
  }
  return inputs;
};

const filesIn = async (folder: string, path: string): Promise<Input[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw expected("a readable folder", path, codeOf(cause), cause);
  });
  const keys = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, "/"))
    .filter((key) => !key.split("/").some((name) => name.startsWith(".")))
    .sort();
  if (keys.length === 0) throw expected("at least one file", path, "an empty folder");
  return keys.map((key) => ({ file: join(folder, key), key }));
};
