/** The local S3, asked by the real SDK. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import type { CreatedObject } from "../../scripts/sandbox/s3-events";
import { type Storage, startStorage } from "../../scripts/sandbox/storage";

const created: Promise<CreatedObject>[] = [];
const calls: ApiCall[] = [];
let answer: Promise<ApiRefusal | undefined>;
let storage: Storage;
let client: S3Client;

beforeAll(async () => {
  storage = await startStorage({
    buckets: ["uploads", "versioned"],
    versioned: ["versioned"],
    intercept: (call) => {
      if (call.caller !== "SOMEONE") return Promise.resolve(undefined);
      calls.push(call);
      return answer;
    },
  });
  storage.subscribe((object) => created.push(object));
  client = new S3Client({
    endpoint: storage.endpointUrl,
    region: "us-east-1",
    credentials: { accessKeyId: "SOMEONE", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await storage.stop();
});

beforeEach(() => {
  answer = Promise.resolve(undefined);
  created.length = 0;
  calls.length = 0;
});

const ABC = "900150983cd24fb0d6963f7d28e17f72";
const put = (Key: string, Body: string | Buffer = "abc") =>
  client.send(new PutObjectCommand({ Bucket: "uploads", Key, Body }));

describe("the local S3", () => {
  it("tells once of every object, with its size and eTag, in the order of their sequencers", async () => {
    await put("a b/ü+%;.jpg");
    await put("second", Buffer.alloc(12 << 20));

    const [first, second] = await Promise.all(created);
    expect(created).toHaveLength(2);
    expect(first).toMatchObject({ bucket: "uploads", key: "a b/ü+%;.jpg", sizeBytes: 3, eTag: ABC, creation: "Put" });
    expect(second).toMatchObject({ key: "second", sizeBytes: 12 << 20 });
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Number.POSITIVE_INFINITY);
  });

  it("tells of a multipart upload when it is complete, and of a copy", async () => {
    const target = { Bucket: "uploads", Key: "parts.bin" };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const sizes = [5 << 20, 3];
    const Parts = await Promise.all(
      sizes.map(async (size, i) => {
        const part = { ...target, UploadId, PartNumber: i + 1, Body: Buffer.alloc(size) };
        const { ETag } = await client.send(new UploadPartCommand(part));
        return { ETag, PartNumber: i + 1 };
      }),
    );
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    await client.send(new CopyObjectCommand({ ...target, Key: "copy.bin", CopySource: "uploads/parts.bin" }));

    expect((await Promise.all(created)).map(({ key, creation, sizeBytes }) => [key, creation, sizeBytes])).toEqual([
      ["parts.bin", "CompleteMultipartUpload", (5 << 20) + 3],
      ["copy.bin", "Copy", (5 << 20) + 3],
    ]);
    expect((await Promise.all(created))[0]?.eTag).toMatch(/^[0-9a-f]{32}-2$/);
  });

  it("names who calls and what for, as IAM does", async () => {
    await put("x");
    await client.send(new GetObjectCommand({ Bucket: "uploads", Key: "x", VersionId: "v" }));

    expect(calls).toEqual([
      { caller: "SOMEONE", action: "s3:PutObject", bucket: "uploads", key: "x" },
      { caller: "SOMEONE", action: "s3:GetObjectVersion", bucket: "uploads", key: "x" },
    ]);
  });

  it("refuses what it is told to refuse, and nothing is stored", async () => {
    answer = Promise.resolve({ status: 403, code: "AccessDenied", message: "Access Denied" });

    await expect(put("denied")).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    await expect(storage.get("uploads", "denied")).rejects.toThrow("Expected status 200 for GET of denied but got 404");
    expect(created).toEqual([]);
  });

  it("can keep silent", async () => {
    answer = new Promise(() => {});

    const abandoned = client.send(new GetObjectCommand({ Bucket: "uploads", Key: "x" }), {
      abortSignal: AbortSignal.timeout(100),
    });

    await expect(abandoned).rejects.toMatchObject({ name: "AbortError" });
  });

  it("reads every version for ever, where a bucket keeps them, and knows no others", async () => {
    const target = { Bucket: "versioned", Key: "a b/ü.txt" };
    for (const Body of ["old", "new", "new"]) await client.send(new PutObjectCommand({ ...target, Body }));
    await storage.remove("versioned", target.Key);
    const versions = (await Promise.all(created)).map(({ versionId }) => versionId);

    const bodies = versions.map(async (VersionId) => {
      const { Body } = await client.send(new GetObjectCommand({ ...target, VersionId }));
      return Body?.transformToString();
    });
    const unknown = client.send(new GetObjectCommand({ ...target, VersionId: "unknown" }));

    expect(await Promise.all(bodies)).toEqual(["old", "new", "new"]);
    expect(new Set(versions).size).toBe(3);
    await expect(unknown).rejects.toMatchObject({ name: "NoSuchVersion" });
  });

  it("refuses a port that is taken", async () => {
    const port = Number(new URL(storage.endpointUrl).port);

    await expect(startStorage({ buckets: [], port })).rejects.toThrow(
      `Expected a port that is free for S3 but got ${port} (EADDRINUSE)`,
    );
  });
});
