/** Keeps a variant from having more bytes than the upload: the upload itself without its metadata, or a smaller encoding. */
import sharp from "sharp";
import type { Variant } from "../contract/variants";
import type { Original } from "./decode";
import { meansSrgb } from "./srgb-profile";
import { withoutMetadata } from "./without-metadata";

/** @returns the upload without its metadata; undefined if its pixels would not look the same */
export const bareUpload = async (
  format: string,
  { bytes, profile, channels }: Original,
): Promise<Buffer | undefined> => {
  const bare = withoutMetadata(format, bytes);
  if (bare === undefined) return undefined;
  if (profile !== undefined && !(await meansSrgb(profile, channels))) return undefined;
  const [before, after] = await Promise.all([bytes, bare].map((file) => sharp(file).metadata()));
  const isSame = (["format", "width", "height", "channels", "depth", "hasAlpha"] as const).every(
    (field) => before?.[field] === after?.[field],
  );
  return isSame ? bare : undefined;
};

type Options = Readonly<Record<string, boolean | number>>;

/** Encoder options that cost more time and give fewer bytes: one after the other, until one is small enough. */
const LOSSLESS: readonly Options[] = [
  // Pictures of flat colours, such as screenshots.
  { adaptiveFiltering: false, compressionLevel: 6 },
  { adaptiveFiltering: true, compressionLevel: 6 },
];

/** Growth of the logarithm of the bytes per point of quality: the first guess, and the least. */
const USUAL_GROWTH = 0.026;
const LEAST_GROWTH = 0.004;
const ATTEMPTS = 4;

/** Huffman tables made for the picture: fewer bytes at the same quality. */
const OPTIMISED: Options = { optimiseCoding: true };

/** @returns a function that gives the encoder options of an attempt, from the bytes of the attempt before */
const attemptsFor = ({ format, quality }: Variant, mostBytes: number) => {
  let [at, growth, before] = [quality ?? 0, USUAL_GROWTH, 0];
  let step = 0;
  return (attempt: number, bytes: number): Options | undefined => {
    if (quality === undefined) return LOSSLESS[attempt];
    if (attempt > 0) growth = Math.max(LEAST_GROWTH, Math.log(before / bytes) / step);
    step = Math.min(at - 1, Math.max(1, Math.ceil(Math.log(bytes / mostBytes) / growth)));
    if (step === 0) return undefined;
    at -= step;
    before = bytes;
    return { quality: at, ...(format === "jpeg" && OPTIMISED) };
  };
};

/**
 * @param first encoding, which is too large
 * @param encode encodes the variant with other options
 * @returns the first encoding with at most `mostBytes`, otherwise the smallest
 */
export const smallerEncoding = async (
  variant: Variant,
  first: Buffer,
  mostBytes: number,
  encode: (options: Options) => Promise<Buffer>,
): Promise<Buffer> => {
  const optionsOf = attemptsFor(variant, mostBytes);
  let [smallest, last] = [first, first];
  for (let attempt = 0; smallest.length > mostBytes && attempt < ATTEMPTS; attempt++) {
    const options = optionsOf(attempt, last.length);
    if (options === undefined) break;
    last = await encode(options);
    if (last.length < smallest.length) smallest = last;
  }
  return smallest;
};
