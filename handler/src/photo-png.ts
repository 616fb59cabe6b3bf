/**
 * Writes photos as PNG (third edition, clauses 9 and 10), for which libpng takes longer: it compares filters on a few pixels
 * only, and searches no repetitions. The noise of a sensor repeats nothing, and short repetitions that zlib finds by chance
 * cost more bits than they save.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { constants, deflate, deflateSync, type ZlibOptions } from "node:zlib";
import type { Effort } from "../contract/efforts";
import type { Pixels } from "./decode";
import { PHOTO_RATIO } from "./encoders";
import { PNG_SIGNATURE, pngChunk } from "./png-chunks";

const deflated = promisify<Uint8Array, ZlibOptions, Buffer>(deflate);

/** The absolute value, without a branch: which way a photo goes cannot be predicted. */
const absolute = (value: number): number => {
  const sign = value >> 31;
  return (value ^ sign) - sign;
};

/** @returns which of left, above and the pixel above left is the nearest to left + above - aboveLeft; without a branch */
const paeth = (left: number, above: number, aboveLeft: number): number => {
  const toLeft = above - aboveLeft;
  const toAbove = left - aboveLeft;
  const leftError = absolute(toLeft);
  const aboveError = absolute(toAbove);
  const isAboveNearer = (aboveError - leftError) >> 31;
  const nearer = left ^ ((left ^ above) & isAboveNearer);
  const error = leftError + ((aboveError - leftError) & isAboveNearer);
  return nearer ^ ((nearer ^ aboveLeft) & ((absolute(toLeft + toAbove) - error) >> 31));
};

/** Predicts a sample from those to the left, above, and above to the left. */
type Predict = (left: number, above: number, aboveLeft: number) => number;

