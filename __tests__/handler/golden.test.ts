/** Compares the variants of each golden source with references made by Pillow, littlecms and numpy. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { DEFAULT_VARIANTS, FORMATS } from "../../handler/contract/variants";
import type { Colour } from "../../scripts/images/bmp/writer";
import golden from "../fixtures/golden/expected.json";
import { ciede2000, type Lab, labOf } from "./ciede2000";
import { pixelsOf, variantsOf } from "./pictures";

type Pixels = Pick<Awaited<ReturnType<typeof pixelsOf>>, "width" | "height" | "channels" | "data">;

interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  readonly probes: readonly (readonly [x: number, y: number, colour: Colour])[];
}

/** Name of the expected picture, and of its thumbnail if the picture is larger than a thumbnail. */
type Views = { readonly full: string; readonly thumbnail?: string };

const FOLDER = join(__dirname, "../fixtures/golden");

const SOURCES: Readonly<Record<string, Views>> = golden.sources;
const PICTURES = golden.pictures as unknown as Readonly<Record<string, Picture>>;

type VariantName = keyof typeof DEFAULT_VARIANTS;

interface Distance {
  /** CIEDE2000: the mean and the 95th percentile. */
  readonly mean: number;
  readonly p95: number;
  /** The largest difference of a sample at any probe, out of 255. */
  readonly probe: number;
}

/**
 * How far a variant may differ from the expected picture. PNG: two decoders round samples differently, by up to 4 for a
 * ProPhoto JPEG. The others lose quality, mostly at the edges of patches, because colour is stored at half the
 * resolution: Pillow's own encoders lose a mean of 1.25 at JPEG 85, 1.5 at JPEG 60 and 1.45 at WebP 85, and 9.4 at the
 * 95th percentile. A missing profile conversion shows in the PNG, where 0.4 is not visible.
 */
// biome-ignore format: a ledger is read down its columns
const TOLERANCES = {
  compressed: { mean: 1.5, p95: 10,  probe: 6 },
  low:        { mean: 1.9, p95: 10,  probe: 9 },
  webp:       { mean: 1.9, p95: 10,  probe: 11 },
  png:        { mean: 0.4, p95: 1.2, probe: 4 },
  thumbnail:  { mean: 1.6, p95: 10,  probe: 9 },
} as const satisfies Record<VariantName, Distance>;

/** Sources for which decoders differ by more than rounding. To add one, add a row here and the reason to the README of the fixtures. */
// biome-ignore format: a ledger is read down its columns
const LOOSER: Readonly<Record<string, Distance>> = {
  "cmyk.jpg":        { mean: 6,   p95: 12, probe: 48 },
};

/** @returns the colour composited on a grey background of 0-255 */
const laid = (colour: ArrayLike<number>, at: number, channels: number, ground: number): [number, number, number] => {
  const alpha = channels === 4 ? (colour[at + 3] ?? 0) / 255 : 1;
  const over = (sample = 0) => Math.round(sample * alpha + ground * (1 - alpha));
  return [over(colour[at]), over(colour[at + 1]), over(colour[at + 2])];
};

const lookOf = ({ data, channels }: Pixels, pixel: number, ground: number): Lab =>
  labOf(...laid(data, pixel * channels, channels, ground));

/** Number of compared pixels: a prime, so that they are spread over all rows and columns. */
const COMPARED = 1021;

const distanceBetween = (made: Pixels, expected: Pixels, probes: Picture["probes"], ground: number): Distance => {
  const pixels = made.width * made.height;
  const differences = Array.from({ length: Math.min(COMPARED, pixels) }, (_, i) => {
    const pixel = Math.floor((i * pixels) / Math.min(COMPARED, pixels));
    return ciede2000(lookOf(made, pixel, ground), lookOf(expected, pixel, ground));
  }).sort((a, b) => a - b);
  const atProbes = probes.flatMap(([x, y, colour]) => {
    const wanted = laid(colour, 0, colour.length, ground);
    const got = laid(made.data, (y * made.width + x) * made.channels, made.channels, ground);
    return got.map((sample, c) => Math.abs(sample - (wanted[c] ?? 0)));
  });
  return {
    mean: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    p95: differences[Math.floor(differences.length * 0.95)] ?? 0,
    probe: Math.max(...atProbes),
  };
};

const decoded = new Map<string, ReturnType<typeof pixelsOf>>();

/** @returns the pixels of a committed picture, which is decoded once */
const expectedPicture = (name: string): ReturnType<typeof pixelsOf> => {
  const pixels = decoded.get(name) ?? pixelsOf(readFileSync(join(FOLDER, "expected", `${name}.png`)));
  decoded.set(name, pixels);
  return pixels;
};

it.each(Object.entries(SOURCES))("decodes %s like the reference", async (file, views) => {
  const variants = await variantsOf(readFileSync(join(FOLDER, "sources", file)));

  for (const name of Object.keys(DEFAULT_VARIANTS) as VariantName[]) {
    const view = (name === "thumbnail" ? views.thumbnail : undefined) ?? views.full;
    const { widthPx, heightPx, channels, probes } = PICTURES[view] as Picture;
    const keepsAlpha = FORMATS[DEFAULT_VARIANTS[name].format].keepsAlpha;
    const [made, expected] = [await pixelsOf(variants[name].bytes), await expectedPicture(view)];
    const { icc, orientation } = await sharp(variants[name].bytes).metadata();
    expect([name, made.width, made.height, made.channels, icc, orientation]).toEqual([
      ...[name, widthPx, heightPx, keepsAlpha ? channels : 3],
      ...[undefined, undefined],
    ]);
    // Transparent pictures are compared on white and on black; JPEG variants on white only.
    for (const ground of made.channels === 4 ? [255, 0] : [255]) {
      const distance = distanceBetween(made, expected, probes, ground);
      const allowed = LOOSER[file] ?? TOLERANCES[name];
      const tooFar = Object.entries(distance).filter(([measure, got]) => got > allowed[measure as keyof Distance]);
      expect([name, tooFar]).toEqual([name, []]);
    }
  }
});

it("compares every file of the fixtures, whose probes match the committed pictures", async () => {
  const pictures = Object.values(SOURCES).flatMap(({ full, thumbnail }) => [full, ...(thumbnail ? [thumbnail] : [])]);

  expect(Object.keys(SOURCES).sort()).toEqual(readdirSync(join(FOLDER, "sources")).sort());
  expect([...new Set(pictures)].sort()).toEqual(Object.keys(PICTURES).sort());
  for (const [name, { widthPx, heightPx, channels, probes }] of Object.entries(PICTURES)) {
    const { at, ...found } = await expectedPicture(name);
    expect([name, found.width, found.height, found.channels]).toEqual([name, widthPx, heightPx, channels]);
    expect(probes.map(([x, y]) => at(x, y))).toEqual(probes.map(([, , colour]) => colour));
  }
});

// Test data of Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", 2005: hues around 0 and 180, greys, dark colours.
it.each([
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
] as const)("finds a difference between %j and %j of %d", (one, other, difference) => {
  expect(ciede2000(one, other)).toBeCloseTo(difference, 4);
});
