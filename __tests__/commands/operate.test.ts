/** `npm run smoke`, `logs` and `console`, against a local run of the real package. */
import { stripVTControlCharacters } from "node:util";
import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { logGroupOf } from "../../scripts/aws/account-log";
import { clientsFor } from "../../scripts/aws/clients";
import { outcomeOf } from "../../scripts/aws/smoke-outcomes";
import { devStack } from "../../scripts/build/local-stack";
import { photo } from "../../scripts/faults/pictures";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { committed } from "../modules/synthesized";
import { run, start } from "./run";

let sandbox: Sandbox;
let s3: S3Client;
/** While true, S3 denies the function to read uploads: quicker than to deny the variants, which it would make first. */
let isDenied = false;

beforeAll(async () => {
  sandbox = await startSandbox({
    blueprint: readBlueprint(await devStack()),
    retryDelaysMs: [1, 1],
    intercept: async ({ caller, action }) =>
      isDenied && caller === "FUNCTION" && action.startsWith("s3:GetObject")
        ? { status: 403, code: "AccessDenied", message: "Access Denied" }
        : undefined,
  });
  s3 = clientsFor("us-east-1", sandbox.endpointUrl).s3;
});

afterAll(() => sandbox.stop());

const keysIn = async (Bucket: string): Promise<unknown[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};

describe("npm run smoke", () => {
  it("exits with 1 if variants are missing, and deletes what it has uploaded", async () => {
    isDenied = true;
    const args = ["--json", "--no-refusal", "--wait", "1", "--endpoint-url", sandbox.endpointUrl];
    const { code, stdout } = await run("smoke", "dev", ...args);
    await sandbox.settled();
    isDenied = false;

    const { outcomes } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(outcomes).toHaveLength(5);
    for (const { passed, result } of outcomes)
      expect([passed, result.slice(0, 22)]).toEqual([false, "0 of 5 variants in 1 s"]);
    expect(await keysIn(sandbox.uploadBucket)).toEqual([]);
  });

  it("shows what the log says about an upload without variants", async () => {
    const upload = { key: "smoke/denied.jpg", bytes: await photo() };
    isDenied = true;
    await sandbox.upload(upload.key, upload.bytes);
    await sandbox.settled();
    isDenied = false;

    const group = logGroupOf(clientsFor("us-east-1", sandbox.endpointUrl).logs, await committed("dev"));
    const round = {
      ...{ s3, prefix: "", concurrency: 1, waitMs: 1_000, signal: new AbortController().signal },
      buckets: { upload: "", processed: "" },
      variants: DEFAULT_VARIANTS,
    };
    const outcome = await outcomeOf(upload, { key: upload.key, variants: {} }, { group, sinceMs: 0 }, round);
    await s3.send(new DeleteObjectCommand({ Bucket: sandbox.uploadBucket, Key: upload.key }));

    expect(outcome).toEqual({
      key: upload.key,
      passed: false,
      result: "0 of 5 variants in 1 s; storage.denied: Access Denied",
    });
  });

  it("refuses an account without the environment's buckets", async () => {
    const { code, stderr } = await run("smoke", "prod", "--yes-smoke", "prod", "--endpoint-url", sandbox.endpointUrl);

    expect([code, stderr]).toEqual([
      1,
      "error: prod is not deployed to us-east-1 of this account, or only in part: there is no bucket image-processor-prod-upload-*. Run npm run deploy -- prod\n",
    ]);
  });
});

