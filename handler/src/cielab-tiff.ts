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

let encodings: Uint8Array | undefined;

/** @returns the sRGB encoding (IEC 61966-2-1) of linear light in `STEPS` steps; made for the first picture in CIELAB */
const encodingTable = (): Uint8Array => {
  encodings ??= Uint8Array.from({ length: STEPS + 1 }, (_, i) => {
    const light = i / STEPS;
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
  return encodings;
};

/** Inverse of the CIELAB function f, including its linear part (CIE 15, 8.2.1). */
const cubed = (t: number): number => (t > 6 / 29 ? t * t * t : 3 * (6 / 29) ** 2 * (t - 4 / 29));

/** For each stored number: f(Y) of a lightness, and its share in f(X) and f(Z) of an a* and a b*. */
const tablesFor = (storage: Storage, isDeep: boolean) => {
  const full = isDeep ? (storage === "offset" ? 0xff00 : 0xffff) : 0xff;
  const [unit, middle] = isDeep ? [256, 0x8000] : [1, 0x80];
  const range = 2 * middle;
  const opponent = (v: number) => (storage === "offset" ? v - middle : v < middle ? v : v - range) / unit;
  const table = (value: (v: number) => number) => Float64Array.from({ length: range }, (_, v) => value(v));
  return {
    lightness: table((v) => ((100 * v) / full + 16) / 116),
    redGreen: table((v) => opponent(v) / 500),
    yellowBlue: table((v) => opponent(v) / 200),
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
  const { lightness, redGreen, yellowBlue } = tablesFor(storage, isDeep);
  const table = encodingTable();
  const encoded = (light: number): number =>
    table[light <= 0 ? 0 : light >= 1 ? STEPS : Math.round(light * STEPS)] as number;
  const [[rx, ry, rz], [gx, gy, gz], [bx, by, bz]] = TO_SRGB;
  const pixels = Buffer.alloc(widthPx * heightPx * channels);
  // A loop of plain arithmetic: it runs once for each of up to a hundred million pixels.
  for (let i = 0; i < pixels.length; i += channels) {
    const f = lightness[stored[i] as number] as number;
    const x = WHITE[0] * cubed(f + (redGreen[stored[i + 1] as number] as number));
    const y = WHITE[1] * cubed(f);
    const z = WHITE[2] * cubed(f - (yellowBlue[stored[i + 2] as number] as number));
    pixels[i] = encoded(rx * x + ry * y + rz * z);
    pixels[i + 1] = encoded(gx * x + gy * y + gz * z);
    pixels[i + 2] = encoded(bx * x + by * y + bz * z);
    if (channels === 4) pixels[i + 3] = (stored[i + 3] as number) >> (isDeep ? 8 : 0);
  }
  return { pixels, widthPx, heightPx, channels };
};
