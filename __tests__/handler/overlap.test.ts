/** Variants are stored while later ones are encoded; after a failure nothing continues. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Variants } from "../../handler/contract/variants";
import { storeWhileEncoding } from "../../handler/src/overlap";
import { type Encoded, processImage } from "../../handler/src/process";
import { LIMITS, plain } from "./pictures";

const NEVER = new AbortController().signal;

const image = (name: string): Encoded => ({
  name,
  bytes: Buffer.from(name),
  contentType: "image/png",
  extension: "png",
  origin: "encoded",
  widthPx: 1,
  heightPx: 1,
});

/** Waits until the signal aborts. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled")), { once: true }));

it("stores a variant while the next one is encoded", async () => {
  let stored = () => {};
  const firstIsStored = new Promise<void>((resolve) => {
    stored = resolve;
  });

  const made = await storeWhileEncoding(
    {
      // Would never end if the first variant were stored after the second is encoded.
      encode: async (onEncoded) => {
        onEncoded(image("first"));
        await firstIsStored;
        onEncoded(image("second"));
        return "made";
      },
      store: async ({ name }) => {
        if (name === "first") stored();
      },
    },
    NEVER,
  );

  expect(made).toBe("made");
});

it("waits for every upload", async () => {
  const stored: string[] = [];

  await storeWhileEncoding(
    {
      encode: async (onEncoded) => ["a", "b"].map(image).forEach(onEncoded),
      store: async ({ name }) => {
        await nextTurn();
        stored.push(name);
      },
    },
    NEVER,
  );

  expect(stored).toEqual(["a", "b"]);
});

it("cancels encoding and the other uploads when an upload fails, and throws why", async () => {
  const ended: string[] = [];

  const working = storeWhileEncoding(
    {
      encode: async (onEncoded, signal) => {
        ["bad", "slow"].map(image).forEach(onEncoded);
        await aborted(signal).finally(() => ended.push("encoding"));
      },
      store: async ({ name }, signal) => {
        if (name === "bad") throw new Error("Access Denied");
        await aborted(signal).finally(() => ended.push(name));
      },
    },
    NEVER,
  );

  await expect(working).rejects.toThrow("Access Denied");
  expect(ended.sort()).toEqual(["encoding", "slow"]);
});

it("cancels the uploads when encoding fails, and waits for them", async () => {
  const ended: string[] = [];

  const working = storeWhileEncoding(
    {
      encode: async (onEncoded) => {
        onEncoded(image("png"));
        throw new Error("out of memory");
      },
      store: async ({ name }, signal) => {
        await aborted(signal).finally(() => ended.push(name));
      },
    },
    NEVER,
  );

  await expect(working).rejects.toThrow("out of memory");
  expect(ended).toEqual(["png"]);
});

it("throws the reason of its signal", async () => {
  const time = new AbortController();

  const working = storeWhileEncoding(
    { encode: async (onEncoded) => onEncoded(image("png")), store: (_, signal) => aborted(signal) },
    time.signal,
  );
  time.abort(new Error("time is up"));

  await expect(working).rejects.toThrow("time is up");
});

it("encodes the largest variants first, whose uploads take longest, and returns them in the order of the table", async () => {
  const variants: Variants = {
    thumbnail: { format: "jpeg", quality: 80, inside_px: 300 },
    card: { format: "webp", quality: 80, cover_px: [400, 300] },
    small: { format: "png", inside_px: 200 },
    full: { format: "webp", quality: 80 },
    png: { format: "png" },
  };
  const encoded: string[] = [];
  const bytes = await plain(600, 400, [90, 90, 90]).png().toBuffer();

  const { variants: made } = await processImage(bytes, LIMITS, {
    variants,
    onEncoded: ({ name }) => void encoded.push(name),
  });

  expect(encoded).toEqual(["png", "full", "small", "card", "thumbnail"]);
  expect(made.map(({ name }) => name)).toEqual(Object.keys(variants));
});
