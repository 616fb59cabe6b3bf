/** `npm start` as a person runs it: what it prints, and its exit codes. */

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runIn } from "./run";

const ROOT = join(__dirname, "../..");
const SMALL_SAMPLE = join(ROOT, "scripts/images/samples/moonlight.bmp");
const folder = mkdtempSync(join(tmpdir(), "start-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

const start = (...args: string[]) => runIn({ INIT_CWD: folder }, "start", ...args);

describe("npm start with a folder of good and bad files", () => {
  let ended: Ended;

  beforeAll(async () => {
    for (const each of ["mixed/deep", "mixed/taken", "mixed-out"]) mkdirSync(join(folder, each), { recursive: true });
    writeFileSync(join(folder, "mixed/empty.png"), "");
    writeFileSync(join(folder, "mixed/deep/fake.jpg"), "GIF89a, it says");
    writeFileSync(join(folder, "mixed/.hidden"), "not looked at");
    copyFileSync(SMALL_SAMPLE, join(folder, "mixed/free.bmp"));
    copyFileSync(SMALL_SAMPLE, join(folder, "mixed/taken/one.bmp"));
    writeFileSync(join(folder, "mixed-out/taken"), "a file in the place of the folder");

    ended = await start("mixed", "--out", "mixed-out");
  }, 180_000);

  it("exits with 1 and gives the reason of each file that is refused", () => {
    const { code, stdout } = ended;

    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ deep\/fake\.jpg {2}unsupported-format: .*GIF$/m);
    expect(stdout).toMatch(/^✗ empty\.png {2}empty: .*0 bytes$/m);
    expect(stdout).not.toContain("hidden");
    expect(stdout.match(/^ {2}would alert: .*$/gm)).toEqual(["  would alert: log-errors -> critical-alerts"]);
    expect(stdout).toContain("Log lines at WARN and above");
  });

  it("prints a table of the variants of each picture, and the metrics", () => {
    const { stdout } = ended;

    const rows = [
      ...stdout.matchAll(/^ {2}(\w+) +free_(\w+)_[0-9a-f]{8}\.(\w+) +(\w+) +\d+ x \d+ +[\d,]+ +[\d.,]+ +[\d,]+$/gm),
    ];
    expect(rows.map(([, variant, inKey, extension, format]) => [variant, inKey, extension, format])).toEqual([
      ["compressed", "compressed", "jpg", "jpeg"],
      ["low", "low", "jpg", "jpeg"],
      ["png", "png", "png", "png"],
      ["thumbnail", "thumbnail", "jpg", "jpeg"],
      ["webp", "webp", "webp", "webp"],
    ]);
    expect(stdout).toMatch(/ImageProcessor\/Lambda ProcessingSuccess +Count +2 +2 +1 +1/);
    expect(readdirSync(join(folder, "mixed-out")).filter((name) => name.startsWith("free_"))).toHaveLength(5);
  });

  it("fails for the file whose variants cannot be saved, and continues with the others", () => {
    const { stdout } = ended;

    expect(stdout).toMatch(/^✓ free\.bmp/m);
    expect(stdout).toMatch(/^✗ taken\/one\.bmp {2}a variant cannot be saved: (EEXIST|ENOTDIR): /m);
    expect(stdout).toMatch(/^5 variants of this run are in mixed-out$/m);
  });
});

describe("npm start", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [["nope.jpg"],             "error: nope.jpg does not exist (samples are in scripts/images/samples)\n"],
    [["nothing-here"],         "error: Expected at least one file for nothing-here but got an empty folder\n"],
    [["--frob"],               "error: unknown option '--frob'\n"],
    [["--port", "x"],          'error: Expected a whole number from 1 to 65535 for --port but got "x"\n'],
    [["--out", "/proc/x", "."], "error: Expected a folder that can be written to for --out but got /proc/x (ENOENT)\n"],
  ])("refuses %j with one line and exit code 2", async (args, message) => {
    mkdirSync(join(folder, "nothing-here"), { recursive: true });

    expect(await start(...args)).toEqual({ code: 2, stdout: "", stderr: message });
  });
});
