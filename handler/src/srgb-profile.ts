/** Tells whether a colour profile means sRGB, so that a picture looks the same without it. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { writePngChunk } from "./png-chunks";

/** Levels of each channel that are tried. */
const LEVELS = [0, 8, 32, 64, 96, 128, 160, 192, 224, 247, 255];

/** Profiles are written with rounded numbers, and decoders round again. */
const TOLERANCE = 2;

const SIGNATURE_AND_IHDR_BYTES = 33;

const samplesOf = (channels: 1 | 3): Buffer =>
  channels === 1
    ? Buffer.from(LEVELS)
    : Buffer.from(LEVELS.flatMap((red) => LEVELS.flatMap((green) => LEVELS.flatMap((blue) => [red, green, blue]))));

/** @param channels of the pictures that the profile is for */
export const meansSrgb = async (profile: Buffer, channels: 1 | 3): Promise<boolean> => {
  const samples = samplesOf(channels);
  const png = await sharp(samples, { raw: { width: samples.length / channels, height: 1, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png()
    .toBuffer();
  const iccp = writePngChunk("iCCP", Buffer.concat([Buffer.from("icc\0\0", "latin1"), deflateSync(profile)]));
  const [start, rest] = [png.subarray(0, SIGNATURE_AND_IHDR_BYTES), png.subarray(SIGNATURE_AND_IHDR_BYTES)];
  const { data, info } = await sharp(Buffer.concat([start, iccp, rest]))
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data.every((value, i) => {
    const [pixel, channel] = [Math.floor(i / info.channels), i % info.channels];
    return Math.abs(value - (samples[pixel * channels + (channel % channels)] ?? 0)) <= TOLERANCE;
  });
};
