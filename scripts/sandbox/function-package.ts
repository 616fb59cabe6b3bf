/** Unpacks a function's zip and the transpiled bootstrap into a temporary folder. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { unzip } from "./zip";

export interface UnpackedFunction {
  /** Contains the other two; the caller removes it. */
  readonly folder: string;
  readonly taskRoot: string;
  readonly bootstrapFile: string;
}

/** @throws Error if the file is missing or not a zip */
export const unpackFunction = async (zipFile: string): Promise<UnpackedFunction> => {
  const zip = await readFile(zipFile).catch((cause: Error) => {
    throw new Error(`Expected the function's package for ${zipFile} but got ${cause.message}`, { cause });
  });
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  const taskRoot = join(folder, "task");
  const bootstrapFile = join(folder, "bootstrap.mjs");
  try {
    await Promise.all([unzipTo(taskRoot, zip), transpileBootstrap(bootstrapFile)]);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`Expected a zip for ${zipFile} but got ${(cause as Error).message}`, { cause });
  }
  return { folder, taskRoot, bootstrapFile };
};

const unzipTo = async (folder: string, zip: Buffer): Promise<void> => {
  const files = [...unzip(zip)];
  const folders = new Set(files.map(([path]) => dirname(join(folder, path))));
  for (const each of folders) await mkdir(each, { recursive: true });
  await Promise.all(files.map(([path, bytes]) => writeFile(join(folder, path), bytes)));
};

const transpileBootstrap = async (file: string): Promise<void> => {
  const source = await readFile(join(__dirname, "bootstrap.ts"), "utf8");
  await writeFile(file, (await transform(source, { loader: "ts", format: "esm", target: "node20" })).code);
};
