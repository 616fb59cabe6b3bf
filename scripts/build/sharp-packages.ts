/** The npm packages that sharp needs on a platform according to the lockfile, and the files of each that it needs at run time. */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { list } from "tar";

/** A platform as npm spells it. Without `libc`, packages for any libc suit. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc?: string;
}

/** One package of the lockfile; `location` is its folder, relative to the project's root. */
export interface LockedPackage {
  readonly name: string;
  readonly location: string;
  readonly version: string;
  readonly integrity: string;
}

interface LockEntry {
  readonly version: string;
  readonly integrity: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The `packages` of a package-lock.json: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
type LockEntries = Readonly<Record<string, LockEntry>>;

/** Paths with forward slashes, and contents. */
export type Files = Record<string, Uint8Array>;

/** Whether a package contains binaries: those of sharp, or libvips. */
export const isNative = (name: string): boolean => name.startsWith("@img/sharp-");

const suits = (entry: LockEntry, { os, cpu, libc }: Platform): boolean =>
  (entry.os ?? [os]).includes(os) &&
  (entry.cpu ?? [cpu]).includes(cpu) &&
  (libc === undefined || (entry.libc ?? [libc]).includes(libc));

/** Where Node would find a package that is required from `location`: the nearest node_modules outwards. */
const locate = (entries: LockEntries, name: string, location: string): string => {
  const candidate = `${location === "" ? "" : `${location}/`}node_modules/${name}`;
  if (candidate in entries) return candidate;
  if (location === "")
    throw new Error(`Expected an entry for ${name} in package-lock.json but got none: run npm install`);
  return locate(entries, name, location.slice(0, Math.max(0, location.lastIndexOf("node_modules/") - 1)));
};

/**
 * @param lock text of package-lock.json
 * @returns sharp as the handler gets it, what it depends on, and its native packages for the platform
 * @throws Error if the lockfile lacks a package that another one needs
 */
export const packagesOfSharp = (lock: string, platform: Platform): LockedPackage[] => {
  const { packages: entries } = JSON.parse(lock) as { packages: LockEntries };
  const found = new Map<string, LockedPackage>();
  const visit = (name: string, from: string): void => {
    const location = locate(entries, name, from);
    const entry = entries[location];
    if (entry === undefined || found.has(location) || !suits(entry, platform)) return;
    found.set(location, { name, location, version: entry.version, integrity: entry.integrity });
    for (const dependency of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      visit(dependency, location);
    }
  };
  visit("sharp", "handler");
  return [...found.values()];
};

const CODE = /\.(c?js|json|node|dylib|dll)$|\.so(\.\d+)*$/;
/** Sources, tools, and separate packages. */
const OTHERS = /^(src|install|bin|node_modules)\//;
const LICENCE = /(^|\/)LICEN[CS]E[^/]*$/i;
/** libvips has no licence file: its README is the list of licences. */
const isLicenceOfLibvips = (name: string, path: string): boolean =>
  name.startsWith("@img/sharp-libvips-") && path === "README.md";

const isNeeded = (name: string, path: string): boolean =>
  !OTHERS.test(path) && (CODE.test(path) || LICENCE.test(path) || isLicenceOfLibvips(name, path));

const installedFiles = async (folder: string, name: string): Promise<Files> => {
  const paths = (await readdir(folder, { recursive: true }))
    .map((path) => path.replaceAll(sep, "/"))
    .filter((path) => isNeeded(name, path));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path))] as const)),
  );
};

const packedFiles = async (tarball: string, name: string): Promise<Files> => {
  const reads: Promise<readonly [string, Uint8Array]>[] = [];
  await list({
    file: tarball,
    filter: (path) => isNeeded(name, path.slice("package/".length)),
    onReadEntry: (entry) => {
      reads.push(entry.concat().then((bytes) => [entry.path.slice("package/".length), bytes] as const));
    },
  });
  return Object.fromEntries(await Promise.all(reads));
};

const checkIntegrity = async (tarball: string, { integrity }: LockedPackage, advice: string): Promise<void> => {
  const got = `sha512-${createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64")}`;
  if (got !== integrity) {
    throw new Error(
      `Expected ${integrity} for ${basename(tarball)}, as in package-lock.json, but got ${got}: ${advice}`,
    );
  }
};

/** Uses the npm client, and with it npm's registry, proxy and credentials. */
const fetchTarball = async (root: string, wanted: LockedPackage, tarball: string): Promise<void> => {
  const spec = `${wanted.name}@${wanted.version}`;
  const folder = `${tarball}.${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  try {
    // `npm run --silent` would also silence the reason of a failure.
    const how = ["--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=500"];
    const args = ["pack", spec, "--pack-destination", folder, ...how];
    await promisify(execFile)("npm", args, { cwd: root, shell: process.platform === "win32" }).catch((error) => {
      const code = /npm error code (\S+)/.exec(error.stderr)?.[1] ?? error.code;
      throw new Error(
        `Expected ${spec} from npm pack but got ${code}: check the network and npm's settings, and build again`,
      );
    });
    const fetched = join(folder, basename(tarball));
    await checkIntegrity(fetched, wanted, "npm's registry does not serve what the lockfile was made from");
    await rename(fetched, tarball);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const versionIn = async (folder: string): Promise<string | undefined> =>
  existsSync(join(folder, "package.json"))
    ? (JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string }).version
    : undefined;

/**
 * The files of one package that are needed at run time: from node_modules if npm installed it, otherwise fetched once
 * into `.cache/` as the tarball, whose integrity is checked against the lockfile at every use.
 *
 * @throws Error, one line that says what to do, if node_modules holds another version, if the tarball is not what the
 *   lockfile names, or if npm cannot fetch it
 */
export const filesOfPackage = async (root: string, wanted: LockedPackage): Promise<Files> => {
  const folder = join(root, wanted.location);
  const installed = await versionIn(folder);
  if (installed === wanted.version) return installedFiles(folder, wanted.name);
  if (installed !== undefined) {
    throw new Error(`Expected ${wanted.version} for ${wanted.location} but got ${installed}: run npm ci`);
  }
  const tarball = join(root, ".cache", `${wanted.name.replace("@", "").replace("/", "-")}-${wanted.version}.tgz`);
  if (!existsSync(tarball)) await fetchTarball(root, wanted, tarball);
  await checkIntegrity(tarball, wanted, `delete ${relative(root, tarball)} and build again`);
  return packedFiles(tarball, wanted.name);
};
