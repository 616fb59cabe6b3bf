/** What a megapixel of each output format takes, in bytes and CPU time: the cost estimate divides both among the variants. */
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import type { Effort } from "../../../handler/contract/efforts";
import { FORMATS, type FormatName, MAX_SIDE_PX } from "../../../handler/contract/variants";
import { encoderOf } from "../../../handler/src/encoders";
import { photoPngFor } from "../../../handler/src/photo-png";
import type { FormatDemand, Formats } from "./results";
import { cpuMsOf, pixelsOf } from "./sweep";

/** The effort of the benchmark's other figures. */
const EFFORT: Effort = "fast";

/** Usual qualities. AVIF looks the same at a lower number. Lossless formats have none. */
const QUALITIES: Readonly<Record<FormatName, number | undefined>> = { jpeg: 85, webp: 85, png: undefined, avif: 50 };

/** For JPEG. In the other formats, bytes grow with quality at about the same rate. */
const LOW_QUALITY = 60;

interface Sums {
  cpuMs: number;
  bytes: number;
  pixels: number;
}

const none = (): Sums => ({ cpuMs: 0, bytes: 0, pixels: 0 });

const add = (sums: Sums, cpuMs: number, bytes: number, pixels: number): void => {
  sums.cpuMs += cpuMs;
  sums.bytes += bytes;
  sums.pixels += pixels;
};

type Pixels = Awaited<ReturnType<typeof pixelsOf>>;

const encodeInto = async (sums: Sums, { data, raw }: Pixels, format: FormatName, quality?: number): Promise<void> => {
  const options = { ...encoderOf(format, EFFORT), ...(quality !== undefined && { quality }) };
  const [cpuMs, made] = await cpuMsOf(async () => {
    const photo = format === "png" ? await photoPngFor(EFFORT, { data, raw }) : undefined;
    return photo ?? sharp(data, { raw }).toFormat(format, options).toBuffer();
  });
  add(sums, cpuMs, made.length, raw.width * raw.height);
};

const demandOf = ({ cpuMs, bytes, pixels }: Sums): FormatDemand => ({
  mbPerMp: bytes / pixels,
  cpuSecondsPerMp: (1_000 * cpuMs) / pixels,
});

const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/**
 * @param files photos that sharp can read
 * @param runs of each photo
 * @param onPhoto called after each run of a photo
 */
export const measureFormats = async (
  files: readonly string[],
  runs: number,
  onPhoto: (done: number, total: number) => void,
): Promise<Formats> => {
  const [decoding, low] = [none(), none()];
  const sums = Object.fromEntries(FORMAT_NAMES.map((format) => [format, none()])) as Record<FormatName, Sums>;
  for (const [index, file] of files.flatMap((file) => Array.from({ length: runs }, () => file)).entries()) {
    const source = await readFile(file);
    const { width, height } = await sharp(source).metadata();
    const [cpuMs, pixels] = await cpuMsOf(() => pixelsOf(source, MAX_SIDE_PX));
    add(decoding, cpuMs, source.length, width * height);
    for (const format of FORMAT_NAMES) {
      const { maxPx } = FORMATS[format];
      const fitting = maxPx < MAX_SIDE_PX ? await pixelsOf(source, maxPx) : pixels;
      await encodeInto(sums[format], fitting, format, QUALITIES[format]);
    }
    await encodeInto(low, pixels, "jpeg", LOW_QUALITY);
    onPhoto(index + 1, files.length * runs);
  }
  return {
    photos: files.length,
    runs,
    decodingSecondsPerMp: demandOf(decoding).cpuSecondsPerMp,
    growthPerQuality: (sums.jpeg.bytes / low.bytes) ** (1 / ((QUALITIES.jpeg ?? 0) - LOW_QUALITY)),
    demands: Object.fromEntries(
      FORMAT_NAMES.map((format) => [format, { ...demandOf(sums[format]), quality: QUALITIES[format] }]),
    ) as Formats["demands"],
  };
};
