/** A Lambda package for another platform, on a small project with made-up native packages: no network, any host. */
import { createHash } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { create } from "tar";
import { ARCHITECTURES } from "../../handler/contract/runtime";
import { buildHandler } from "../../scripts/build/handler-package";

const BINDING = "@img/sharp-linux-arm64";
const LIBVIPS = "@img/sharp-libvips-linux-arm64";
const LINUX = { version: "1.0.0", os: ["linux"], cpu: ["arm64"], libc: ["glibc"] };

/** The first bytes of a native file: all that is read of it. */
const elf = (machine: number): Buffer => {
  const header = Buffer.alloc(64);
  header.write("\x7fELF", "latin1");
  header.writeUInt16LE(machine, 18);
  return header;
};
const ARM = elf(ARCHITECTURES.arm64.elfMachine);
const INTEL = elf(ARCHITECTURES.x86_64.elfMachine);

type Contents = Readonly<Record<string, string | Buffer>>;

const write = async (folder: string, files: Contents): Promise<void> => {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contents);
  }
};

let root: string;
const tarball = (name: string) => join(root, ".cache", `${name.replace("@", "").replace("/", "-")}-1.0.0.tgz`);
const sharpFiles = () => join(root, "node_modules/sharp");

/** Puts a package where npm's downloads are kept. @returns its integrity */
const cache = async (name: string, files: Contents): Promise<string> => {
  const source = join(root, "packing", name);
  await write(join(source, "package"), { "package.json": JSON.stringify({ name }), ...files });
  await mkdir(join(root, ".cache"), { recursive: true });
  await create({ gzip: true, cwd: source, file: tarball(name) }, ["package"]);
  return integrityOf(await readFile(tarball(name)));
};

const integrityOf = (bytes: Buffer) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

const lock = (integrities: { binding: string; libvips: string }): string =>
  JSON.stringify({
    packages: {
      "node_modules/sharp": {
        version: "1.0.0",
        optionalDependencies: { [BINDING]: "1.0.0", "@img/sharp-win32-x64": "1.0.0" },
      },
      [`node_modules/${BINDING}`]: {
        ...LINUX,
        integrity: integrities.binding,
        optionalDependencies: { [LIBVIPS]: "1.0.0" },
      },
      [`node_modules/${LIBVIPS}`]: { ...LINUX, integrity: integrities.libvips },
      "node_modules/@img/sharp-win32-x64": { version: "1.0.0", os: ["win32"], cpu: ["x64"] },
    },
  });

/** A project whose native packages are in the cache, as after a first build. */
const prepare = async (native: { binding?: Contents; libvips?: Contents } = {}): Promise<void> => {
  const binding = await cache(
    BINDING,
    native.binding ?? { "lib/sharp.node": ARM, LICENSE: "Apache", "README.md": "-" },
  );
  const libvips = await cache(
    LIBVIPS,
    native.libvips ?? { "lib/libvips-cpp.so.8.1.2": ARM, "README.md": "LGPL", "lib/glib.h": "-" },
  );
  await write(root, {
    "package-lock.json": lock({ binding, libvips }),
    "handler/package.json": "{}",
    "handler/contract/words.ts": 'export const WORD = "hello";',
    "handler/src/index.ts":
      'import sharp from "sharp"; import { WORD } from "../contract/words"; export const handler = () => [sharp, WORD];',
    "handler/src/tracer.ts": "export {};",
    "handler/src/records-table.ts": "export {};",
    "node_modules/sharp/package.json": '{"version":"1.0.0"}',
    "node_modules/sharp/dist/index.cjs": "",
    "node_modules/sharp/dist/index.d.ts": "",
    "node_modules/sharp/src/sharp.cc": "",
    "node_modules/sharp/install/build.js": "",
    "node_modules/sharp/node_modules/other/index.js": "",
    "node_modules/sharp/node_modules/other/LICENSE": "",
  });
};

const build = () => buildHandler({ target: "arm64", root });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "project-"));
});
afterEach(() => rm(root, { recursive: true }));

test("takes from each package what is needed at run time, and its licence", async () => {
  await prepare();

  const { file } = await build();

  expect(Object.keys(unzipSync(await readFile(file)))).toEqual([
    "index.js",
    `node_modules/${LIBVIPS}/README.md`,
    `node_modules/${LIBVIPS}/lib/libvips-cpp.so.8.1.2`,
    `node_modules/${LIBVIPS}/package.json`,
    `node_modules/${BINDING}/LICENSE`,
    `node_modules/${BINDING}/lib/sharp.node`,
    `node_modules/${BINDING}/package.json`,
    "node_modules/sharp/dist/index.cjs",
    "node_modules/sharp/package.json",
    "records-table.js",
    "tracer.js",
  ]);
});

