/** The measured process: downloads a picture from a slow store, makes its variants and stores them, in one of two ways. */

import type { Limits } from "../../../handler/src/input";
import type { Upload } from "../../../handler/src/keys";
import { residentBytes } from "../../sandbox/memory";

export type TransferMethod = "overlapping" | "sequential";

/** From the start of the download until the last variant is stored. */
export interface Transferred {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

const LIMITS: Limits = { maxPixels: 100_000_000, maxSidePx: 65_535, maxFrames: 1 };
const NEVER = new AbortController().signal;

const main = async (method: TransferMethod, url: string, sizeBytes: number): Promise<void> => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example",
    AWS_REGION: "us-east-1",
  });
  const { processImage } = await import("../../../handler/src/process.js");
  const { storeWhileEncoding } = await import("../../../handler/src/overlap.js");
  const { download, store } = await import("../../../handler/src/storage.js");
  const upload: Upload = { bucket: "uploads", key: "photo.jpg", sizeBytes, eTag: "etag", versionId: undefined };
  const to = { bucket: "processed", cacheControl: "public, max-age=86400", tags: {} };
  const put = async (image: Parameters<typeof store>[2], signal: AbortSignal) => {
    await store(to, upload, image, { requestId: "request", processingMs: 0, signal });
  };
  const METHODS = {
    overlapping: (bytes: Buffer) =>
      storeWhileEncoding(
        { encode: (onEncoded, signal) => processImage(bytes, LIMITS, { signal, onEncoded }), store: put },
        NEVER,
      ),
    sequential: async (bytes: Buffer) => {
      const { variants } = await processImage(bytes, LIMITS);
      await Promise.all(variants.map((image) => put(image, NEVER)));
    },
  } as const satisfies Record<TransferMethod, (bytes: Buffer) => Promise<unknown>>;

  // Opens the connections and compiles the code, as in an execution environment that has served an upload before.
  await download(upload, NEVER);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await METHODS[method]((await download(upload, NEVER)).bytes);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const measured: Transferred = {
    wallMs,
    cpuMs: (user + system) / 1_000,
    peakBytes: await residentBytes(process.pid),
  };
  console.log(JSON.stringify(measured));
};

const [method = "", url = "", sizeBytes = ""] = process.argv.slice(2);
void main(method as TransferMethod, url, Number(sizeBytes));
