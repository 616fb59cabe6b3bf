/** `npm run smoke` and `npm run load` with large pictures, against a local run of the real package. */
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { clientsFor } from "../../scripts/aws/clients";
import { devStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { run } from "./run";

let sandbox: Sandbox;
let s3: S3Client;

beforeAll(async () => {
  sandbox = await startSandbox({ blueprint: readBlueprint(await devStack()) });
  s3 = clientsFor("us-east-1", sandbox.endpointUrl).s3;
});

afterAll(() => sandbox.stop());

const keysIn = async (Bucket: string): Promise<unknown[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};

const SAMPLES = [
  "balloon-transparent.png",
  "evening-lake.webp",
  "moonlight.bmp",
  "noon-scan.tiff",
  "sunrise-sideways.jpg",
];

describe("npm run smoke", () => {
  it("finds the variants of every format and the refusal, and deletes what it has uploaded", async () => {
    const { code, stdout, stderr } = await run("smoke", "dev", "--endpoint-url", sandbox.endpointUrl);

    expect([code, stderr]).toEqual([0, ""]);
    const rows = [...stdout.matchAll(/^(.) (\S+) +\d+ ms {2}(.*)$/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual([
      ...SAMPLES.map((name) => ["✓", name, "5 variants"]),
      ["✓", "not-a-photo.jpg", "refused: not-an-image"],
    ]);
    expect([await keysIn(sandbox.uploadBucket), await keysIn(sandbox.processedBucket)]).toEqual([[], []]);
  });
});

describe("npm run load", () => {
  it("reports times, invocations and cost, and deletes what it has uploaded", async () => {
    const args = ["--count", "6", "--concurrency", "3", "--megapixels", "1", "--json"];
    const { code, stdout } = await run("load", "dev", ...args, "--endpoint-url", sandbox.endpointUrl);

    const { endToEndMs, processingMs, usage, costUsd, ...report } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({ uploads: 6, arrived: 6, errors: {}, throttles: 0 });
    expect(usage).toMatchObject({ invocations: 6, coldStarts: 0 });
    // At us-east-1's prices: 36 PUTs, 6 GETs, 6 requests and as many calls of PutMetricData, and 1 GB on arm64 for the time.
    const fixedUsd = 36 * 5e-6 + 6 * (0.4e-6 + 0.2e-6 + 10e-6);
    expect(costUsd).toBeCloseTo(fixedUsd + (usage.billedMs / 1000) * 0.0000133334, 9);
    expect(processingMs.p50).toBeLessThanOrEqual(processingMs.p99);
    expect(endToEndMs.max).toBeGreaterThan(processingMs.p50);
    expect([await keysIn(sandbox.uploadBucket), await keysIn(sandbox.processedBucket)]).toEqual([[], []]);
  });
});
