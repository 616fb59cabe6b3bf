/** Builds the Lambda package, a zip of the bundled handler and sharp for one platform. The same inputs give the same bytes. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build as esbuild } from "esbuild";
import { zipSync } from "fflate";
import { ARCHITECTURES, type Architecture, packageFile, RUNTIMES } from "../../handler/contract/runtime";
import { UPLOAD_API_PACKAGE } from "../../handler/contract/upload-api";
import { type Files, filesOfPackage, isNative, type LockedPackage, packagesOfSharp } from "./sharp-packages";
import { requireWritable } from "./writable";

/** A Lambda architecture, or "host": this machine, with the sharp that npm installed on it. */
export type Target = Architecture | "host";

export const TARGETS: readonly Target[] = [...(Object.keys(ARCHITECTURES) as Architecture[]), "host"];

export interface BuildOptions {
  readonly target: Target;
  /** Folder of the zip and its stamp. @default `dist` of the project */
  readonly outDir?: string;
  /** Whether the code can be debugged: not minified, with a source map that names the sources here. @default false */
  readonly debug?: boolean;
  /** Whether to build even if nothing has changed. @default false: an existing zip of the same inputs is kept */
  readonly force?: boolean;
  /** Folder with handler, package-lock.json and node_modules. @default the project this script belongs to */
  readonly root?: string;
}

/** Kept beside a zip. It shows whether the zip is up to date. */
interface Stamp {
  /** Digest of everything the zip is made from. */
  readonly inputs: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface BuiltHandler {
  /** Path of the zip. */
  readonly file: string;
  /** False if it was there already, made from the same inputs. */
  readonly rebuilt: boolean;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const PROJECT = join(__dirname, "../..");

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Files of the handler and of this script that determine the zip's contents, as [name, path]. */
const inputFiles = async (root: string): Promise<[name: string, path: string][]> => {
  const under = async (base: string, folder: string): Promise<[string, string][]> =>
    (await readdir(join(base, folder), { recursive: true }))
      .filter((path) => extname(path) !== "")
      .sort()
      .map((path) => [`${folder}/${path.replaceAll(sep, "/")}`, join(base, folder, path)]);
  return [
    ...(await under(root, "handler/contract")),
    ...(await under(root, "handler/src")),
    ["handler/package.json", join(root, "handler/package.json")],
    ["package-lock.json", join(root, "package-lock.json")],
    ...["handler-package.ts", "sharp-packages.ts"].map((name): [string, string] => [name, join(__dirname, name)]),
  ];
};

const digestOfInputs = async (root: string, packages: readonly LockedPackage[]): Promise<string> => {
  const files = (await inputFiles(root)).map(async ([name, path]) => [name, sha256(await readFile(path))]);
  return sha256(Buffer.from(JSON.stringify([await Promise.all(files), packages])));
};

interface Bundle {
  readonly source: string;
  readonly external: readonly string[];
}

/** Files of the bundle and their sources. A `require` between them stays as it is, because it is evaluated only when needed. */
// biome-ignore format: a ledger is read down its columns
const BUNDLES = {
  "index.js":         { source: "handler/src/index.ts",         external: ["sharp", "./tracer", "./records-table"] },
  "tracer.js":        { source: "handler/src/tracer.ts",        external: [] },
  "records-table.js": { source: "handler/src/records-table.ts", external: ["./tracer"] },
} as const satisfies Record<string, Bundle>;

/** The function of the upload API has a separate package without sharp. */
const UPLOAD_API_BUNDLE: Bundle = { source: "handler/src/upload-api/index.ts", external: ["./tracer"] };

/** @throws Error, one line with file, line and column of every mistake */
const bundle = async (root: string, { source, external }: Bundle, debug: boolean): Promise<Uint8Array> => {
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: [source],
    external: [...external],
    bundle: true,
    minify: !debug,
    ...(debug && { sourcemap: "inline", sourceRoot: `${pathToFileURL(root)}/` }),
    write: false,
    platform: "node",
    format: "cjs",
    target: Object.values(RUNTIMES).map(({ esbuildTarget }) => esbuildTarget),
    mainFields: ["module", "main"],
    alias: { "@aws-sdk/credential-provider-node": "./handler/src/credentials.ts" },
    // Only the inputs may determine the result, so tsconfig.json is not read.
    tsconfigRaw: {},
    // The sources are modules, which are strict; CommonJS is strict only where it says so.
    banner: { js: '"use strict";' },
    logLevel: "silent",
  }).catch((failure: Error & Partial<BuildFailure>) => {
    const mistakes = failure.errors?.map(
      ({ location: at, text }) => `${at ? `${at.file}:${at.line}:${at.column}: ` : ""}${text}`,
    );
    throw new Error(mistakes?.join("; ") ?? failure.message, { cause: failure });
  });
  return Buffer.concat(outputFiles.map(({ contents }) => contents));
};

/** @returns the e_machine of an ELF file, little endian (ELF specification, figure 1-3) */
const elfMachine = (bytes: Uint8Array): number | "no ELF file" =>
  Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "\x7fELF"
    ? new DataView(bytes.buffer, bytes.byteOffset).getUint16(18, true)
    : "no ELF file";

const NATIVE_PARTS = { "sharp's .node file": /\.node$/, "libvips' shared library": /\.(so(\.\d+)*|dylib|dll)$/ };

