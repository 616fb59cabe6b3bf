/** Decodes CIELAB TIFFs: libvips reads only those of 16 bits, and assumes the wrong illuminant. */
import sharp from "sharp";
import { Refusal } from "./errors";
import { labelledRgb, type TiffPicture } from "./tiff";

/** Storage of a* and b* by photometric interpretation: TIFF 6.0, section 23, and Adobe's technical note on ICC L*a*b*. */
const INTERPRETATIONS: Readonly<Record<number, "two's complement" | "offset">> = { 8: "two's complement", 9: "offset" };

type Storage = (typeof INTERPRETATIONS)[number];

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

/** @returns the picture, upright. @throws Refusal `corrupt` if it does not have 3 or 4 channels; errors of libvips */
export const decodeLab = async (picture: TiffPicture): Promise<LabPicture> => {
  const storage = INTERPRETATIONS[picture.kind.photometric] ?? "offset";
  const isDeep = picture.kind.bits[0] === 16;
  const { data, info } = await sharp(labelledRgb(picture), { limitInputPixels: false })
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