describe("npm run load", () => {
  it("stops after ten uploads without variants, and counts their errors in the log", async () => {
    isDenied = true;
    const args = ["--count", "40", "--concurrency", "5", "--megapixels", "1", "--wait", "1", "--json"];
    const { code, stdout } = await run("load", "dev", ...args, "--endpoint-url", sandbox.endpointUrl);
    await sandbox.settled();
    isDenied = false;

    const { uploads, arrived, errors } = JSON.parse(stdout);
    expect([code, arrived]).toEqual([1, 0]);
    expect(uploads).toBeGreaterThanOrEqual(10);
    expect(uploads).toBeLessThan(20);
    expect(Object.keys(errors)).toEqual(["storage.denied"]);
  });

  it.each([
    ["load", ["--yes-load", "dev"], '--yes-load but got "dev": this uploads photos to'],
    ["load", [], "--yes-load but got nothing: this uploads photos to"],
    ["smoke", [], "--yes-smoke but got nothing: this uploads samples to"],
  ])("%s refuses %j for a protected environment", async (verb, args, message) => {
    const { code, stderr } = await run(verb, "staging", ...args);

    expect([code, stderr]).toEqual([
      2,
      `error: Expected staging for ${message} staging, which is protected: its alarms may fire\n`,
    ]);
  });
});

describe("npm run logs", () => {
  it("shows the lines of one upload with their fields", async () => {
    await sandbox.upload("album/fake.jpg", Buffer.from("no picture"));
    await sandbox.settled();

    const { code, stdout } = await run("logs", "dev", "--key", "album/*", "--endpoint-url", sandbox.endpointUrl);

    expect(code).toBe(0);
    const lines = stripVTControlCharacters(stdout).trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/^\S+Z {2}\w{8} {2}/, ""))).toEqual([
      "INFO     image.received  key=album/fake.jpg sizeBytes=10",
      expect.stringMatching(
        /^ERROR {4}image\.refused {2}key=album\/fake\.jpg reason=not-an-image detail=Expected JPEG/,
      ),
    ]);
  });

  it("shows only errors, as they are in the log", async () => {
    const { stdout } = await run("logs", "dev", "--errors", "--json", "--endpoint-url", sandbox.endpointUrl);

    const levels = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).level);
    expect(new Set(levels)).toEqual(new Set(["ERROR", undefined]));
  });

  it("follows until it is interrupted, and prints each line once", async () => {
    const { child, ended } = start("logs", "dev", "--follow", "--key", "late/*", "--endpoint-url", sandbox.endpointUrl);
    const printed = new Promise((resolve) => child.stdout?.once("data", resolve));
    await sandbox.upload("late/fake.jpg", Buffer.from("no picture"));
    await printed;
    child.kill("SIGINT");

    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout.match(/image\.received/g)).toHaveLength(1);
  });

  it("says so if no line matches", async () => {
    const { code, stdout, stderr } = await run("logs", "dev", "--key", "other", "--endpoint-url", sandbox.endpointUrl);

    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^No matching line in \/aws\/lambda\/image-processor-dev-processor since \d{4}-/);
  });

  it.each([["10 minutes", 'error: Expected a time such as 30s, 10m, 2h or 1d for --since but got "10 minutes"\n']])(
    "refuses %j for --since",
    async (since, message) => {
      expect(await run("logs", "dev", "--since", since)).toEqual({ code: 2, stdout: "", stderr: message });
    },
  );
});

describe("the address of npm start", () => {
  it.each([["doctor"], ["alarms", "list"]])("is no account for %s", async (verb, ...args) => {
    const { code, stderr } = await run(verb, "dev", ...args, "--endpoint-url", sandbox.endpointUrl);

    expect([code, stderr]).toEqual([
      2,
      `error: Expected an account or an AWS emulator for --endpoint-url but got ${sandbox.endpointUrl}, which is npm start: it has buckets and a log for smoke, load and logs, but no alarms\n`,
    ]);
  });
});

describe("npm run links", () => {
  it("gives the dashboard first, as the stack's output does", async () => {
    const { code, stdout } = await run("links", "dev", "--json");

    expect(code).toBe(0);
    expect(Object.entries(JSON.parse(stdout))[0]).toEqual([
      "dashboard",
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards:name=image-processor-dev-processor-monitoring",
    ]);
  });
});
