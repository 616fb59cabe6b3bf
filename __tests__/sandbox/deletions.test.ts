/** Deleting uploads in the local run: the events that the function gets, and the variants that the real package deletes. */
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { drillStack } from "../../scripts/build/local-stack";
import { photo } from "../../scripts/faults/pictures";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";

let sandbox: Sandbox;
let s3: S3Client;

/** One local run for the tests of a group, each of which uploads different files. */
const useSandbox = (changes: Parameters<typeof drillStack>[1]): void => {
  beforeAll(async () => {
    sandbox = await startSandbox({ blueprint: readBlueprint(await drillStack("dev", changes)), retryDelaysMs: [1, 1] });
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
    s3 = new S3Client({ endpoint: sandbox.endpointUrl, region: "us-east-1", credentials, forcePathStyle: true });
  });

  afterAll(async () => {
    s3.destroy();
    await sandbox.stop();
  });
};

/** @returns keys of the variants of uploads in a folder */
const variants = async (folder: string): Promise<string[]> => {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: sandbox.processedBucket, Prefix: `${folder}/` }),
  );
  return Contents.map(({ Key = "" }) => Key);
};

/** @returns what the function logs of deletions in a folder */
const deletions = (folder: string) =>
  sandbox.logs.flatMap(({ text }) => {
    const { event, key, variants } = JSON.parse(text);
    return event === "variants.deleted" && key.startsWith(`${folder}/`) ? [{ key, variants }] : [];
  });

/** @returns the versions that the upload has had */
const upload = async (key: string, ...pictures: readonly Buffer[]): Promise<string[]> => {
  const versions: string[] = [];
  for (const picture of pictures) {
    await sandbox.upload(key, picture);
    await sandbox.settled();
    const { VersionId = "" } = await s3.send(new HeadObjectCommand({ Bucket: sandbox.uploadBucket, Key: key }));
    versions.push(VersionId);
  }
  return versions;
};

const deletesWithUpload = async (): Promise<void> => {
  await upload("trip/a b.jpg", await photo());
  await upload("trip/other.jpg", await photo());

  await sandbox.remove(sandbox.uploadBucket, "trip/a b.jpg");
  await sandbox.settled();

  expect(deletions("trip")).toEqual([{ key: "trip/a b.jpg", variants: 5 }]);
  expect((await variants("trip")).filter((key) => !key.startsWith("trip/other_"))).toEqual([]);
  expect(await variants("trip")).toHaveLength(5);
};

describe("with delete_variants_with_upload, a bucket with versions", () => {
  useSandbox({ delete_variants_with_upload: true, enable_s3_versioning: true });

  it("loses the variants with their upload", deletesWithUpload);

  it("loses the variants of one version that is deleted for good", async () => {
    const [old = "", current] = await upload("again/a.jpg", await photo(), await photo(48, 32));
    const target = { Bucket: sandbox.uploadBucket, Key: "again/a.jpg" };

    await s3.send(new DeleteObjectCommand({ ...target, VersionId: old }));
    await sandbox.settled();

    expect(deletions("again")).toEqual([{ key: "again/a.jpg", variants: 5 }]);
    expect(await variants("again")).toHaveLength(5);
    const gone = s3.send(new HeadObjectCommand({ ...target, VersionId: old }));
    await expect(gone).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    expect((await s3.send(new HeadObjectCommand(target))).VersionId).toBe(current);
  });

  it("keeps the variants of uploads that the sandbox forgets", async () => {
    await upload("forgotten/a.jpg", await photo());

    await sandbox.erase(sandbox.uploadBucket, "forgotten/a.jpg");
    await sandbox.settled();

    expect([deletions("forgotten"), (await variants("forgotten")).length]).toEqual([[], 5]);
  });
});

describe("with delete_variants_with_upload, a bucket without versions", () => {
  useSandbox({ delete_variants_with_upload: true, enable_s3_versioning: false });

  it("loses the variants with their upload", deletesWithUpload);
});

describe("without delete_variants_with_upload, a bucket", () => {
  useSandbox({});

  it("keeps the variants", async () => {
    await upload("kept/a.jpg", await photo());
    await sandbox.remove(sandbox.uploadBucket, "kept/a.jpg");
    await sandbox.settled();

    expect([deletions("kept"), (await variants("kept")).length]).toEqual([[], 5]);
  });
});
