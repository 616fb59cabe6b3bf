/** Checks a folder before work that ends with writing to it. */
import { mkdir, mkdtemp, rmdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { PROJECT } from "./stacks";

/** Makes the folder if it does not exist. @throws Error of one line that names the folder */
export const requireWritable = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
    await rmdir(await mkdtemp(join(folder, ".writable-")));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const shown = relative(PROJECT, folder);
    throw new Error(
      `Expected a folder that can be written to for ${shown.startsWith("..") ? folder : shown} but got ${code}: this command saves its results there`,
      { cause },
    );
  }
};
