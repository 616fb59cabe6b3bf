/** Variants that an operator chooses: every format and every kind of size. */
import sharp from "sharp";
import { FORMATS, type FormatName, type Variant } from "../../handler/contract/variants";
import { distance, paint, plain, probe, QUARTERS, quarterAt, quarters, variantsOf } from "./pictures";

// The handler blocks the formats that it does not read; the test reads AVIF.
beforeAll(() => sharp.unblock({ operation: ["VipsForeignLoadHeif"] }));

const of = (format: FormatName, size: Omit<Variant, "format" | "quality"> = {}): Variant => ({
  format,
  ...(format !== "png" && { quality: 80 }),
  ...size,
});

/** @returns the size of the variant of a picture */
const sizeOf = async (width: number, height: number, variant: Variant): Promise<[number, number]> => {
  const { made } = await variantsOf(await plain(width, height, [90, 90, 90]).png().toBuffer(), { made: variant });
  const metadata = await sharp(made.bytes).metadata();
  expect([metadata.width, metadata.height]).toEqual([made.widthPx, made.heightPx]);
  return [made.widthPx, made.heightPx];
};

const SIZES: Omit<Variant, "format" | "quality">[] = [{ inside_px: 32 }, { width_px: 32 }, { cover_px: [32, 16] }];

it.each((Object.keys(FORMATS) as FormatName[]).flatMap((format) => SIZES.map((size) => ({ format, ...size }))))(
  "makes %j upright, in colour and without metadata",
  async ({ format, ...size }) => {
    const sideways = await quarters(64, 32).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer();

    const { made } = await variantsOf(sideways, { made: of(format, size) });

    const { mediaType, width, height, exif, icc, xmp, orientation } = await sharp(made.bytes).metadata();
    expect({ mediaType, width, height }).toEqual({ mediaType: FORMATS[format].contentType, width: 32, height: 16 });
    expect({ exif, icc, xmp, orientation }).toEqual({});
    expect({ contentType: made.contentType, extension: made.extension }).toEqual({
      contentType: FORMATS[format].contentType,
      extension: FORMATS[format].extension,
    });
    expect(distance(await probe(made.bytes), QUARTERS)).toBeLessThanOrEqual(40);
  },
);

// biome-ignore format: a table is read down its columns
it.each<[Variant, number, number, number, number]>([
  [of("webp", { width_px: 640 }),          1280, 100,  640, 50],
  [of("webp", { width_px: 640 }),          100, 1280,  100, 1280],
  [of("webp", { width_px: 640 }),          641, 1,     640, 1],
  [of("avif", { inside_px: 2048 }),        4096, 1024, 2048, 512],
  [of("avif", { inside_px: 2048 }),        100, 50,    100, 50],
  [of("jpeg", { cover_px: [400, 300] }),   1600, 1200, 400, 300],
  [of("jpeg", { cover_px: [400, 300] }),   1200, 1600, 400, 300],
  [of("jpeg", { cover_px: [400, 300] }),   200, 200,   200, 150],
  [of("jpeg", { cover_px: [300, 400] }),   200, 200,   150, 200],
  [of("jpeg", { cover_px: [400, 300] }),   4000, 30,   40, 30],
  [of("jpeg", { cover_px: [400, 1] }),     100, 100,   100, 1],
  [of("jpeg", { cover_px: [400, 300] }),   1, 1,       1, 1],
  [of("png"),                              5000, 10,   4096, 8],
])("makes %j of %i x %i as %i x %i", async (variant, width, height, ...expected) => {
  expect(await sizeOf(width, height, variant)).toEqual(expected);
});

it("keeps transparency in WebP, PNG and AVIF, and places a JPEG on white", async () => {
  const bytes = await plain(8, 8, [200, 40, 40, 0]).png().toBuffer();

  const made = await variantsOf(bytes, {
    jpeg: of("jpeg"),
    webp: of("webp"),
    png: of("png"),
    avif: of("avif", { inside_px: 8 }),
  });

  for (const [name, { bytes: file }] of Object.entries(made)) {
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect([name, info.channels, [...data.subarray(0, info.channels)].at(-1)]).toEqual(
      name === "jpeg" ? [name, 3, 255] : [name, 4, 0],
    );
  }
});

it("crops around what draws attention, not around the middle", async () => {
  const [width, height] = [800, 200];
  // A grey wall with a small red and white pattern near its right end.
  const wall = paint(width, height, 3, (x, y) =>
    x > 680 && x < 760 && y > 60 && y < 140
      ? ((x >> 3) + (y >> 3)) % 2
        ? [230, 30, 30]
        : [250, 240, 230]
      : [128, 128, 128],
  );

  const { made } = await variantsOf(await wall.png().toBuffer(), { made: of("png", { cover_px: [200, 200] }) });

  const { channels } = await sharp(made.bytes).stats();
  expect(channels[0]?.max).toBeGreaterThan(220);
});

it("makes only the variants that are wanted, in their order", async () => {
  const bytes = await paint(64, 32, 3, quarterAt(64, 32)).png().toBuffer();

  const made = await variantsOf(bytes, { z: of("webp"), a: of("png") });

  expect(Object.keys(made)).toEqual(["z", "a"]);
});
