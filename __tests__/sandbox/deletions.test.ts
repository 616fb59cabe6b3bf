/** Deleting uploads in the local run: the events that the function gets, and the variants that the real package deletes. */
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { drillStack } from "../../scripts/build/local-stack";
import { photo } from "../../scripts/faults/pictures";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";

let sandbox: Sandbox;
let s3: S3Client;

const start = async (changes: Parameters<typeof drillStack>[1]): Promise<void> => {
  sandbox = await startSandbox({ blueprint: readBlueprint(await drillStack("dev", changes)), retryDelaysMs: [1, 1] });
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  s3 = new S3Client({ endpoint: sandbox.endpointUrl, region: "us-east-1", credentials, forcePathStyle: true });
};

afterEach(async () => {
  s3.destroy();
  await sandbox.stop();
});

const variants = async (): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: sandbox.processedBucket }));
  return Contents.map(({ Key = "" }) => Key);
};

const deletions = () =>
  sandbox.logs.flatMap(({ text }) => {
    const { event, key, variants } = JSON.parse(text);
    return event === "variants.deleted" ? [{ key, variants }] : [];
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

it.each([true, false])("deletes the variants with their upload; with versions: %s", async (enable_s3_versioning) => {
  await start({ delete_variants_with_upload: true, enable_s3_versioning });
  await upload("trip/a b.jpg", await photo());
  await upload("trip/other.jpg", await photo());

  await sandbox.remove(sandbox.uploadBucket, "trip/a b.jpg");
  await sandbox.settled();

  expect(deletions()).toEqual([{ key: "trip/a b.jpg", variants: 5 }]);
  expect((await variants()).filter((key) => !key.startsWith("trip/other_"))).toEqual([]);
  expect(await variants()).toHaveLength(5);
});

it("deletes the variants of one version that is deleted for good", async () => {
  await start({ delete_variants_with_upload: true });
  const [old = "", current] = await upload("a.jpg", await photo(), await photo(48, 32));
  const target = { Bucket: sandbox.uploadBucket, Key: "a.jpg" };

  await s3.send(new DeleteObjectCommand({ ...target, VersionId: old }));
  await sandbox.settled();

  expect(deletions()).toEqual([{ key: "a.jpg", variants: 5 }]);
  expect(await variants()).toHaveLength(5);
  const gone = s3.send(new HeadObjectCommand({ ...target, VersionId: old }));
  await expect(gone).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  expect((await s3.send(new HeadObjectCommand(target))).VersionId).toBe(current);
});

it("keeps the variants by default, and those of uploads that the sandbox forgets", async () => {
  await start({ delete_variants_with_upload: true });
  await upload("a.jpg", await photo());

  await sandbox.erase(sandbox.uploadBucket, "a.jpg");
  await sandbox.settled();
  const afterErasing = await variants();
  await sandbox.stop();
  await start({});
  await upload("a.jpg", await photo());
  await sandbox.remove(sandbox.uploadBucket, "a.jpg");
  await sandbox.settled();

  expect([afterErasing.length, (await variants()).length]).toEqual([5, 5]);
  expect(deletions()).toEqual([]);
});
