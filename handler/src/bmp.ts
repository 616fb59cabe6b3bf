/**
 * Decodes BMP, which libvips does not read: all kinds written by Windows and OS/2 except embedded JPEG, PNG and Huffman
 * data. Sources: Microsoft "Bitmap Storage" (BITMAPCOREHEADER to BITMAPV5HEADER); IBM OS/2 2.0 bitmap format.
 */
import { Refusal } from "./errors";

/** The header of a BMP. Colours are bytes in the order R, G, B. */
export interface BmpHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly pixelsAt: number;
  /** 256 colours; colours missing in the file are black. */
  readonly palette: Buffer;
  /** Bit masks of red, green, blue and alpha in a 16- or 32-bit pixel; alpha is 0 if there is none. */
  readonly masks: readonly number[];
}

const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHABITFIELDS = 6;

/** Second bytes of a run-length command whose first byte is 0; other values are numbers of literals. */
const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/** Bits per pixel allowed for each compression. */
const KINDS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16, 24, 32],
  [RLE8]: [8],
  [RLE4]: [4],
  [BITFIELDS]: [16, 32],
  [ALPHABITFIELDS]: [16, 32],
};

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
const ALPHA_HEADER_BYTES = 56;
const MASKS_AT = FILE_HEADER_BYTES + INFO_HEADER_BYTES;

/**
 * @throws Refusal `unsupported-format` for a kind that is not supported; RangeError if the file ends within its headers;
 *   Error if the headers are inconsistent
 */
export const readBmpHeader = (bytes: Buffer): BmpHeader => {
  const headerBytes = bytes.readUInt32LE(14);
  const core = headerBytes === CORE_HEADER_BYTES;
  const height = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  const compression = headerBytes < INFO_HEADER_BYTES ? 0 : bytes.readUInt32LE(30);
  if (!KINDS[compression]?.includes(bits))
    throw new Refusal(
      "unsupported-format",
      `Expected plain pixels, RLE or bitfields for a BMP but got ${bits} bits, compression ${compression}`,
    );
  const header = {
    widthPx: core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18),
    heightPx: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    pixelsAt: bytes.readUInt32LE(10),
    palette: Buffer.alloc(256 * 3),
    masks: readMasks(bytes, bits, compression, headerBytes),
  };
  if (header.widthPx < 1 || header.heightPx < 1)
    throw new Error(`Expected at least 1 x 1 for a BMP but got ${header.widthPx} x ${header.heightPx}`);
  readPalette(bytes, header, headerBytes);
  return header;
};

const readMasks = (bytes: Buffer, bits: number, compression: number, headerBytes: number): number[] => {
  if (compression !== BITFIELDS && compression !== ALPHABITFIELDS)
    return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const alpha = compression === ALPHABITFIELDS || headerBytes >= ALPHA_HEADER_BYTES;
  return [0, 4, 8, 12].map((at) => (at < 12 || alpha ? bytes.readUInt32LE(MASKS_AT + at) : 0));
};

/** Palettes of real files are often shorter or longer than declared, so only entries before the pixels count. */
const readPalette = (bytes: Buffer, { bits, pixelsAt, palette }: BmpHeader, headerBytes: number): void => {
  if (bits > 8) return;
  const start = FILE_HEADER_BYTES + headerBytes;
  const entryBytes = headerBytes === CORE_HEADER_BYTES ? 3 : 4;
  const claimed = headerBytes < INFO_HEADER_BYTES ? 0 : bytes.readUInt32LE(46);
  const present = Math.max(0, Math.floor((Math.min(pixelsAt, bytes.length) - start) / entryBytes));
  const count = Math.min(claimed === 0 ? 2 ** bits : claimed, present, 256);
  if (count === 0) throw new Error(`Expected a palette for a BMP of ${bits} bits but got none`);
  for (let i = 0; i < count; i++) {
    const at = start + i * entryBytes;
    palette[i * 3] = bytes.readUInt8(at + 2);
    palette[i * 3 + 1] = bytes.readUInt8(at + 1);
    palette[i * 3 + 2] = bytes.readUInt8(at);
  }
};

