/** The local S3, called with the real SDK. */
import { setTimeout as sleep } from "node:timers/promises";
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
  it("reports each object once, with its size and eTag, in the order of the sequencers", async () => {
    await put("a b/ü+%;.jpg");
    await put("second", Buffer.alloc(12 << 20));

    const [first, second] = await Promise.all(created);
    expect(created).toHaveLength(2);
    expect(first).toMatchObject({ bucket: "uploads", key: "a b/ü+%;.jpg", sizeBytes: 3, eTag: ABC, creation: "Put" });
    expect(second).toMatchObject({ key: "second", sizeBytes: 12 << 20 });
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Number.POSITIVE_INFINITY);
  });

  it.each([".", "..", "a/../b", "./c", "d//e/."])("keeps the key %s as it is", async (key) => {
    await storage.put("uploads", key, Buffer.from("abc"));

    expect(await Promise.all(created)).toMatchObject([{ bucket: "uploads", key, eTag: ABC }]);
    expect(await storage.get("uploads", key)).toMatchObject({ bytes: Buffer.from("abc") });
  });

  it("reports a completed multipart upload, and a copy", async () => {
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

  it("reports the caller and the IAM action of each call", async () => {
    await put("x");
    await client.send(new GetObjectCommand({ Bucket: "uploads", Key: "x", VersionId: "v" }));

    expect(calls).toEqual([
      { caller: "SOMEONE", action: "s3:PutObject", bucket: "uploads", key: "x" },
      { caller: "SOMEONE", action: "s3:GetObjectVersion", bucket: "uploads", key: "x" },
    ]);
  });

  it("returns the refusal of the intercept hook, and stores nothing", async () => {
    answer = Promise.resolve({ status: 403, code: "AccessDenied", message: "Access Denied" });

    await expect(put("denied")).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    await expect(storage.get("uploads", "denied")).rejects.toThrow("Expected status 200 for GET of denied but got 404");
    expect(created).toEqual([]);
  });

  it("can leave a call without a response", async () => {
    answer = new Promise(() => {});

    const abandoned = client.send(new GetObjectCommand({ Bucket: "uploads", Key: "x" }), {
      abortSignal: AbortSignal.timeout(100),
    });

    await expect(abandoned).rejects.toMatchObject({ name: "AbortError" });
  });

  it("reads every version of a versioned bucket, and refuses unknown ones", async () => {
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

  it("describes each of two objects that replace each other at once, in order, even if describing takes long", async () => {
    const objects: Promise<CreatedObject>[] = [];
    const described: number[] = [];
    const slow = await startStorage({
      buckets: ["versioned"],
      versioned: ["versioned"],
      // Only the first description is slow.
      intercept: async ({ action }) => {
        if (action === "s3:GetObject" && objects.length === 1) await sleep(100);
        return undefined;
      },
    });
    slow.subscribe((object) => {
      objects.push(object);
      void object.then(({ sizeBytes }) => described.push(sizeBytes));
    });
    try {
      await slow.put("versioned", "photo.jpg", Buffer.alloc(10));
      await slow.put("versioned", "photo.jpg", Buffer.alloc(20));
      await Promise.all(objects);

      expect(described).toEqual([10, 20]);
    } finally {
      await slow.stop();
    }
  });

  it("refuses a port in use", async () => {
    const port = Number(new URL(storage.endpointUrl).port);

    await expect(startStorage({ buckets: [], port })).rejects.toThrow(
      `Expected a free port for S3 but got ${port} (EADDRINUSE)`,
    );
  });
});
