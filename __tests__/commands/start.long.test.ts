/** `npm start` as a separate process, until Ctrl-C. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";
import { run, runIn } from "./run";

const ROOT = join(__dirname, "../..");
const SMALL_SAMPLE = join(ROOT, "scripts/images/samples/moonlight.bmp");
const folder = mkdtempSync(join(tmpdir(), "start-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** As a separate process. */
const spawned = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...RUN_TYPESCRIPT, "scripts/commands/start.ts", ...args],
    {
      cwd: ROOT,
      env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1", NOTICE_AFTER_MS: "1e6" },
      encoding: "utf8",
      timeout: 180_000,
    },
  );
  return { code: status, stdout, stderr };
};

const start = (...args: string[]) => runIn({ INIT_CWD: folder }, "start", ...args);

describe("npm start", () => {
  it("prints a table of the variants, the metrics and where the outputs are", () => {
    const { code, stdout, stderr } = spawned(SMALL_SAMPLE, "--out", "made");

    expect([code, stderr]).toEqual([0, ""]);
    const rows = [
      ...stdout.matchAll(
        /^ {2}(\w+) +moonlight_(\w+)_[0-9a-f]{8}\.(\w+) +(\w+) +\d+ x \d+ +[\d,]+ +[\d.,]+ +[\d,]+$/gm,
      ),
    ];
    expect(rows.map(([, variant, inKey, extension, format]) => [variant, inKey, extension, format])).toEqual([
      ["compressed", "compressed", "jpg", "jpeg"],
      ["low", "low", "jpg", "jpeg"],
      ["png", "png", "png", "png"],
      ["thumbnail", "thumbnail", "jpg", "jpeg"],
      ["webp", "webp", "webp", "webp"],
    ]);
    expect(stdout).toMatch(/^✓ moonlight\.bmp {2}bmp \d+ x \d+, [\d,]+ bytes, processed in [\d,]+ ms$/m);
    expect(stdout).toMatch(/ImageProcessor\/Lambda ProcessingSuccess +Count +1 +1 +1 +1/);
    expect(stdout).toMatch(/^5 variants of this run are in made$/m);
    expect(readdirSync(join(folder, "made"))).toHaveLength(5);
  }, 180_000);

  it("saves variants under any key, shortens names that are too long for a file, and names what it skips", async () => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const long = "x".repeat(240);
    mkdirSync(join(folder, "odd/deep"), { recursive: true });
    for (const name of ["a b+c%20?#.png", "ü.png", `${long}.png`, "deep/\\q'.png"])
      writeFileSync(join(folder, "odd", name), picture);
    symlinkSync("ü.png", join(folder, "odd/link.png"));
    symlinkSync("deep", join(folder, "odd/folder"));
    symlinkSync("nowhere", join(folder, "odd/broken"));

    const { code, stdout, stderr } = await start("odd", "--out", "odd-out");

    expect(stderr.split("\n").sort()).toEqual([
      "",
      "skipped: odd/broken is a broken link",
      "skipped: odd/folder is a link to a folder",
    ]);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^✓ (.*?) {2}png/gm)].map(([, key]) => key)).toEqual([
      "a b+c%20?#.png",
      "deep/\\q'.png",
      "link.png",
      `${long}.png`,
      "ü.png",
    ]);
    const files = readdirSync(join(folder, "odd-out"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => file.endsWith(".webp")).sort()).toEqual([
      expect.stringMatching(/^a b\+c%20\?#_webp_\w{8}\.webp$/),
      expect.stringMatching(/^deep\/\\q'_webp_\w{8}\.webp$/),
      expect.stringMatching(/^link_webp_\w{8}\.webp$/),
      expect.stringMatching(/^x+_?~\w{8}\.webp$/),
      expect.stringMatching(/^ü_webp_\w{8}\.webp$/),
    ]);
  }, 180_000);

  it("prints the address of the upload API, which answers, and the command that uploads there", async () => {
    const child = spawn(process.execPath, [...RUN_TYPESCRIPT, "scripts/commands/start.ts", "--env", "prod"], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1", NOTICE_AFTER_MS: "1e6" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    while (!/ --api-url \S+\n/.test(printed)) printed += (await once(child.stdout, "data"))[0];
    const [, url] = /^The upload API listens at (http:\/\/127\.0\.0\.1:\d+):$/m.exec(printed) ?? [];
    const { status } = await fetch(`${url}/uploads`, { method: "POST" });
    child.kill("SIGINT");
    const [exitCode] = await once(child, "exit");

    expect(printed).toContain(
      `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local npm run upload -- prod photo.jpg --api-url ${url}\n`,
    );
    expect([status, exitCode]).toEqual([403, 0]);
  }, 180_000);

  it("without a file processes the samples, then each upload to its S3, until Ctrl-C", async () => {
    const child = spawn(
      process.execPath,
      [...RUN_TYPESCRIPT, "scripts/commands/start.ts", "--no-console", "--out", "demo"],
      {
        cwd: ROOT,
        env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1", NOTICE_AFTER_MS: "1e6", TMPDIR: folder },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
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
    const asked = await run("alarms", "dev", "list", "--endpoint-url", String(endpoint));
    child.kill("SIGINT");
    const [exitCode] = await once(child, "exit");

    const samples = readdirSync(join(ROOT, "scripts/images/samples"));
    expect([...printed.matchAll(/^✓ (\S+)/gm)].map(([, key]) => key)).toEqual([...samples, "late/extra.png"]);
    expect(readdirSync(join(folder, "demo/late"))).toHaveLength(5);
    expect(exitCode).toBe(0);
    expect(asked).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("which is npm start"),
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("sandbox-"))).toEqual([]);
    await expect(fetch(String(endpoint))).rejects.toThrow("fetch failed");
  }, 180_000);
});
