/** Every kind of TIFF: those of the ledger come out right, those with faults only in their metadata, too, all others are refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { Refusal } from "../../handler/src/errors";
import { processImage } from "../../handler/src/process";
import { TIFF_KINDS } from "../../handler/src/tiff-kinds";
import expected from "../fixtures/tiff/expected.json";
import { LIMITS, pixelsOf, variantsOf } from "./pictures";

const CASES = unzipSync(readFileSync(join(__dirname, "../fixtures/tiff/cases.zip")));
const fileOf = (path: string): Buffer => Buffer.from(CASES[path] ?? Buffer.alloc(0));
const sourceOf = (name: string): Buffer => fileOf(`sources/${name}.tiff`);

/** The other variants are made from the same pixels. */
const LOSSLESS = { png: DEFAULT_VARIANTS.png };

/** @returns the largest difference of a sample in the lossless variant, or what differs otherwise */
const difference = async (name: string, picture: string, source = sourceOf(name)): Promise<number | string> => {
  const wanted = await pixelsOf(fileOf(`expected/${picture}.png`));
  const { png } = await variantsOf(source, LOSSLESS);
  const made = await pixelsOf(png.bytes);
  const shape = [made.width, made.height, made.channels].join(" x ");
  if (shape !== [wanted.width, wanted.height, wanted.channels].join(" x ")) return shape;
  if (made.data.equals(wanted.data)) return 0;
  let most = 0;
  for (let i = 0; i < made.data.length; i += 1)
    most = Math.max(most, Math.abs((made.data[i] ?? 0) - (wanted.data[i] ?? 0)));
  return most;
};

/** How far decoders may differ: by rounding of a premultiplied alpha, of a profile, of CIELAB in 8 bits, or of JPEG. */
const TOLERANCES: Readonly<Record<string, number>> = {
  cmyk: 3,
  "cmyk 16": 3,
  "cmyk jpeg": 6,
  cielab: 9,
  "grey jpeg": 2,
  "rgb jpeg": 3,
  ycbcr: 2,
};

const ACCEPTED = Object.entries(expected.accepted);

it.each(Object.keys(TIFF_KINDS))("decodes every painted case of the kind %s like the reference", async (row) => {
  const cases = ACCEPTED.filter(([, painted]) => painted.row === row);
  const allowed = (name: string) => TOLERANCES[row] ?? (name.includes("extra-1") ? 1 : 0);

  const off = await Promise.all(
    cases.map(async ([name, { picture }]) => [name, await difference(name, picture)] as const),
  );

  expect(cases.length).toBeGreaterThan(0);
  expect(off.filter(([name, most]) => typeof most === "string" || most > allowed(name))).toEqual([]);
});

it("has painted cases of no other kinds", () => {
  expect([...new Set(ACCEPTED.map(([, { row }]) => row))].sort()).toEqual(Object.keys(TIFF_KINDS).sort());
});

it.each(Object.entries(expected.repaired))(
  "decodes a TIFF exactly although its metadata is faulty: %s",
  async (name, { picture }) => {
    expect(await difference(name, picture)).toBe(0);
  },
);

const TILED = ACCEPTED.filter(([name]) => /^rgb-8-tiles-(?!.*bigtiff)/.test(name));

it("decodes tiles whose places are in the tags for strips", async () => {
  const STRIP_TAGS: Readonly<Record<number, number>> = { 324: 273, 325: 279 };
  expect(TILED.length).toBeGreaterThan(0);
  for (const [name, { picture }] of TILED) {
    const file = sourceOf(name);
    const isLittle = file.toString("latin1", 0, 2) === "II";
    const word = (at: number) => (isLittle ? file.readUInt16LE(at) : file.readUInt16BE(at));
    const first = isLittle ? file.readUInt32LE(4) : file.readUInt32BE(4);
    for (let at = first + 2; at < first + 2 + word(first) * 12; at += 12) {
      const tag = STRIP_TAGS[word(at)] ?? word(at);
      isLittle ? file.writeUInt16LE(tag, at) : file.writeUInt16BE(tag, at);
    }

    expect([name, await difference(name, picture, file)]).toEqual([name, 0]);
  }
});

it("refuses a TIFF whose directory lies behind the end of the file, in words", async () => {
  const file = Buffer.from(sourceOf("rgb-8-strips-none"));
  file.writeUInt32LE(file.length + 100, 4);

  await expect(processImage(file, LIMITS)).rejects.toMatchObject({
    reason: "corrupt",
    message: "Expected a whole directory for a TIFF but the file ends before its end",
  });
});

it.each(Object.entries(expected.refused))("refuses a TIFF by its kind: %s", async (name, { detail }) => {
  const error = await processImage(sourceOf(name), LIMITS).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(Refusal);
  expect([(error as Refusal).reason, (error as Refusal).message]).toEqual(["unsupported-format", detail]);
});

/** Codes of 9 bits, the lowest bit first, as before TIFF 6.0; the table is cleared before longer codes are needed. */
const oldLzw = (bytes: Buffer): Buffer => {
  const [clear, end] = [256, 257];
  const codes = [...bytes].flatMap((byte, index) => (index % 200 === 0 ? [clear, byte] : [byte])).concat(end);
  const packed = Buffer.alloc(Math.ceil((codes.length * 9) / 8) + 2);
  for (const [index, code] of codes.entries()) {
    const at = Math.floor((index * 9) / 8);
    packed.writeUInt16LE(packed.readUInt16LE(at) | (code << ((index * 9) % 8)), at);
  }
  return packed;
};

it("refuses LZW as it was before TIFF 6.0 as a kind, not as damage", async () => {
  const raw = { width: 64, height: 64, channels: 3 } as const;
  const pixels = Buffer.alloc(64 * 64 * 3, 0x78);
  const file = await sharp(pixels, { raw }).tiff({ compression: "lzw", predictor: "none" }).toBuffer();
  const strip = oldLzw(pixels);
  const directory = file.readUInt32LE(4);
  for (const [tag, value] of [
    [273, file.length],
    [279, strip.length],
  ] as const)
    for (let at = directory + 2; file.readUInt32LE(at) !== 0; at += 12)
      if (file.readUInt16LE(at) === tag) file.writeUInt32LE(value, at + 8);

  await expect(processImage(Buffer.concat([file, strip]), LIMITS)).rejects.toMatchObject({
    reason: "unsupported-format",
    message: expect.stringContaining("Old-style LZW codes"),
  });
});