/** @throws Error, one line, if a native part of sharp is missing or made for another machine */
const checkNativeParts = (files: Files, zip: string, machine: number | undefined): void => {
  for (const [part, pattern] of Object.entries(NATIVE_PARTS)) {
    const paths = Object.keys(files).filter((path) => path.includes("@img/sharp-") && pattern.test(path));
    if (paths.length === 0) throw new Error(`Expected ${part} for ${zip} but got none: run npm ci`);
    for (const path of paths) {
      const got = elfMachine(files[path] ?? new Uint8Array());
      if (machine !== undefined && got !== machine) {
        throw new Error(`Expected ELF machine ${machine} for ${path} of ${zip} but got ${got}: run npm ci`);
      }
    }
  }
};

/** Compression. The package for this machine changes with each edit: 6 takes half the time of 9, for one percent of the bytes. */
type Level = 0 | 6 | 9;

/** Pure JavaScript, so every machine writes the same bytes. A zip has local times, so a local time is the same in every time zone. */
const zipped = (files: Files, level: Level): Uint8Array => {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const UNIX = 3;
  return zipSync(sorted, { level, mtime: new Date(1980, 0, 1), os: UNIX, attrs: 0o100644 << 16 });
};

/** Replaces the file in one step, so that another build never reads half of it. */
const replaceFile = async (file: string, contents: Uint8Array | string): Promise<void> => {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, contents);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
};

/** @returns the stamp, if the zip beside it is the one it was written for */
const readStamp = async (file: string): Promise<Stamp | undefined> => {
  if (!existsSync(file) || !existsSync(`${file}.json`)) return undefined;
  const stamp = JSON.parse(await readFile(`${file}.json`, "utf8")) as Stamp;
  return sha256(await readFile(file)) === stamp.sha256 ? stamp : undefined;
};

const targetOf = (target: Target, root: string, lock: string) => {
  if (target !== "host") {
    const { cpu, elfMachine } = ARCHITECTURES[target];
    const packages = packagesOfSharp(lock, { os: "linux", cpu, libc: "glibc" });
    return { name: basename(packageFile(target)), packages, machine: elfMachine };
  }
  const { platform: os, arch: cpu } = process;
  const machine = Object.values(ARCHITECTURES).find((row) => os === "linux" && row.cpu === cpu)?.elfMachine;
  const packages = packagesOfSharp(lock, { os, cpu }).filter(
    ({ name, location }) => !isNative(name) || existsSync(join(root, location)),
  );
  return { name: "handler-host.zip", packages, machine };
};

/** npm may keep a package in the handler's own node_modules; in the zip the handler is the root. */
const placeInZip = ({ location }: LockedPackage): string => location.replace(/^handler\//, "");

/**
 * Makes `handler-linux-<architecture>.zip` or `handler-host.zip`: the bundles and the node_modules that sharp needs.
 * The same inputs give the same bytes in every folder, time zone and on every machine.
 *
 * @throws Error, one line, for a mistake in the handler, a package that npm cannot fetch or whose integrity is not the
 *   lockfile's, and native files for another machine
 */
export const buildHandler = async (options: BuildOptions): Promise<BuiltHandler> => {
  const { target, root = PROJECT, debug = false } = options;
  const { name, packages, machine } = targetOf(target, root, await readFile(join(root, "package-lock.json"), "utf8"));
  const level = target === "host" ? 6 : 9;
  return upToDate(name, packages, { ...options, level }, async () => {
    const files: Files = {};
    for (const [name, row] of Object.entries(BUNDLES)) files[name] = await bundle(root, row, debug);
    for (const wanted of packages) {
      for (const [path, bytes] of Object.entries(await filesOfPackage(root, wanted))) {
        files[`${placeInZip(wanted)}/${path}`] = bytes;
      }
    }
    checkNativeParts(files, name, machine);
    return files;
  });
};

/**
 * Makes `upload-api.zip`, the package of the upload API: a single file, for every architecture.
 *
 * @throws Error, one line, for a mistake in the handler
 */
export const buildUploadApi = (options: Omit<BuildOptions, "target"> = {}): Promise<BuiltHandler> => {
  const { root = PROJECT, debug = false } = options;
  return upToDate(basename(UPLOAD_API_PACKAGE), [], { ...options, level: 9 }, async () => ({
    "upload-api.js": await bundle(root, UPLOAD_API_BUNDLE, debug),
  }));
};

/** Writes a zip, unless it is there already and was made from the same inputs. */
const upToDate = async (
  name: string,
  packages: readonly LockedPackage[],
  options: Omit<BuildOptions, "target"> & { readonly level: Level },
  make: () => Promise<Files>,
): Promise<BuiltHandler> => {
  const { root = PROJECT, outDir = join(root, "dist"), force = false, debug = false, level } = options;
  const file = join(outDir, name);
  const inputs = await digestOfInputs(root, packages);
  const stamp = force ? undefined : await readStamp(file);
  if (stamp?.inputs === inputs) return { file, rebuilt: false, bytes: stamp.bytes, sha256: stamp.sha256 };

  await requireWritable(outDir);
  const zip = zipped(await make(), debug ? 0 : level);
  const built: Stamp = { inputs, sha256: sha256(zip), bytes: zip.length };
  await replaceFile(file, zip);
  await replaceFile(`${file}.json`, `${JSON.stringify(built)}\n`);
  return { file, rebuilt: true, bytes: built.bytes, sha256: built.sha256 };
};
