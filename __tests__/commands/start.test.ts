/** `npm start` as a person runs it: what it prints, and its exit codes. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";
import { runIn } from "./run";

const ROOT = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "start-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

const start = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...RUN_TYPESCRIPT, "scripts/commands/start.ts", ...args],
    {
      cwd: ROOT,
      env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1" },
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  return { status, stdout, stderr };
};

describe("npm start", () => {
  it("prints a table of the variants, the metrics and where the outputs are", () => {
    const { status, stdout, stderr } = start(join(ROOT, "scripts/images/samples/evening-lake.webp"), "--out", "made");

    expect([status, stderr]).toEqual([0, ""]);
    const rows = [
      ...stdout.matchAll(
        /^ {2}(\w+) +evening-lake_(\w+)_[0-9a-f]{8}\.(\w+) +(\w+) +\d+ x \d+ +[\d,]+ +[\d.,]+ +[\d,]+$/gm,
      ),
    ];
    expect(rows.map(([, variant, inKey, extension, format]) => [variant, inKey, extension, format])).toEqual([
      ["compressed", "compressed", "jpg", "jpeg"],
      ["low", "low", "jpg", "jpeg"],
      ["png", "png", "png", "png"],
      ["thumbnail", "thumbnail", "jpg", "jpeg"],
      ["webp", "webp", "webp", "webp"],
    ]);
    expect(stdout).toMatch(/^✓ evening-lake\.webp {2}webp \d+ x \d+, [\d,]+ bytes, processed in [\d,]+ ms$/m);
    expect(stdout).toMatch(/ImageProcessor\/Lambda ProcessingSuccess +Count +1 +1 +1 +1/);
    expect(stdout).toMatch(/^5 variants are in made$/m);
    expect(readdirSync(join(folder, "made"))).toHaveLength(5);
  }, 60_000);

  it("exits with 1 and gives the reason of each file that is refused", () => {
    mkdirSync(join(folder, "mixed/deep"), { recursive: true });
    writeFileSync(join(folder, "mixed/empty.png"), "");
    writeFileSync(join(folder, "mixed/deep/fake.jpg"), "GIF89a, it says");
    writeFileSync(join(folder, "mixed/.hidden"), "not looked at");

    const { status, stdout } = start("mixed", "--out", "mixed-out");

    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ deep\/fake\.jpg {2}unsupported-format: .*GIF$/m);
    expect(stdout).toMatch(/^✗ empty\.png {2}empty: .*0 bytes$/m);
    expect(stdout).not.toContain("hidden");
    expect(stdout).toContain("Log lines at WARN and above");
  }, 60_000);

  it("without a file takes the samples, then whatever comes to its S3, until Ctrl-C", async () => {
    const child = spawn(process.execPath, [...RUN_TYPESCRIPT, "scripts/commands/start.ts", "--out", "demo"], {
      cwd: ROOT,
      env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1", TMPDIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    const seen = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(printed);
        if (match) return match;
        const [chunk] = await once(child.stdout, "data");
        printed += chunk;
      }
    };

    const [, bucket, endpoint] = await seen(/aws s3 cp photo\.jpg s3:\/\/(\S+)\/ --endpoint-url (\S+)\n/);
    const body = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await fetch(`${endpoint}/${bucket}/late/extra.png`, { method: "PUT", body: new Uint8Array(body) });
    await seen(/✓ late\/extra\.png/);
    child.kill("SIGINT");
    const [exitCode] = await once(child, "exit");

    const samples = readdirSync(join(ROOT, "scripts/images/samples"));
    expect([...printed.matchAll(/^✓ (\S+)/gm)].map(([, key]) => key)).toEqual([...samples, "late/extra.png"]);
    expect(readdirSync(join(folder, "demo/late"))).toHaveLength(5);
    expect(exitCode).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("sandbox-"))).toEqual([]);
    await expect(fetch(String(endpoint))).rejects.toThrow("fetch failed");
  }, 60_000);

  // biome-ignore format: a table is read down its columns
  it.each([
    [["nope.jpg"],             "error: Expected a file or folder for nope.jpg but got nothing\n"],
    [["nothing-here"],         "error: Expected at least one file for nothing-here but got an empty folder\n"],
    [["--frob"],               "error: unknown option '--frob'\n"],
    [["--port", "x"],          'error: Expected a whole number from 1 to 65535 for --port but got "x"\n'],
    [["--out", "/proc/x", "."], "error: Expected a folder that can be written to for --out but got /proc/x (ENOENT)\n"],
  ])("refuses %j with one line and exit code 2", async (args, message) => {
    mkdirSync(join(folder, "nothing-here"), { recursive: true });

    expect(await runIn({ INIT_CWD: folder }, "start", ...args)).toEqual({ code: 2, stdout: "", stderr: message });
  });
});
