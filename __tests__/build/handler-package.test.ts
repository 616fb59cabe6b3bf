/** The Lambda package for this machine: the one that all tests use, read byte by byte and loaded. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { exampleSettings } from "../../handler/contract/settings";
import { type BuiltHandler, buildHandler, buildUploadApi } from "../../scripts/build/handler-package";
import { unzip } from "../../scripts/sandbox/zip";
import { run as runCommandHere } from "../commands/run";

const run = promisify(execFile);
const ROOT = join(__dirname, "../..");

let folder: string;
let built: BuiltHandler;
let zip: Buffer;
let files: Record<string, Uint8Array>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "build-"));
  built = await buildHandler({ target: "host" });
  zip = await readFile(built.file);
  files = Object.fromEntries(unzip(zip));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the zip's directory says of each entry: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 */
const directoryOf = (bytes: Buffer) => {
  const entries: { name: string; system: number; time: number; date: number; mode: string }[] = [];
  let at = bytes.readUInt32LE(bytes.length - 22 + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      system: bytes.readUInt8(at + 5),
      time: bytes.readUInt16LE(at + 12),
      date: bytes.readUInt16LE(at + 14),
      mode: bytes.readUInt16LE(at + 40).toString(8),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
};

test("holds plain files only, sorted by name, all of one time and mode", () => {
  const entries = directoryOf(zip);

  expect(entries.map(({ name }) => name)).toEqual(Object.keys(files).sort());
  const [unix, midnight, firstOf1980, plainFile] = [3, 0, (1 << 5) | 1, "100644"];
  for (const { name, ...facts } of entries) {
    expect([name, facts]).toEqual([name, { system: unix, time: midnight, date: firstOf1980, mode: plainFile }]);
  }
});

test("holds the bundle and the packages sharp needs on this machine, nothing else", async () => {
  const natives = (await readdir(join(ROOT, "node_modules/@img"))).filter((name) => name.startsWith("sharp-"));

  const places = Object.keys(files).map((path) => /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path);

  expect([...new Set(places)].sort()).toEqual(
    [
      "index.js",
      "records-table.js",
      "tracer.js",
      "sharp",
      "detect-libc",
      "semver",
      "@img/colour",
      ...natives.map((name) => `@img/${name}`),
    ].sort(),
  );
});

test("leaves out types, sources and install scripts, but no licence", () => {
  const others = Object.keys(files).filter((path) => !/\.(c?js|json|node|dylib|dll)$|\.so(\.\d+)*$/.test(path));
  const notices = others.filter((path) => /LICENSE(\.md)?$|sharp-libvips-[^/]+\/README\.md$/.test(path));

  expect(others).toEqual(notices);
  expect(notices.some((path) => path.includes("node_modules/@img/sharp-"))).toBe(true);
});

test("stays within 9.5 MB, and its bundle within 500 kB", () => {
  expect(zip.length).toBeLessThanOrEqual(9_500_000);
  expect(files["index.js"]?.length).toBeLessThanOrEqual(500_000);
});

test("has a separate package for the upload API: one file without sharp, of less than 200 kB, that loads", async () => {
  const api = await buildUploadApi({ outDir: join(folder, "api") });
  const again = await buildUploadApi({ outDir: join(folder, "api") });
  const unpacked = join(folder, "unpacked-api");
  const entries: Record<string, Uint8Array> = Object.fromEntries(unzip(await readFile(api.file)));
  await mkdir(unpacked, { recursive: true });
  for (const [path, bytes] of Object.entries(entries)) await writeFile(join(unpacked, path), bytes);
  const settings = {
    UPLOAD_BUCKET: "u",
    PROCESSED_BUCKET: "p",
    RECORDS_TABLE: "r",
    MAX_IMAGE_BYTES: "1",
    LOG_LEVEL: "INFO",
  };
  const code = 'console.log(typeof require("./upload-api.js").handler)';

  const { stdout } = await run(process.execPath, ["-e", code], {
    cwd: unpacked,
    env: { ...settings, PATH: process.env.PATH ?? "", AWS_REGION: "us-east-1" },
  });

  expect(Object.keys(entries)).toEqual(["upload-api.js"]);
  expect(Buffer.from(entries["upload-api.js"] ?? []).toString()).not.toContain('require("sharp")');
  expect(api.bytes).toBeLessThan(200_000);
  expect([api.rebuilt, again.rebuilt]).toEqual([true, false]);
  expect(stdout.trim()).toBe("function");
});

test("loads, and makes a picture smaller by the sharp in the zip", async () => {
  const unpacked = join(folder, "unpacked");
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(unpacked, path)), { recursive: true });
    await writeFile(join(unpacked, path), bytes);
  }
  const code = `
    const { handler } = require("./index.js");
    const sharp = require("sharp");
    sharp({ create: { width: 40, height: 30, channels: 3, background: "red" } }).resize(20).webp().toBuffer()
      .then((bytes) => sharp(bytes).metadata())
      .then(({ format, width, height }) => console.log(JSON.stringify(
        [typeof handler, require.resolve("sharp").startsWith(process.cwd()), format, width, height])));`;
  const env = { ...exampleSettings(), PATH: process.env.PATH ?? "", AWS_REGION: "us-east-1" };

  const { stdout } = await run(process.execPath, ["-e", code], { cwd: unpacked, env });

  expect(JSON.parse(stdout)).toEqual(["function", true, "webp", 20, 15]);
});

test.each([
  [["--architecture", "mips"], /argument 'mips' is invalid\. Allowed choices are arm64, x86_64, host\.\n$/],
  [["--bogus"], /unknown option '--bogus'\n$/],
])("refuses the arguments %j in one line, with exit code 2", async (args, message) => {
  const ended = await runCommandHere("build", ...args);

  expect(ended).toEqual({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
  expect(ended.stderr.trim()).not.toContain("\n");
});
