/** Encodes rows of palette indices as BMP does: Microsoft, "Bitmap Compression". */

interface Encoding {
  readonly bits: 4 | 8;
  /** Pixels of index 0 are skipped. @default they are drawn */
  readonly jumps?: boolean;
  /** Number of rows before the end of the picture. @default all */
  readonly rows?: number;
}

/** Maximum number of literal pixels in one run: its length is one byte. */
const MOST = 255;
const FEWEST_LITERALS = 3;

const runFrom = (row: readonly number[], x: number): number => {
  let end = x;
  while (end < row.length && end - x < MOST && row[end] === row[x]) end++;
  return end - x;
};

const paired = ({ bits }: Encoding, indices: readonly number[]): number[] =>
  bits === 8
    ? [...indices]
    : Array.from(
        { length: Math.ceil(indices.length / 2) },
        (_, i) => ((indices[2 * i] ?? 0) << 4) | (indices[2 * i + 1] ?? 0),
      );

/** The index of one pixel, twice, as a run of 4-bit pixels stores it. */
const runByte = (encoding: Encoding, index: number): number => (encoding.bits === 8 ? index : (index << 4) | index);

const literals = (encoding: Encoding, indices: readonly number[]): number[] => {
  if (indices.length < FEWEST_LITERALS) return indices.flatMap((index) => [1, runByte(encoding, index)]);
  const body = paired(encoding, indices);
  return [0, indices.length, ...body, ...(body.length % 2 === 0 ? [] : [0])];
};

const encodedRow = (encoding: Encoding, row: readonly number[]): number[] => {
  const commands: number[] = [];
  let pending: number[] = [];
  const flush = () => {
    commands.push(...literals(encoding, pending));
    pending = [];
  };
  for (let x = 0; x < row.length; ) {
    const count = runFrom(row, x);
    const index = row[x] ?? 0;
    if (encoding.jumps === true && index === 0) {
      flush();
      commands.push(0, 2, count, 0);
    } else if (count > 2) {
      flush();
      commands.push(count, runByte(encoding, index));
    } else pending.push(...row.slice(x, x + count));
    x += count;
  }
  flush();
  return commands;
};

/** @param rows of palette indices, in the order of the file */
export const runLengths = (encoding: Encoding, rows: readonly (readonly number[])[]): number[] => [
  ...rows.slice(0, encoding.rows).flatMap((row) => [...encodedRow(encoding, row), 0, 0]),
  0,
  1,
];
