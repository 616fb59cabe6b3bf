import sharp from "sharp";
import { DEFAULT_VARIANTS, FORMATS, type Variant } from "../../handler/contract/variants";
import { distance, pixelsOf, plain, probe, QUARTERS, quarters, variantsOf } from "./pictures";

const ROWS = Object.entries<Variant>(DEFAULT_VARIANTS) as [keyof typeof DEFAULT_VARIANTS, Variant][];

it("makes the five default variants, in their order", async () => {
  const bytes = await quarters(64, 32).png().toBuffer();

  const variants = await variantsOf(bytes);

  expect(Object.keys(variants)).toEqual(["compressed", "low", "webp", "png", "thumbnail"]);
});

it.each(ROWS)("makes %s in its format, upright, in colour and without metadata", async (name, variant) => {
  const bytes = await quarters(64, 32)
    .withExif({ IFD0: { Copyright: "example" }, IFD3: { GPSLatitude: "1/1 2/1 3/1" } })
    .withIccProfile("p3")
    .jpeg({ quality: 100 })
    .toBuffer();

  const { [name]: made } = await variantsOf(bytes);

  const { format, width, height, exif, icc, xmp, iptc, space, depth } = await sharp(made.bytes).metadata();
  expect({ format, width, height }).toEqual({ format: variant.format, width: 64, height: 32 });
  expect({ width: made.widthPx, height: made.heightPx }).toEqual({ width: 64, height: 32 });
  expect({ space, depth }).toEqual({ space: "srgb", depth: "uchar" });
  expect({ exif, icc, xmp, iptc }).toEqual({});
  expect({ contentType: made.contentType, extension: made.extension }).toEqual({
    contentType: FORMATS[variant.format].contentType,
    extension: FORMATS[variant.format].extension,
  });
  expect(distance(await probe(made.bytes), QUARTERS)).toBeLessThanOrEqual(16);
});

it.each([
  [1200, 600, 300, 150],
  [600, 1200, 150, 300],
  [300, 300, 300, 300],
  [299, 20, 299, 20],
  [3000, 2, 300, 1],
])("fits the thumbnail of %i x %i into 300 x 300 as %i x %i", async (width, height, thumbWidth, thumbHeight) => {
  const { thumbnail } = await variantsOf(await plain(width, height, [90, 90, 90]).png().toBuffer());

  expect([thumbnail.widthPx, thumbnail.heightPx]).toEqual([thumbWidth, thumbHeight]);
});

it.each([
  [4095, 2, 4095, 2],
  [4096, 2, 4096, 2],
  [4097, 4, 4096, 4],
  [10_000, 50, 4096, 20],
  [50, 10_000, 20, 4096],
  [1, 20_000, 1, 4096],
])("limits %i x %i to a longer side of 4096 as %i x %i", async (width, height, limitedWidth, limitedHeight) => {
  const variants = await variantsOf(await plain(width, height, [90, 90, 90]).png().toBuffer());

  for (const name of ["compressed", "low", "webp", "png"] as const)
    expect([name, variants[name].widthPx, variants[name].heightPx]).toEqual([name, limitedWidth, limitedHeight]);
});

it("keeps a picture of 1 x 1 as it is", async () => {
  const variants = await variantsOf(await plain(1, 1, [10, 200, 30]).png().toBuffer());

  for (const { bytes } of Object.values(variants)) {
    const { width, height, at } = await pixelsOf(bytes);
    expect([width, height]).toEqual([1, 1]);
    expect(distance([at(0, 0)], [[10, 200, 30]])).toBeLessThanOrEqual(4);
  }
});

it("keeps edges in place when an upload is scaled down", async () => {
  const { png } = await variantsOf(await quarters(8192, 64).png().toBuffer());

  expect(distance(await probe(png.bytes), QUARTERS)).toBeLessThanOrEqual(1);
});

it("is smaller at a lower quality", async () => {
  const grain = sharp({
    create: {
      width: 400,
      height: 300,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  });

  const { compressed, low, webp, png } = await variantsOf(await grain.png().toBuffer());

  const sizes = [low, compressed, png].map(({ bytes }) => bytes.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(webp.bytes.length).toBeLessThan(png.bytes.length);
});

it("makes the same bytes from the same upload", async () => {
  const bytes = await quarters(64, 32).png().toBuffer();

  expect(await variantsOf(bytes)).toEqual(await variantsOf(bytes));
});
