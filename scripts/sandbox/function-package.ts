/** Unpacks a function's zip and the transpiled bootstrap into a temporary folder. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
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

/** Contains a folder for each large zip, named after the digest of its bytes and of the bootstrap. */
const CACHE = join(__dirname, "../../.cache/functions");

/** Smaller zips are unpacked faster than they are looked up. */
const CACHED_FROM_BYTES = 1_000_000;

const DAY_MS = 86_400_000;

const BOOTSTRAP = join(__dirname, "bootstrap.ts");

/** Names within each of the folders. */
const [TASK, BOOTSTRAP_FILE] = ["task", "bootstrap.mjs"];

/** Folders of the cache by zip, its size and its time of change: a run starts hundreds of sandboxes with one zip. */
const folders = new Map<string, string>();

/** @throws Error if the file is missing or not a zip */
export const unpackFunction = async (zipFile: string): Promise<UnpackedFunction> => {
  const missing = (cause: Error) => {
    throw new Error(`Expected the function's package for ${zipFile} but got ${cause.message}`, { cause });
  };
  const { size, mtimeMs } = await stat(zipFile).catch(missing);
  const key = `${zipFile} ${size} ${mtimeMs}`;
  const before = folders.get(key);
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  try {
    if (before !== undefined && existsSync(before)) {
      await linkTo(before, folder);
      return unpackedIn(folder);
    }
    const zip = await readFile(zipFile);
    const known = zip.length < CACHED_FROM_BYTES ? undefined : await cached(zip);
    if (known !== undefined) folders.set(key, known);
    if (known === undefined) await unpackInto(folder, zip);
    else await linkTo(known, folder);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`Expected a zip for ${zipFile} but got ${(cause as Error).message}`, { cause });
  }
  return unpackedIn(folder);
};

const unpackedIn = (folder: string): UnpackedFunction => ({
  folder,
  taskRoot: join(folder, TASK),
  bootstrapFile: join(folder, BOOTSTRAP_FILE),
});

/** The function runs in the folder of the cache, which a sandbox never changes. */
const linkTo = async (known: string, folder: string): Promise<void> => {
  await symlink(join(known, TASK), join(folder, TASK), "dir");
  await copyFile(join(known, BOOTSTRAP_FILE), join(folder, BOOTSTRAP_FILE));
};

/** @returns the folder of the unpacked zip; undefined where the cache cannot be written */
const cached = async (zip: Buffer): Promise<string | undefined> => {
  const digest = createHash("sha256")
    .update(zip)
    .update(await readFile(BOOTSTRAP));
  const folder = join(CACHE, digest.digest("hex"));
  const now = new Date();
  if (existsSync(folder)) {
    await utimes(folder, now, now).catch(() => {});
    return folder;
  }
  const temporary = `${folder}.${randomUUID()}`;
  const isWritable = await mkdir(temporary, { recursive: true }).then(
    () => true,
    () => false,
  );
  if (!isWritable) return undefined;
  try {
    await unpackInto(temporary, zip);
    await removeOld();
    // If the folder exists by now, another process has made the same.
    await rename(temporary, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
};

const removeOld = async (): Promise<void> => {
  for (const name of await readdir(CACHE)) {
    const { mtimeMs } = await stat(join(CACHE, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > DAY_MS) await rm(join(CACHE, name), { recursive: true, force: true });
  }
};

const unpackInto = async (folder: string, zip: Buffer): Promise<void> => {
  await Promise.all([unzipTo(join(folder, TASK), zip), transpileBootstrap(join(folder, BOOTSTRAP_FILE))]);
};

const unzipTo = async (folder: string, zip: Buffer): Promise<void> => {
  const files = [...unzip(zip)];
  const folders = new Set(files.map(([path]) => dirname(join(folder, path))));
  for (const each of folders) await mkdir(each, { recursive: true });
  await Promise.all(files.map(([path, bytes]) => writeFile(join(folder, path), bytes)));
};

const transpileBootstrap = async (file: string): Promise<void> => {
  const source = await readFile(BOOTSTRAP, "utf8");
  await writeFile(file, (await transform(source, { loader: "ts", format: "esm", target: "node20" })).code);
};
