/** Colour of a PNG as its specification ranks it: cICP, iCCP, sRGB, then gAMA and cHRM (PNG, third edition, 4.3 and 11.3.2). */
import { deflateSync } from "node:zlib";
import { type Chromaticity, type Curve, greyProfile, type Primaries, rgbProfile } from "./icc-profile";
import { refusedAs } from "./input";
import { type Chunk, isIntact, pngChunks, writePngChunk } from "./png-chunks";

const D65: Chromaticity = [0.3127, 0.329];
const C: Chromaticity = [0.31, 0.316];
const BT709: Primaries = { white: D65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };

/** ColourPrimaries of ITU-T H.273, table 2; 2 is unspecified. */
const PRIMARIES: Readonly<Record<number, Primaries>> = {
  1: BT709,
  2: BT709,
  4: { white: C, red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08] },
  5: { white: D65, red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] },
  6: { white: D65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  7: { white: D65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  8: { white: C, red: [0.681, 0.319], green: [0.243, 0.692], blue: [0.145, 0.049] },
  9: { white: D65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  11: { white: [0.314, 0.351], red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
  12: { white: D65, red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
  22: { white: D65, red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077] },
};

const gamma = (exponent: number): Curve => [0, [exponent]];
const SRGB: Curve = [3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]];
const CAMERA: Curve = [3, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081]];

/** TransferCharacteristics of ITU-T H.273, table 3; 2 is unspecified. */
const TRANSFERS: Readonly<Record<number, Curve>> = {
  ...{ 1: CAMERA, 2: SRGB, 4: gamma(2.2), 5: gamma(2.8), 6: CAMERA, 8: gamma(1), 13: SRGB, 14: CAMERA, 15: CAMERA },
};

/** Transfer functions of high dynamic range, which would need tone mapping. */
const HDR: Readonly<Record<number, string>> = { 16: "PQ", 18: "HLG" };

/** A colour space, as chunks describe it. */
interface Space {
  readonly primaries: Primaries;
  readonly curve: Curve;
}

/** @throws Refusal `unsupported-format` */
const codedSpace = ([primaries = 0, transfer = 0, matrix = 0, range = 0]: Buffer): Space => {
  const hdr = HDR[transfer];
  if (hdr !== undefined) throw refusedAs(`PNG of high dynamic range (${hdr})`);
  const [known, curve] = [PRIMARIES[primaries], TRANSFERS[transfer]];
  if (known === undefined || curve === undefined || matrix !== 0 || range !== 1)
    throw refusedAs(`PNG of the colour space ${primaries}, ${transfer}, ${matrix}, ${range}`);
  return { primaries: known, curve };
};

const UNIT = 100_000;

/** gAMA of sRGB, and the largest difference that still means sRGB. */
const SRGB_GAMA = 45_455;
const GAMA_TOLERANCE = 455;
/** cHRM of sRGB: white, red, green and blue. */
const SRGB_CHRM = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
const CHRM_TOLERANCE = 100;

const wordsIn = (data: Buffer | undefined, count: number): number[] | undefined =>
  data?.length === count * 4 ? Array.from({ length: count }, (_, i) => data.readUInt32BE(i * 4)) : undefined;

/** @returns undefined if the chunks are absent or describe sRGB */
const measuredSpace = (gama: Buffer | undefined, chrm: Buffer | undefined): Space | undefined => {
  const [exponent = SRGB_GAMA] = wordsIn(gama, 1) ?? [];
  const points = wordsIn(chrm, 8) ?? SRGB_CHRM;
  const isCurveSrgb = Math.abs(exponent - SRGB_GAMA) <= GAMA_TOLERANCE || exponent === 0;
  const arePointsSrgb = points.every((value, i) => Math.abs(value - (SRGB_CHRM[i] ?? 0)) <= CHRM_TOLERANCE);
  if (isCurveSrgb && arePointsSrgb) return undefined;
  const at = (i: number): Chromaticity => [(points[i] ?? 0) / UNIT, (points[i + 1] ?? 0) / UNIT];
  const primaries = arePointsSrgb ? BT709 : { white: at(0), red: at(2), green: at(4), blue: at(6) };
  return { primaries, curve: isCurveSrgb ? SRGB : gamma(UNIT / exponent) };
};

const COLOUR_CHUNKS = ["cICP", "iCCP", "sRGB", "gAMA", "cHRM"];
const GREY_TYPES: readonly number[] = [0, 4];

/** @returns the profile that the colour chunks describe; undefined if libvips reads the colours correctly without one */
const profileOf = (bytes: Buffer, chunks: readonly Chunk[]): Buffer | undefined => {
  const data = (type: string) => chunks.find((chunk) => chunk.type === type && isIntact(bytes, chunk))?.data;
  const cicp = data("cICP");
  if (cicp === undefined && (data("iCCP") !== undefined || data("sRGB") !== undefined)) return undefined;
  const space = cicp?.length === 4 ? codedSpace(cicp) : measuredSpace(data("gAMA"), data("cHRM"));
  if (space === undefined) return undefined;
  const isGrey = GREY_TYPES.includes(data("IHDR")?.[9] ?? -1);
  return isGrey ? greyProfile(space.curve) : rgbProfile(space.primaries, space.curve);
};

/**
 * @param bytes of a PNG
 * @returns the file with an iCCP chunk in place of its chunks on colour, or unchanged if libvips reads its colours correctly
 * @throws Refusal `unsupported-format` for high dynamic range, and for colour spaces that are not known
 */
export const withColourProfile = (bytes: Buffer): Buffer => {
  const chunks: Chunk[] = [];
  for (const chunk of pngChunks(bytes)) if (["IHDR", ...COLOUR_CHUNKS].includes(chunk.type)) chunks.push(chunk);
  const profile = profileOf(bytes, chunks);
  if (profile === undefined) return bytes;
  const iccp = writePngChunk("iCCP", Buffer.concat([Buffer.from("icc\0\0", "latin1"), deflateSync(profile)]));
  const [header, ...replaced] = chunks;
  const ends = [header?.end ?? 0, ...replaced.map(({ end }) => end)];
  const between = ends.map((end, i) => bytes.subarray(end, replaced[i]?.start));
  return Buffer.concat([bytes.subarray(0, header?.end), iccp, ...between]);
};
