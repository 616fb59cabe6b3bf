/** Writes BMP files of every kind, valid or invalid, with the given headers. */

/** R, G, B and, if the kind has it, A. */
export type Colour = readonly number[];

export interface BmpKind {
  readonly bits: number;
  /** @default 0, none */
  readonly compression?: number;
  /** @default 40, BITMAPINFOHEADER */
  readonly headerBytes?: number;
  /** @default the first row of the file is the lowest */
  readonly topDown?: boolean;
  /** @default none */
  readonly palette?: readonly Colour[];
  /** Number of colours in the header. @default the number of colours in the palette */
  readonly claimedColours?: number;
  /** Masks of R, G, B and optionally A, written into the header or after it. @default none */
  readonly masks?: readonly number[];
  /** Bytes between the headers and the pixels. @default 0 */
  readonly gapBytes?: number;
  /** Bytes in place of the rows of pixels. @default the rows */
  readonly body?: readonly number[];
}

type SampleAt = (x: number, y: number) => number;

/** A colour as the number that a 24- or 32-bit BMP stores. */
export const bgr = ([r = 0, g = 0, b = 0, a = 0]: Colour): number => ((a << 24) | (r << 16) | (g << 8) | b) >>> 0;

/** @returns a BMP whose pixels have the values of `sampleAt`, written as the specification says */
export const bmp = (kind: BmpKind, width: number, height: number, sampleAt: SampleAt = () => 0): Buffer => {
  const { bits, headerBytes = 40, topDown = false, palette = [], gapBytes = 0, body } = kind;
  const header = headerOf(kind, width, height);
  const colours = Buffer.from(
    palette.flatMap(([r = 0, g = 0, b = 0]) => (headerBytes === 12 ? [b, g, r] : [b, g, r, 0])),
  );
  header.writeUInt32LE(header.length + colours.length + gapBytes, 10);
  const rows = body === undefined ? rowsOf(bits, width, height, topDown, sampleAt) : Buffer.from(body);
  const file = Buffer.concat([header, colours, Buffer.alloc(gapBytes, 0xee), rows]);
  file.writeUInt32LE(file.length, 2);
  return file;
};

const headerOf = (kind: BmpKind, width: number, height: number): Buffer => {
  const { bits, compression = 0, headerBytes = 40, topDown = false, palette = [], masks = [] } = kind;
  const header = Buffer.alloc(14 + headerBytes + (headerBytes === 40 ? masks.length * 4 : 0));
  header.write("BM");
  header.writeUInt32LE(headerBytes, 14);
  if (headerBytes === 12) {
    for (const [i, value] of [width, height, 1, bits].entries()) header.writeUInt16LE(value, 18 + i * 2);
    return header;
  }
  header.writeInt32LE(width, 18);
  header.writeInt32LE(topDown ? -height : height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  if (headerBytes < 40) return header;
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(kind.claimedColours ?? palette.length, 46);
  for (const [i, mask] of masks.entries()) header.writeUInt32LE(mask, 54 + i * 4);
  return header;
};

const rowsOf = (bits: number, width: number, height: number, topDown: boolean, sampleAt: SampleAt): Buffer => {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const start = (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const value = sampleAt(x, y);
      if (bits >= 8) {
        rows.writeUIntLE(value, start + (x * bits) / 8, bits / 8);
        continue;
      }
      const at = start + Math.floor((x * bits) / 8);
      rows[at] = (rows[at] ?? 0) | (value << (8 - bits - ((x * bits) % 8)));
    }
  }
  return rows;
};
