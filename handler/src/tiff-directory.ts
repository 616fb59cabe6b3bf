/** Reads the directories of a TIFF, and writes a new one (TIFF 6.0, section 2; BigTIFF). */
import { Refusal } from "./errors";

/** Types of the values of an entry. */
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const LONG8 = 16;

/** Version of BigTIFF; that of TIFF is 42. */
const BIG = 43;

/** Bytes per value by type: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, … , IFD, LONG8, SLONG8, IFD8. */
const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8 },
};

/** An entry of a directory. Its values lie in the file, at `at`. */
interface Entry {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

/** A directory: it describes one picture. */
export interface Directory {
  /** By tag. The first entry with a tag counts. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** Offset of the next directory; 0 for the last one. */
  readonly next: number;
}

/** Values to write: whole numbers, bytes, or the values of an existing entry. */
export type Values = readonly number[] | Buffer | Entry;

const isList = (values: Values): values is readonly number[] => Array.isArray(values);

/** Reads numbers in the byte order of a TIFF. */
const numbersIn = (bytes: Buffer, isLittle: boolean) => ({
  short: (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
  long: (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
  huge: (at: number) => Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)),
});

/** A TIFF in memory. Every function throws RangeError if it would read beyond the end of the file. */
export interface TiffFile {
  readonly bytes: Buffer;
  /** Offset of the first directory. */
  readonly first: number;
  /** @returns the offset of the next directory without reading the entries; 0 if the file ends before it */
  readonly nextAfter: (directory: number) => number;
  /** @throws Refusal `corrupt` if the file ends in the directory */
  readonly directory: (at: number) => Directory;
  /** @returns whether all values of the entry lie in the file */
  readonly holds: (entry: Entry) => boolean;
  /** @returns the values of an entry of whole numbers; none if it has another type or the file ends before them */
  readonly numbers: (entry: Entry | undefined) => number[];
  /** @returns the text of an entry, up to its first NUL */
  readonly text: (entry: Entry | undefined) => string;
  /** @returns a copy of the file whose only directory has these entries */
  readonly withDirectory: (entries: readonly (readonly [tag: number, values: Values])[]) => Buffer;
}

const isLittleEndian = (bytes: Buffer): boolean => bytes[0] === 0x49;

export const openTiffFile = (bytes: Buffer): TiffFile => {
  const { short, long, huge } = numbersIn(bytes, isLittleEndian(bytes));
  const isBig = short(2) === BIG;
  const word = isBig ? huge : long;

  const nextAfter = (directory: number): number => {
    const at = isBig ? directory + 8 + huge(directory) * 20 : directory + 2 + short(directory) * 12;
    return at + (isBig ? 8 : 4) > bytes.length ? 0 : word(at);
  };
  const entryAt = (at: number): Entry => {
    const [type, count] = [short(at + 2), word(at + 4)];
    const [value, inline] = isBig ? [at + 12, 8] : [at + 8, 4];
    return { type, count, at: count * (SIZES[type] ?? 0) <= inline ? value : word(value) };
  };
  const directory = (at: number): Directory => {
    const [start, size] = isBig ? [at + 8, 20] : [at + 2, 12];
    const count = start > bytes.length ? Number.POSITIVE_INFINITY : isBig ? huge(at) : short(at);
    if (start + count * size > bytes.length)
      throw new Refusal("corrupt", "Expected a whole directory for a TIFF but the file ends before its end");
    const entries = new Map<number, Entry>();
    for (let i = start; i < start + count * size; i += size) {
      const tag = short(i);
      if (!entries.has(tag)) entries.set(tag, entryAt(i));
    }
    return { entries, next: nextAfter(at) };
  };
  const holds = ({ type, count, at }: Entry): boolean => at + count * (SIZES[type] ?? 0) <= bytes.length;
  const readers: Readonly<Record<number, (at: number) => number>> = {
    ...{ 1: (at) => bytes.readUInt8(at), 3: short, 4: long, 13: long, 16: huge, 18: huge },
  };
  const numbers = (entry: Entry | undefined): number[] => {
    const read = readers[entry?.type ?? 0];
    if (entry === undefined || read === undefined || !holds(entry)) return [];
    return Array.from({ length: entry.count }, (_, i) => read(entry.at + i * (SIZES[entry.type] ?? 0)));
  };
  const text = (entry: Entry | undefined): string =>
    entry === undefined || !holds(entry)
      ? ""
      : (bytes.toString("latin1", entry.at, entry.at + entry.count).split("\0")[0] ?? "");
  return {
    ...{ bytes, first: isBig ? huge(8) : long(4), nextAfter, directory, holds, numbers, text },
    withDirectory: (entries) => withDirectory(bytes, isBig, entries),
  };
};

/** Writes whole numbers in a byte order. */
const writerTo = (isLittle: boolean) => (to: Buffer, value: number, at: number, size: number) => {
  if (size === 8) isLittle ? to.writeBigUInt64LE(BigInt(value), at) : to.writeBigUInt64BE(BigInt(value), at);
  else isLittle ? to.writeUIntLE(value, at, size) : to.writeUIntBE(value, at, size);
};

type Write = ReturnType<typeof writerTo>;

const encoded = (bytes: Buffer, given: Values, write: Write): { type: number; count: number; data: Buffer } => {
  if (Buffer.isBuffer(given)) return { type: UNDEFINED, count: given.length, data: given };
  if (!isList(given)) {
    const { type, count, at } = given;
    return { type, count, data: bytes.subarray(at, at + count * (SIZES[type] ?? 1)) };
  }
  const largest = given.reduce((most, value) => Math.max(most, value), 0);
  const type = largest < 2 ** 16 ? SHORT : largest < 2 ** 32 ? LONG : LONG8;
  const size = SIZES[type] as number;
  const data = Buffer.alloc(given.length * size);
  for (const [i, value] of given.entries()) write(data, value, i * size, size);
  return { type, count: given.length, data };
};

const withDirectory: (bytes: Buffer, isBig: boolean, ...rest: Parameters<TiffFile["withDirectory"]>) => Buffer = (
  bytes,
  isBig,
  entries,
) => {
  const write = writerTo(isLittleEndian(bytes));
  const [word, head, entryBytes] = isBig ? [8, 8, 20] : [4, 2, 12];
  const start = bytes.length + (bytes.length % 2);
  const table = Buffer.alloc(head + entries.length * entryBytes + word);
  const values: Buffer[] = [];
  let end = start + table.length;
  write(table, entries.length, 0, head);
  for (const [i, [tag, given]] of [...entries].sort(([a], [b]) => a - b).entries()) {
    const { type, count, data } = encoded(bytes, given, write);
    const at = head + i * entryBytes;
    write(table, tag, at, 2);
    write(table, type, at + 2, 2);
    write(table, count, at + 4, word);
    if (data.length <= word) {
      data.copy(table, at + 4 + word);
      continue;
    }
    write(table, end, at + 4 + word, word);
    values.push(data, Buffer.alloc(data.length % 2));
    end += data.length + (data.length % 2);
  }
  const copy = Buffer.concat([bytes, Buffer.alloc(start - bytes.length), table, ...values]);
  write(copy, start, isBig ? 8 : 4, word);
  return copy;
};
