/** Colours of PNG by the ranking of its chunks, against formulas and the matrices of CSS Color 4. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { Refusal } from "../../handler/src/errors";
import { processImage } from "../../handler/src/process";
import type { Colour } from "../../scripts/images/bmp/writer";
import { chunk } from "../../scripts/images/png";
import { distance, LIMITS, paint, probe, QUARTERS, quarterAt, variantsOf } from "./pictures";

const HEADER_END = 33;

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
};

const gama = (value: number) => chunk("gAMA", words(value));
const chrm = (...values: readonly number[]) => chunk("cHRM", words(...values.map((value) => Math.round(value * 1e5))));
const cicp = (...values: readonly number[]) => chunk("cICP", Buffer.from(values));
const srgb = chunk("sRGB", Buffer.from([0]));
const P3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06] as const;
const BT709 = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06] as const;

type Kind = "rgb" | "rgb of 16 bits" | "grey" | "palette" | "alpha";

const pngOf = (kind: Kind, chunks: readonly Buffer[]): Promise<Buffer> => {
  const picture = paint(64, 32, kind === "alpha" ? 4 : 3, (x, y) => [...quarterAt(64, 32)(x, y), 200]);
  if (kind === "rgb of 16 bits") picture.toColourspace("rgb16");
  if (kind === "grey") picture.toColourspace("b-w");
  const encoded = picture.png(kind === "palette" ? { palette: true, colours: 8 } : {}).toBuffer();
  return encoded.then((png) => Buffer.concat([png.subarray(0, HEADER_END), ...chunks, png.subarray(HEADER_END)]));
};

const encode = (light: number): number => {
  const value = Math.min(1, Math.max(0, light));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
};
const srgbLight = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** https://www.w3.org/TR/css-color-4/#color-conversion-code: linear Display P3 and Rec. 2020 to linear sRGB. */
const MATRICES: Readonly<Record<"srgb" | "p3" | "rec2020", readonly (readonly number[])[]>> = {
  srgb: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  p3: [
    [1.2249402, -0.2249402, 0],
    [-0.042057, 1.042057, 0],
    [-0.0196376, -0.078636, 1.0982736],
  ],
  rec2020: [
    [1.6604962, -0.5876411, -0.0728551],
    [-0.1245505, 1.1328999, -0.0083494],
    [-0.0181508, -0.1005789, 1.1187297],
  ],
};

const shown = (matrix: keyof typeof MATRICES, light: (value: number) => number): Colour[] =>
  QUARTERS.map((colour) => {
    const linear = colour.map((sample) => light(sample / 255));
    return MATRICES[matrix].map((row) => encode(row.reduce((sum, factor, i) => sum + factor * (linear[i] ?? 0), 0)));
  });

const power = (exponent: number) => (value: number) => value ** exponent;
const camera = (value: number) => (value < 0.081 ? value / 4.5 : ((value + 0.099) / 1.099) ** (1 / 0.45));
const UNCHANGED = shown("srgb", srgbLight);

const P3_PROFILE = async (): Promise<Buffer> => {
  const { icc } = await sharp(
    await sharp({ create: { width: 1, height: 1, channels: 3, background: "#000" } })
      .withIccProfile("p3")
      .png()
      .toBuffer(),
  ).metadata();
  return chunk("iCCP", Buffer.concat([Buffer.from("p3\0\0"), deflateSync(icc ?? Buffer.alloc(0))]));
};