test("takes sharp from the handler's own node_modules where npm put it there", async () => {
  await prepare();
  await mkdir(join(root, "handler/node_modules"));
  await rename(sharpFiles(), join(root, "handler/node_modules/sharp"));
  const moved = (await readFile(join(root, "package-lock.json"), "utf8")).replace(
    "node_modules/sharp",
    "handler/node_modules/sharp",
  );
  await write(root, { "package-lock.json": moved });

  const { file } = await build();

  expect(Object.keys(unzipSync(await readFile(file)))).toContain("node_modules/sharp/dist/index.cjs");
});

test("keeps a package that was built from the same inputs", async () => {
  await prepare();
  const first = await build();

  const second = await build();

  expect(second).toEqual({ ...first, rebuilt: false });
});

test.each(["handler/src/index.ts", "handler/contract/words.ts", "handler/package.json", "package-lock.json"])(
  "builds again when %s changed",
  async (input) => {
    await prepare();
    await build();
    await appendFile(join(root, input), "\n");

    const { rebuilt } = await build();

    expect(rebuilt).toBe(true);
  },
);

test("builds again when the zip is not the one that was finished", async () => {
  await prepare();
  const first = await build();
  await truncate(first.file, 100);

  const second = await build();

  expect(second).toEqual(first);
});

test("gives builds at the same time the same zip, and leaves nothing else", async () => {
  await prepare();

  const [one, other] = await Promise.all([build(), build()]);

  expect(one).toEqual(other);
  expect(
    createHash("sha256")
      .update(await readFile(one.file))
      .digest("hex"),
  ).toBe(one.sha256);
  expect((await readdir(join(root, "dist"))).sort()).toEqual([
    "handler-linux-arm64.zip",
    "handler-linux-arm64.zip.json",
  ]);
});

test("refuses a tarball that is not what the lockfile names", async () => {
  await prepare();
  const right = integrityOf(await readFile(tarball(LIBVIPS)));
  await appendFile(tarball(LIBVIPS), "tampered");
  const wrong = integrityOf(await readFile(tarball(LIBVIPS)));

  await expect(build()).rejects.toThrow(
    `Expected ${right} for img-sharp-libvips-linux-arm64-1.0.0.tgz, as in package-lock.json, but got ${wrong}: ` +
      `delete ${join(".cache", "img-sharp-libvips-linux-arm64-1.0.0.tgz")} and build again`,
  );
});

test("refuses to build without a package that npm cannot fetch", async () => {
  await prepare();
  await rm(tarball(LIBVIPS));
  const unknown = (await readFile(join(root, "package-lock.json"), "utf8")).replaceAll(
    "sharp-libvips-",
    "sharp-unheard-of-",
  );
  await write(root, { "package-lock.json": unknown, "package.json": "{}", ".npmrc": "offline=true" });

  await expect(build()).rejects.toThrow(
    "Expected @img/sharp-unheard-of-linux-arm64@1.0.0 from npm pack but got ENOTCACHED: " +
      "check the network and npm's settings, and build again",
  );
  expect(await readdir(join(root, ".cache"))).toEqual(["img-sharp-linux-arm64-1.0.0.tgz"]);
}, 30_000);

test("refuses another version in node_modules than the lockfile's", async () => {
  await prepare();
  await write(sharpFiles(), { "package.json": '{"version":"0.9.0"}' });

  await expect(build()).rejects.toThrow(`Expected 1.0.0 for node_modules/sharp but got 0.9.0: run npm ci`);
});

test.each([
  [
    "native files for another machine",
    { binding: { "lib/sharp.node": INTEL } },
    `Expected ELF machine 183 for node_modules/${BINDING}/lib/sharp.node of handler-linux-arm64.zip but got 62: run npm ci`,
  ],
  [
    "a shared library for another machine",
    { libvips: { "lib/libvips-cpp.so.8.1.2": INTEL } },
    `Expected ELF machine 183 for node_modules/${LIBVIPS}/lib/libvips-cpp.so.8.1.2 of handler-linux-arm64.zip but got 62: run npm ci`,
  ],
  [
    "native files for another system",
    { binding: { "lib/sharp.node": "\xcf\xfa\xed\xfe" } },
    `Expected ELF machine 183 for node_modules/${BINDING}/lib/sharp.node of handler-linux-arm64.zip but got no ELF file: run npm ci`,
  ],
  [
    "a platform without sharp's own binary",
    { binding: { "index.cjs": "" } },
    "Expected sharp's .node file for handler-linux-arm64.zip but got none: run npm ci",
  ],
  [
    "a platform without libvips",
    { libvips: { "lib/index.js": "" } },
    "Expected libvips' shared library for handler-linux-arm64.zip but got none: run npm ci",
  ],
])("refuses %s, and leaves no zip", async (_, native, message) => {
  await prepare(native);

  await expect(build()).rejects.toThrow(message);
  expect(await readdir(join(root, "dist"))).toEqual([]);
});

test("refuses a handler with a mistake by its place, in one line", async () => {
  await prepare();
  await write(root, { "handler/src/index.ts": 'import "./nowhere";\nexport const = 1;' });

  await expect(build()).rejects.toThrow('handler/src/index.ts:2:13: Expected identifier but found "="');
});