const PREDICTIONS: readonly Predict[] = [
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

type Filter = (out: Uint8Array, row: Uint8Array, above: Uint8Array, channels: number) => void;

// One loop for each filter: calling a prediction for each sample would take three times as long.
const sub: Filter = (out, row, _, channels) => {
  for (let i = 0; i < channels; i++) out[i] = row[i] as number;
  for (let i = channels; i < row.length; i++) out[i] = (row[i] as number) - (row[i - channels] as number);
};

const up: Filter = (out, row, above) => {
  for (let i = 0; i < row.length; i++) out[i] = (row[i] as number) - (above[i] as number);
};

const average: Filter = (out, row, above, channels) => {
  for (let i = 0; i < channels; i++) out[i] = (row[i] as number) - ((above[i] as number) >> 1);
  for (let i = channels; i < row.length; i++)
    out[i] = (row[i] as number) - (((row[i - channels] as number) + (above[i] as number)) >> 1);
};

const nearest: Filter = (out, row, above, channels) => {
  for (let channel = 0; channel < channels; channel++) {
    let [left, aboveLeft] = [0, 0];
    for (let i = channel; i < row.length; i += channels) {
      const [sample, over] = [row[i] as number, above[i] as number];
      out[i] = sample - paeth(left, over, aboveLeft);
      left = sample;
      aboveLeft = over;
    }
  }
};

/** By filter type less 1: type 0 leaves the samples as they are. */
const FILTERS: readonly Filter[] = [sub, up, average, nearest];

const VALUES = 256;
/** Of the pixels of a row, every other one is compared. */
const SAMPLED = 2;

/** @returns the index of the filter after which the values of a row need the fewest bits */
const bestFilter = (row: Uint8Array, above: Uint8Array, channels: number): number => {
  const bits = PREDICTIONS.map((predict) => {
    const counts = new Uint32Array(VALUES);
    for (let at = channels; at < row.length; at += channels * SAMPLED)
      for (let i = at; i < at + channels; i++) {
        const predicted = predict(row[i - channels] as number, above[i] as number, above[i - channels] as number);
        (counts[((row[i] as number) - predicted) & 0xff] as number)++;
      }
    return counts.reduce((sum, count) => (count > 0 ? sum - count * Math.log2(count) : sum), 0);
  });
  return bits.indexOf(Math.min(...bits));
};

/** Rows that share a filter: neighbours are alike. */
const BAND_ROWS = 16;

const filteredRowBytes = ({ raw: { width, channels } }: Pixels): number => 1 + width * channels;

/** Fills `out` with filtered rows, each behind its filter type. */
const filterBand = (out: Uint8Array, { data, raw: { width, channels } }: Pixels, from: number): void => {
  const samples = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const rowBytes = width * channels;
  const rowAt = (y: number) => (y < 0 ? new Uint8Array(rowBytes) : samples.subarray(y * rowBytes, (y + 1) * rowBytes));
  const rows = out.length / (1 + rowBytes);
  const middle = from + (rows >> 1);
  const best = bestFilter(rowAt(middle), rowAt(middle - 1), channels);
  const filter = FILTERS[best] as Filter;
  for (let y = 0, at = 0; y < rows; y++, at += 1 + rowBytes) {
    out[at] = 1 + best;
    filter(out.subarray(at + 1, at + 1 + rowBytes), rowAt(from + y), rowAt(from + y - 1), channels);
  }
};

/** Finds runs of one value, but no other repetitions. */
const PHOTO: ZlibOptions = { strategy: constants.Z_RLE, memLevel: 9, chunkSize: 2 ** 20 };

/** The fastest that finds most of the repetitions. */
const ANY: ZlibOptions = { level: 3, memLevel: 9 };

/** Bands that are compressed in both ways, at most. */
const TRIED_BANDS = 4;
/** With fewer rows, trying would take a large part of the time. */
const LEAST_BANDS = 32;
/**
 * @returns the bytes of a PNG that is written as here, divided by those after a search for repetitions, by a few bands: 0.89 to
 *   0.93 for half of the photos, up to 1.25 for others, and far more for drawings and screenshots
 */
export const photoRatio = (pixels: Pixels): number => {
  const bands = Math.floor(pixels.raw.height / BAND_ROWS);
  if (bands < LEAST_BANDS) return Number.POSITIVE_INFINITY;
  const band = new Uint8Array(BAND_ROWS * filteredRowBytes(pixels));
  let [asPhoto, asAny] = [0, 0];
  for (let i = 0; i < TRIED_BANDS; i++) {
    filterBand(band, pixels, Math.floor(((i + 0.5) * bands) / TRIED_BANDS) * BAND_ROWS);
    asPhoto += deflateSync(band, PHOTO).length;
    asAny += deflateSync(band, ANY).length;
  }
  return asPhoto / asAny;
};

/** Colour types by channels. */
const COLOUR_TYPES = { 3: 2, 4: 6 } as const;

const headerOf = ({ width, height, channels }: Pixels["raw"]): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOUR_TYPES[channels]], 8);
  return header;
};

/** @returns the filtered rows. Other work of this process has its turn between the bands. */
const filtered = async (pixels: Pixels): Promise<Uint8Array> => {
  const { height } = pixels.raw;
  const rowBytes = filteredRowBytes(pixels);
  const all = new Uint8Array(height * rowBytes);
  for (let from = 0; from < height; from += BAND_ROWS) {
    filterBand(all.subarray(from * rowBytes, Math.min(height, from + BAND_ROWS) * rowBytes), pixels, from);
    await nextTurn();
  }
  return all;
};

/** @returns the pixels as a PNG */
export const photoPng = async (pixels: Pixels): Promise<Buffer> =>
  Buffer.concat([
    PNG_SIGNATURE,
    ...pngChunk("IHDR", headerOf(pixels.raw)),
    ...pngChunk("IDAT", await deflated(await filtered(pixels), PHOTO)),
    ...pngChunk("IEND", Buffer.alloc(0)),
  ]);

/** @returns the pixels as a PNG; undefined if libpng suits the picture better with this effort */
export const photoPngFor = async (effort: Effort, pixels: Pixels): Promise<Buffer | undefined> =>
  photoRatio(pixels) <= PHOTO_RATIO[effort] ? photoPng(pixels) : undefined;