it.each<[string, readonly Buffer[], Colour[]]>([
  ["linear light of gAMA", [gama(100_000)], shown("srgb", power(1))],
  ["gAMA of a Macintosh of its time", [gama(55_556)], shown("srgb", power(1.8))],
  ["gAMA that means sRGB", [gama(45_455)], UNCHANGED],
  ["gAMA of 0, which means nothing", [gama(0)], UNCHANGED],
  ["chromaticities of P3", [chrm(...P3)], shown("p3", srgbLight)],
  ["chromaticities of P3 and gAMA", [gama(38_462), chrm(...P3)], shown("p3", power(2.6))],
  ["chromaticities of sRGB", [gama(45_455), chrm(...BT709)], UNCHANGED],
  ["chromaticities on one line, which mean nothing", [chrm(0.3, 0.3, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3)], UNCHANGED],
  ["sRGB, which ranks above gAMA and cHRM", [srgb, gama(100_000), chrm(...P3)], UNCHANGED],
  ["P3 of cICP", [cicp(12, 13, 0, 1)], shown("p3", srgbLight)],
  ["Rec. 2020 of cICP", [cicp(9, 14, 0, 1)], shown("rec2020", camera)],
  ["linear light of cICP", [cicp(1, 8, 0, 1)], shown("srgb", power(1))],
  ["cICP, which ranks above sRGB and gAMA", [srgb, gama(45_455), cicp(12, 13, 0, 1)], shown("p3", srgbLight)],
])("shows %s", async (_what, chunks, colours) => {
  const { png } = await variantsOf(await pngOf("rgb", chunks));

  expect(distance(await probe(png.bytes), colours)).toBeLessThanOrEqual(2);
});

it("ranks cICP above a profile, and a profile above sRGB, gAMA and cHRM", async () => {
  const profile = await P3_PROFILE();
  const { png: coded } = await variantsOf(await pngOf("rgb", [profile, cicp(1, 13, 0, 1)]));
  const { png: profiled } = await variantsOf(await pngOf("rgb", [profile, gama(100_000), chrm(...BT709)]));

  expect(distance(await probe(coded.bytes), UNCHANGED)).toBeLessThanOrEqual(1);
  expect(distance(await probe(profiled.bytes), shown("p3", srgbLight))).toBeLessThanOrEqual(2);
});

it.each<Kind>(["rgb of 16 bits", "palette", "alpha"])("shows gAMA of the kind %s", async (kind) => {
  const { png } = await variantsOf(await pngOf(kind, [gama(100_000)]));

  const colours = (await probe(png.bytes)).map((colour) => colour.slice(0, 3));
  expect(distance(colours, shown("srgb", power(1)))).toBeLessThanOrEqual(2);
});

it("shows gAMA of shades of grey", async () => {
  const [plain, linear] = [await pngOf("grey", []), await pngOf("grey", [gama(100_000), chrm(...P3)])];
  const [before, after] = [(await variantsOf(plain)).png, (await variantsOf(linear)).png];

  const wanted = (await probe(before.bytes)).map((colour) => colour.map((sample) => encode(sample / 255)));
  expect(distance(await probe(after.bytes), wanted)).toBeLessThanOrEqual(1);
});

it("ignores a chunk on colour whose checksum is wrong, as libpng does", async () => {
  const broken = gama(100_000);
  broken[11] = (broken[11] ?? 0) ^ 1;

  const { png } = await variantsOf(await pngOf("rgb", [broken]));

  expect(distance(await probe(png.bytes), UNCHANGED)).toBe(0);
});

it.each([
  ["PNG of high dynamic range (PQ)", cicp(9, 16, 0, 1)],
  ["PNG of high dynamic range (HLG)", cicp(9, 18, 0, 1)],
  ["PNG of the colour space 1, 17, 0, 1", cicp(1, 17, 0, 1)],
  ["PNG of the colour space 99, 13, 0, 1", cicp(99, 13, 0, 1)],
  ["PNG of the colour space 1, 13, 6, 1", cicp(1, 13, 6, 1)],
  ["PNG of the colour space 1, 13, 0, 0", cicp(1, 13, 0, 0)],
])("refuses a %s", async (name, chunk) => {
  const error = await processImage(await pngOf("rgb", [chunk]), LIMITS).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({
    reason: "unsupported-format",
    message: `Expected JPEG, PNG, WebP, BMP or TIFF for the file but got ${name}`,
  });
});
