/** The PNG of photos: exact pixels, in a file that other decoders read, and no more bytes than libpng's. */
import sharp from "sharp";
import type { Pixels } from "../../handler/src/decode";
import { PHOTO_RATIO } from "../../handler/src/encoders";
import { photoPng, photoRatio } from "../../handler/src/photo-png";
import { processImage } from "../../handler/src/process";

/** @returns a picture of 200 x 600 px; a sample depends on its place */
const painted = (channels: 3 | 4, sample: (x: number, y: number, channel: number) => number): Pixels => {
  const [width, height] = [200, 600];
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = sample(pixel % width, Math.floor(pixel / width), i % channels);
  }
  return { data, raw: { width, height, channels } };
};

/** Numbers without a pattern, the same in each run. */
const noise = (() => {
  let state = 1;
  return (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
})();

/** Each sample is near to what its neighbours extend to, and near to none of them. */
const sloping = (): Pixels => {
  const rows = Array.from({ length: 601 }, () => new Uint8Array(201 * 3));
  const at = (x: number, y: number, channel: number): number => rows[y]?.[x * 3 + channel] ?? 0;
  return painted(3, (x, y, channel) => {
    const [left, above, aboveLeft] = [at(x, y + 1, channel), at(x + 1, y, channel), at(x, y, channel)];
    const sample = (left + above - aboveLeft + noise(3) - 1) & 255;
    (rows[y + 1] as Uint8Array)[(x + 1) * 3 + channel] = sample;
    return sample;
  });
};

const photo = (channels: 3 | 4) => painted(channels, (x, y, channel) => x + (y >> 2) + channel * 20 + noise(9));

/** @returns the types of filters that rows of a PNG have */
const filtersOf = async (png: Buffer): Promise<Set<number>> => {
  const { inflateSync } = await import("node:zlib");
  const [start, rowBytes] = [png.indexOf("IDAT"), 1 + 200 * 3];
  const rows = inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)));
  return new Set(Array.from({ length: 600 }, (_, y) => rows[y * rowBytes] as number));
};

// biome-ignore format: a table is read down its columns
it.each<[string, number, Pixels]>([
  ["changes from row to row",               1, painted(3, (x, y) => x + Math.imul(y, 97) + noise(2))],
  ["changes from column to column",         2, painted(3, (x, y) => Math.imul(x, 97) + y + noise(2))],
  ["noise",                                 3, painted(3, () => 100 + noise(60))],
  ["slopes in both directions",             4, sloping()],
])("keeps every pixel of a picture with %s, with the filter of type %i", async (_, filter, pixels) => {
  const png = await photoPng(pixels);

  expect((await sharp(png).raw().toBuffer()).equals(pixels.data)).toBe(true);
  expect(await filtersOf(png)).toContain(filter);
});

it("keeps transparency", async () => {
  const pixels = photo(4);

  const { data, info } = await sharp(await photoPng(pixels))
    .raw()
    .toBuffer({ resolveWithObject: true });

  expect(info).toMatchObject({ width: 200, height: 600, channels: 4 });
  expect(data.equals(pixels.data)).toBe(true);
});

it("tells photos from drawings, which repeat themselves", () => {
  const drawing = painted(3, (x, y) => ((x % 40) * (y % 5)) & 255);

  expect(photoRatio(photo(3))).toBeLessThan(PHOTO_RATIO.balanced);
  expect(photoRatio(drawing)).toBeGreaterThan(PHOTO_RATIO.fast);
});

it("leaves pictures of few rows to libpng", () => {
  const { data, raw } = photo(3);

  expect(photoRatio({ data, raw: { ...raw, height: 500 } })).toBe(Number.POSITIVE_INFINITY);
});

it.each(["fast", "balanced", "small"] as const)(
  "has no more bytes than libpng's with the effort %s",
  async (effort) => {
    const { data, raw } = photo(3);
    const upload = await sharp(data, { raw }).png().toBuffer();
    const limits = { maxPixels: 1e6, maxSidePx: 1_000, maxFrames: 1 };

    const { variants } = await processImage(upload, limits, { effort, variants: { png: { format: "png" } } });

    const [made] = variants;
    const libpng = await sharp(data, { raw }).png({ adaptiveFiltering: true, compressionLevel: 7 }).toBuffer();
    expect((await sharp(made?.bytes).raw().toBuffer()).equals(data)).toBe(true);
    expect(made).toMatchObject({ widthPx: 200, heightPx: 600, origin: "encoded" });
    expect(made?.bytes.length).toBeLessThanOrEqual(libpng.length);
  },
);