/**
 * Allocates width x height x channels bytes, so check the size in the header first.
 *
 * @returns the pixels in rows from the top: R G B, or R G B A if the file has an alpha channel
 * @throws Error or RangeError if pixels are missing; Refusal `decompression-bomb` for a tiny file that claims a huge picture
 */
export const decodeBmp = (bytes: Buffer, header: BmpHeader): { pixels: Buffer; channels: 3 | 4 } => {
  const { compression, bits } = header;
  if (compression === RLE8 || compression === RLE4)
    return { pixels: coloured(unpackRle(bytes, header), header), channels: 3 };
  if (bits <= 8) return { pixels: coloured(unpackIndices(bytes, header), header), channels: 3 };
  if (bits === 24) return { pixels: unpackBgr(bytes, header), channels: 3 };
  return unpackMasked(bytes, header);
};

/** Calls `row` for each row with its offset in the file and the index of its first pixel in the picture. */
const eachRow = (bytes: Buffer, header: BmpHeader, row: (at: number, firstPixel: number) => void): void => {
  const { widthPx, heightPx, bits, pixelsAt, topDown } = header;
  const stride = Math.ceil((widthPx * bits) / 32) * 4;
  const end = pixelsAt + stride * (heightPx - 1) + Math.ceil((widthPx * bits) / 8);
  if (end > bytes.length)
    throw new Error(`Expected ${end} bytes for a BMP of ${widthPx} x ${heightPx} but got ${bytes.length}`);
  for (let y = 0; y < heightPx; y++) row(pixelsAt + y * stride, (topDown ? y : heightPx - 1 - y) * widthPx);
};

const unpackBgr = (bytes: Buffer, header: BmpHeader): Buffer => {
  const pixels = Buffer.allocUnsafe(header.widthPx * header.heightPx * 3);
  eachRow(bytes, header, (at, firstPixel) => {
    const to = firstPixel * 3;
    for (let i = 0; i < header.widthPx * 3; i += 3) {
      pixels[to + i] = bytes[at + i + 2] ?? 0;
      pixels[to + i + 1] = bytes[at + i + 1] ?? 0;
      pixels[to + i + 2] = bytes[at + i] ?? 0;
    }
  });
  return pixels;
};

/** Fields of more bits are rare, and their tables would be large. */
const MAX_TABLE_BITS = 16;

/** @returns a function that extracts a field of a pixel and scales it to 0-255 */
const field = (mask: number): ((pixel: number) => number) => {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  const scaled = (value: number) => Math.round(value * (255 / Math.max(1, most)));
  if (most >= 2 ** MAX_TABLE_BITS) return (pixel) => scaled((pixel & mask) >>> shift);
  const table = Uint8Array.from({ length: most + 1 }, (_, value) => scaled(value));
  return (pixel) => table[(pixel & mask) >>> shift] as number;
};

const unpackMasked = (bytes: Buffer, header: BmpHeader): { pixels: Buffer; channels: 3 | 4 } => {
  const { widthPx, heightPx, bits, masks } = header;
  const alphaMask = masks[3] ?? 0;
  const channels = alphaMask === 0 ? 3 : 4;
  const fields = masks.slice(0, channels).map(field);
  const pixels = Buffer.allocUnsafe(widthPx * heightPx * channels);
  let alphaSeen = 0;
  eachRow(bytes, header, (at, firstPixel) => {
    let to = firstPixel * channels;
    for (let x = 0; x < widthPx; x++) {
      const pixel = bits === 16 ? bytes.readUInt16LE(at + x * 2) : bytes.readUInt32LE(at + x * 4);
      alphaSeen |= pixel & alphaMask;
      for (const read of fields) pixels[to++] = read(pixel);
    }
  });
  // Some programs declare an alpha channel and leave it all zero: show the picture instead of nothing.
  if (channels === 4 && alphaSeen === 0) for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  return { pixels, channels };
};

