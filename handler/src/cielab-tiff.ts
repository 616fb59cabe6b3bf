/** Decodes CIELAB TIFFs: libvips reads only those of 16 bits, and assumes the wrong illuminant. */
import sharp from "sharp";
import { Refusal } from "./errors";

/** Storage of a* and b* by photometric interpretation: TIFF 6.0, section 23, and Adobe's technical note on ICC L*a*b*. */
const INTERPRETATIONS: Readonly<Record<number, "two's complement" | "offset">> = { 8: "two's complement", 9: "offset" };

type Storage = (typeof INTERPRETATIONS)[number];

const PHOTOMETRIC = 262;
const RGB = 2;

/** A copy of the file labelled as RGB, so that libvips returns the stored numbers unchanged. */
export interface Disguised {
  readonly bytes: Buffer;
  readonly storage: Storage;
}

/**
 * @param bytes of a TIFF
 * @returns undefined if the first page is not CIELAB
 * @throws RangeError if the file ends within its first directory
 */
export const disguisedLab = (bytes: Buffer): Disguised | undefined => {
  const isLittle = bytes[0] === 0x49;
  const short = (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const isBig = short(2) === 43;
  const huge = (at: number) => Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  const first = isBig ? huge(8) : isLittle ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  const [entries, size, count] = isBig ? [first + 8, 20, huge(first)] : [first + 2, 12, short(first)];
  for (let at = entries; at < entries + count * size; at += size) {
    if (short(at) !== PHOTOMETRIC) continue;
    const value = at + (isBig ? 12 : 8);
    const storage = INTERPRETATIONS[short(value)];
    if (storage === undefined) return undefined;
    const copy = Buffer.from(bytes);
    copy[value + (isLittle ? 0 : 1)] = RGB;
    return { bytes: copy, storage };
  }
  return undefined;
};

/** XYZ of D50 (ISO 3664), and the matrix from XYZ under D50 to linear sRGB, with Bradford adaptation. */
const WHITE = [0.9642, 1, 0.8249] as const;
const TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

const STEPS = 2 ** 14;

/** sRGB encoding (IEC 61966-2-1) of linear light in `STEPS` steps. */
const ENCODED = Uint8Array.from({ length: STEPS + 1 }, (_, i) => {
  const light = i / STEPS;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

const encoded = (light: number): number => ENCODED[Math.round(Math.min(1, Math.max(0, light)) * STEPS)] as number;

/** Inverse of the CIELAB function f, including its linear part (CIE 15, 8.2.1). */
const cubed = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));

/** Functions that convert stored numbers to L* (0 to 100) and to a* or b*. */
const scales = (storage: Storage, isDeep: boolean) => {
  const full = isDeep ? (storage === "offset" ? 0xff00 : 0xffff) : 0xff;
  const [unit, middle] = isDeep ? [256, 0x8000] : [1, 0x80];
  const range = 2 * middle;
  return {
    lightness: (v: number) => (100 * v) / full,
    opponent:
      storage === "offset" ? (v: number) => (v - middle) / unit : (v: number) => (v < middle ? v : v - range) / unit,
  };
};

export interface LabPicture {
  /** 8 bits in sRGB. */
  readonly pixels: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 3 | 4;
}

/** Sample types with encoded values. Floating-point samples are plain L*, a* and b*, which libvips reads. */
const DEPTHS = ["uchar", "ushort"];

export interface LabHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly isDeep: boolean;
}

/** @returns undefined for a picture that libvips decodes correctly itself */
export const readLabHeader = async ({ bytes }: Disguised): Promise<LabHeader | undefined> => {
  const { autoOrient, depth } = await sharp(bytes, { limitInputPixels: false }).metadata();
  return DEPTHS.includes(depth)
    ? { widthPx: autoOrient.width, heightPx: autoOrient.height, isDeep: depth === "ushort" }
    : undefined;
};

/** @returns the picture, upright. @throws Refusal `corrupt` if it does not have 3 or 4 channels; errors of libvips */
export const decodeLab = async ({ bytes, storage }: Disguised, { isDeep }: LabHeader): Promise<LabPicture> => {
  // An embedded profile describes CIELAB, not RGB: ignore it.
  const { data, info } = await sharp(bytes, { limitInputPixels: false, ignoreIcc: true })
    .autoOrient()
    .toColourspace(isDeep ? "rgb16" : "srgb")
    .raw({ depth: isDeep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width: widthPx, height: heightPx, channels } = info;
  if (channels !== 3 && channels !== 4)
    throw new Refusal("corrupt", `Expected 3 or 4 channels for a TIFF in CIELAB but got ${channels}`);

  const stored = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const { lightness, opponent } = scales(storage, isDeep);
  const pixels = Buffer.alloc(widthPx * heightPx * channels);
  for (let i = 0; i < pixels.length; i += channels) {
    const y = (lightness(stored[i] as number) + 16) / 116;
    const [X, Y, Z] = [
      WHITE[0] * cubed(y + opponent(stored[i + 1] as number) / 500),
      WHITE[1] * cubed(y),
      WHITE[2] * cubed(y - opponent(stored[i + 2] as number) / 200),
    ];
    for (const [channel, [x, y, z]] of TO_SRGB.entries()) pixels[i + channel] = encoded(x * X + y * Y + z * Z);
    if (channels === 4) pixels[i + 3] = isDeep ? (stored[i + 3] as number) >> 8 : (stored[i + 3] as number);
  }
  return { pixels, widthPx, heightPx, channels };
};
