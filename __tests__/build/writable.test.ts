/** A folder that cannot be written to is reported before any work. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildHandler } from "../../scripts/build/handler-package";
import { synth } from "../../scripts/build/synth";
import { requireWritable } from "../../scripts/build/writable";

const folder = mkdtempSync(join(tmpdir(), "writable-"));
const file = join(folder, "file");
writeFileSync(file, "");

afterAll(() => rmSync(folder, { recursive: true }));

const message = (path: string) =>
  `Expected a folder that can be written to for ${path} but got ENOTDIR: this command saves its results there`;

it("is made where it does not exist, and left empty", async () => {
  await requireWritable(join(folder, "new/deep"));

  expect(readdirSync(join(folder, "new/deep"))).toEqual([]);
});

it("is refused by the build of a package and by the synthesis, before they read anything", async () => {
  const below = join(file, "below");
  process.env.CDKTF_OUTDIR = below;

  await expect(buildHandler({ target: "host", outDir: below, force: true })).rejects.toThrow(message(below));
  await expect(synth()).rejects.toThrow(message(below));
  delete process.env.CDKTF_OUTDIR;
});
