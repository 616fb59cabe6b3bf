import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Upload } from "../../handler/src/keys";
import { pointSdkAt } from "./aws";

const SIZE_BYTES = 5_000_000;
const UPLOAD: Upload = { bucket: "uploads", key: "a.png", sizeBytes: SIZE_BYTES, eTag: "x", versionId: undefined };
const NEVER = new AbortController().signal;

/** An S3 that sends the first half of a body and then stalls. */
let s3: Server;
let answers: number;
let download: typeof import("../../handler/src/storage").download;
let store: typeof import("../../handler/src/storage").store;

beforeEach(async () => {
  s3 = createServer((_request, response) => {
    response.writeHead(200, { "content-length": SIZE_BYTES, "x-amz-checksum-sha256": "AAAA" });
    response.write(Buffer.alloc(SIZE_BYTES / 2));
    answers += 1;
    s3.emit("answered", response);
  });
  answers = 0;
  await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
  pointSdkAt({ s3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}` });
  jest.resetModules();
  ({ download, store } = require("../../handler/src/storage") as typeof import("../../handler/src/storage"));
});
afterEach(() => {
  s3.closeAllConnections();
  return new Promise((resolve) => s3.close(resolve));
});

const nextAnswer = async (): Promise<ServerResponse> => (await once(s3, "answered"))[0];

/** Waits for some turns of the event loop, in which an unhandled error would end the process. */
const settle = async () => {
  for (let turns = 0; turns < 10; turns++) await nextTurn();
};

it("closes the connection of a body that is longer than its event says, without an unhandled error", async () => {
  const closed = nextAnswer().then((answered) => once(answered, "close"));

  await expect(download({ ...UPLOAD, sizeBytes: 10 }, NEVER)).rejects.toThrow(
    "Expected 10 bytes for the body but got 5000000",
  );

  await closed;
  await settle();
  expect(answers).toBe(3);
});

it("tries a body that breaks off three times and reports a failure, not a corrupt image", async () => {
  s3.on("answered", (answered: ServerResponse) => setImmediate(() => answered.destroy()));

  await expect(download(UPLOAD, NEVER)).rejects.toMatchObject({ name: "Error", message: "aborted" });

  expect(answers).toBe(3);
});

it("stops reading a body when it is cancelled, without an unhandled error", async () => {
  const controller = new AbortController();
  const closed = nextAnswer().then((answered) => {
    controller.abort();
    return once(answered, "close");
  });

  await expect(download(UPLOAD, controller.signal)).rejects.toThrow();

  await closed;
  await settle();
  expect(answers).toBe(1);
});

it("stores nothing after it is cancelled", async () => {
  const image = { bytes: Buffer.from("x"), contentType: "image/png", extension: "png", widthPx: 1, heightPx: 1 };
  const making = { requestId: "request-1", processingMs: 1, signal: AbortSignal.abort() };

  const to = { bucket: "processed", cacheControl: "no-cache", tags: {} };

  await expect(store(to, UPLOAD, { ...image, name: "png", origin: "encoded" }, making)).rejects.toMatchObject({
    name: "AbortError",
  });

  expect(answers).toBe(0);
});
