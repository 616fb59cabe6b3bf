/**
 * Checks that a sequential Huffman-coded scan holds all of its samples (ITU-T T.81, annex F), without decoding them:
 * libvips does not report what is missing from the last eight rows.
 */

/** A component of the frame: its sampling factors, and the Huffman tables that the scan uses for it. */
interface ScanComponent {
  readonly horizontal: number;
  readonly vertical: number;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

/**
 * Entries by the next bits: in the lower byte how many of them belong to a code and the value behind it, in the upper byte how many
 * coefficients they stand for; 0 where there is no code.
 */
export interface HuffmanTable {
  /** By the next SHORT_BITS: it stays in the processor's cache, and nearly all codes are in it. */
  readonly short: Uint16Array;
  /** By the next 16 bits. */
  readonly long: Uint16Array;
}

const SHORT_BITS = 10;

/** A scan of all components of its frame. */
export interface Scan {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly components: readonly ScanComponent[];
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
}

const COEFFICIENTS = 64;
const ZERO_RUN = 0xf0;

/** @returns how many coefficients a symbol of an AC table stands for: a run of zeros and one value, or the rest of the block */
const coefficientsOf = (symbol: number): number => {
  if ((symbol & 15) !== 0) return (symbol >> 4) + 1;
  return symbol === ZERO_RUN ? 16 : COEFFICIENTS;
};

/**
 * @param isAc whether the codes are those of AC coefficients
 * @param lengths how many codes there are of each length, from 1 to 16 bits
 * @param symbols in the order of their codes
 */
export const huffmanTable = (isAc: boolean, lengths: Uint8Array, symbols: Uint8Array): HuffmanTable => {
  const [short, long] = [new Uint16Array(2 ** SHORT_BITS), new Uint16Array(2 ** 16)];
  let [code, next] = [0, 0];
  for (let bits = 1; bits <= 16; bits++) {
    for (let i = 0; i < (lengths[bits - 1] ?? 0); i++, code++) {
      const symbol = symbols[next++] ?? 0;
      const entry = ((isAc ? coefficientsOf(symbol) : 1) << 8) | (bits + (symbol & 15));
      long.fill(entry, code << (16 - bits), (code + 1) << (16 - bits));
      if (bits <= SHORT_BITS) short.fill(entry, code << (SHORT_BITS - bits), (code + 1) << (SHORT_BITS - bits));
    }
    code <<= 1;
  }
  return { short, long };
};

const ceil = (dividend: number, divisor: number): number => Math.ceil(dividend / divisor);

/** @returns the components of the blocks of one MCU, and how many MCUs there are */
const layoutOf = ({ widthPx, heightPx, components }: Scan): { blocks: readonly ScanComponent[]; mcus: number } => {
  const [only] = components;
  // A scan of one component is not interleaved: each block is an MCU.
  if (components.length === 1 && only !== undefined)
    return { blocks: [only], mcus: ceil(widthPx, 8) * ceil(heightPx, 8) };
  const [across, down] = [
    Math.max(...components.map(({ horizontal }) => horizontal)),
    Math.max(...components.map(({ vertical }) => vertical)),
  ];
  const blocks = components.flatMap((component) =>
    Array.from({ length: component.horizontal * component.vertical }, () => component),
  );
  return { blocks, mcus: ceil(widthPx, 8 * across) * ceil(heightPx, 8 * down) };
};

/**
 * @param bytes of the file
 * @param start of the entropy-coded data
 * @param end of the entropy-coded data
 * @returns whether every block of the picture is coded in them
 */
export const isScanWhole = (bytes: Buffer, start: number, end: number, scan: Scan): boolean => {
  const { blocks, mcus } = layoutOf(scan);
  const { restartInterval } = scan;
  const dcs = blocks.map(({ dc }) => dc);
  const acs = blocks.map(({ ac }) => ac);
  let at = start;
  let buffer = 0;
  let bits = 0;
  // Bits that were read beyond the data.
  let missing = 0;

  for (let mcu = 0; mcu < mcus; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      while (at < end && bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
      if ((missing > 0 && missing > bits) || bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf8) !== 0xd0) return false;
      at += 2;
      buffer = bits = missing = 0;
    }
    for (let block = 0; block < blocks.length; block++) {
      const ac = acs[block] as HuffmanTable;
      let table = dcs[block] as HuffmanTable;
      for (let k = 0; k < COEFFICIENTS; table = ac) {
        while (bits <= 24) {
          const byte = at < end ? (bytes[at] as number) : -1;
          if (byte >= 0 && byte !== 0xff) at++;
          else if (byte === 0xff && bytes[at + 1] === 0) at += 2;
          else missing += 8;
          buffer = (buffer << 8) | (byte & 0xff);
          bits += 8;
        }
        const next = (buffer >>> (bits - 16)) & 0xffff;
        const entry = (table.short[next >> (16 - SHORT_BITS)] as number) || (table.long[next] as number);
        if (entry === 0) return false;
        bits -= entry & 0xff;
        k += entry >> 8;
      }
    }
    if (missing > 0 && missing > bits) return false;
  }
  return true;
};