const unpackIndices = (bytes: Buffer, header: BmpHeader): Buffer => {
  const { widthPx, heightPx, bits } = header;
  const indices = Buffer.allocUnsafe(widthPx * heightPx);
  const last = 2 ** bits - 1;
  eachRow(bytes, header, (at, firstPixel) => {
    if (bits === 8) bytes.copy(indices, firstPixel, at, at + widthPx);
    else
      for (let x = 0, bit = 0; x < widthPx; x++, bit += bits)
        indices[firstPixel + x] = ((bytes[at + (bit >> 3)] as number) >> (8 - bits - (bit & 7))) & last;
  });
  return indices;
};

/** A run of 255 pixels takes two bytes; small pictures may skip most of their pixels. */
const MAX_PIXELS_PER_BYTE = 128;
const FREE_PIXELS = 1_000_000;

/** @throws Refusal `decompression-bomb` if a file claims far more pixels than it could draw */
const admitRle = (bytes: Buffer, { widthPx, heightPx }: BmpHeader): void => {
  const most = FREE_PIXELS + bytes.length * MAX_PIXELS_PER_BYTE;
  if (widthPx * heightPx > most)
    throw new Refusal(
      "decompression-bomb",
      `Expected at most ${most} pixels for a run-length encoded BMP of ${bytes.length} bytes but got ${widthPx} x ${heightPx}`,
    );
};

/** Some programs encode rows with the padding that they have without compression. */
const MAX_ROW_PADDING = 7;

/** A row that is too long was damaged, and so are those that follow. */
const admitRow = (drawn: number, widthPx: number): void => {
  if (drawn > widthPx + MAX_ROW_PADDING)
    throw new Error(`Expected at most ${widthPx} pixels for a row of a run-length encoded BMP but got ${drawn}`);
};

/** Two-byte commands: a run (count, index), or 0 followed by 0 (end of row), 1 (end of picture), 2 (move) or a number of literal indices. */
const unpackRle = (bytes: Buffer, header: BmpHeader): Buffer => {
  const { widthPx, heightPx, compression, topDown } = header;
  admitRle(bytes, header);
  // Skipped pixels keep the first colour of the palette.
  const indices = Buffer.alloc(widthPx * heightPx);
  let [at, x, y] = [header.pixelsAt, 0, 0];
  const rowAt = (): number => (topDown ? y : heightPx - 1 - y) * widthPx;
  const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15);
  const drawRun = (count: number, value: number): void => {
    const [from, to] = [rowAt() + Math.min(x, widthPx), rowAt() + Math.min(x + count, widthPx)];
    if (compression === RLE8) indices.fill(value, from, to);
    else for (let i = from; i < to; i++) indices[i] = nibble(value, i - from);
    x += count;
    admitRow(x, widthPx);
  };
  const drawLiterals = (count: number): void => {
    const row = rowAt();
    for (let i = 0; i < count; i++, x++) {
      const index = compression === RLE8 ? bytes.readUInt8(at + i) : nibble(bytes.readUInt8(at + (i >> 1)), i);
      if (x < widthPx) indices[row + x] = index;
    }
    at += Math.ceil(Math.ceil(count / (compression === RLE8 ? 1 : 2)) / 2) * 2;
    admitRow(x, widthPx);
  };
  while (y < heightPx && !(y === heightPx - 1 && x >= widthPx)) {
    if (at + 2 > bytes.length) throw new Error("Expected an end of picture for a run-length encoded BMP but got none");
    const count = bytes.readUInt8(at++);
    const value = bytes.readUInt8(at++);
    if (count > 0) drawRun(count, value);
    else if (value === END_OF_ROW) [x, y] = [0, y + 1];
    else if (value === END_OF_PICTURE) break;
    else if (value === MOVE) {
      x += bytes.readUInt8(at++);
      y += bytes.readUInt8(at++);
    } else drawLiterals(value);
  }
  return indices;
};

const coloured = (indices: Buffer, { palette }: BmpHeader): Buffer => {
  const pixels = Buffer.allocUnsafe(indices.length * 3);
  for (let i = 0, to = 0; i < indices.length; i++, to += 3) {
    const from = (indices[i] as number) * 3;
    pixels[to] = palette[from] as number;
    pixels[to + 1] = palette[from + 1] as number;
    pixels[to + 2] = palette[from + 2] as number;
  }
  return pixels;
};
