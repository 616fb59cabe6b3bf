import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Upload } from "../../handler/src/keys";
import { pointSdkAt } from "./aws";

const UPLOAD: Upload = { bucket: "uploads", key: "a.png", sizeBytes: 10, eTag: "x", versionId: undefined };
const SIZE_BYTES = 5_000_000;

/** An S3 that sends the first half of a body and then holds still. */
let s3: Server;
let response: Promise<ServerResponse>;
let download: typeof import("../../handler/src/storage").download;

beforeEach(async () => {
  s3 = createServer((_request, response) => {
    response.writeHead(200, { "content-length": SIZE_BYTES, "x-amz-checksum-sha256": "AAAA" });
    response.write(Buffer.alloc(SIZE_BYTES / 2));
    s3.emit("answered", response);
  });
  response = once(s3, "answered").then(([answered]) => answered);
  await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
  pointSdkAt({ s3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}` });
  jest.resetModules();
  ({ download } = require("../../handler/src/storage") as typeof import("../../handler/src/storage"));
});
afterEach(() => {
  s3.closeAllConnections();
  return new Promise((resolve) => s3.close(resolve));
});

it("hangs up on a body that is too large, and no stray error follows", async () => {
  const closed = response.then((answered) => once(answered, "close"));

  await expect(download(UPLOAD, 100)).rejects.toMatchObject({
    reason: "too-many-bytes",
    message: "Expected at most 100 bytes for the file but got 5000000",
  });

  await closed;
  for (let turns = 0; turns < 10; turns++) await nextTurn();
});

it("takes a body that breaks off for a fault, not for a corrupt image", async () => {
  void response.then((answered) => answered.destroy());

  await expect(download(UPLOAD, SIZE_BYTES)).rejects.toMatchObject({ name: "Error", message: "aborted" });
});
