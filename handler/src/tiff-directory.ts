/** Reads the directories of a TIFF, and writes a new one (TIFF 6.0, section 2; BigTIFF). */
import { Refusal } from "./errors";

/** Types of the values of an entry. */
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const LONG8 = 16;

/** Bytes per value by type: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, … , IFD, LONG8, SLONG8, IFD8. */
const SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8 },
};

/** An entry of a directory. Its values lie in the file, at `at`. */
export interface Entry {
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

/** @throws Refusal `corrupt` */
const corrupt = (detail: string): never => {
  throw new Refusal("corrupt", detail);
};

/** A TIFF in memory. Every function throws RangeError if it would read beyond the end of the file. */
export class TiffFile {
  readonly bytes: Buffer;
  readonly isLittle: boolean;
  readonly isBig: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.isLittle = bytes[0] === 0x49;
    this.isBig = this.short(2) === 43;
  }

  get first(): number {
    return this.isBig ? this.huge(8) : this.long(4);
  }

  short(at: number): number {
    return this.isLittle ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  long(at: number): number {
    return this.isLittle ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  huge(at: number): number {
    return Number(this.isLittle ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at));
  }

  /** @returns the offset of the next directory without reading the entries; 0 if the file ends before it */
  nextAfter(directory: number): number {
    const at = this.isBig ? directory + 8 + this.huge(directory) * 20 : directory + 2 + this.short(directory) * 12;
    if (at + (this.isBig ? 8 : 4) > this.bytes.length) return 0;
    return this.isBig ? this.huge(at) : this.long(at);
  }

  directory(at: number): Directory {
    const [start, size, count] = this.isBig ? [at + 8, 20, this.huge(at)] : [at + 2, 12, this.short(at)];
    if (start + count * size > this.bytes.length)
      corrupt("Expected a whole directory for a TIFF but the file ends in it");
    const entries = new Map<number, Entry>();
    for (let i = start; i < start + count * size; i += size) {
      const tag = this.short(i);
      if (!entries.has(tag)) entries.set(tag, this.entry(i));
    }
    return { entries, next: this.nextAfter(at) };
  }

  private entry(i: number): Entry {
    const type = this.short(i + 2);
    const count = this.isBig ? this.huge(i + 4) : this.long(i + 4);
    const [value, inline] = this.isBig ? [i + 12, 8] : [i + 8, 4];
    const isInline = count * (SIZES[type] ?? 0) <= inline;
    return { type, count, at: isInline ? value : this.isBig ? this.huge(value) : this.long(value) };
  }

  /** @returns whether all values of the entry lie in the file */
  holds({ type, count, at }: Entry): boolean {
    return at + count * (SIZES[type] ?? 0) <= this.bytes.length;
  }

  /** @returns the values of an entry of whole numbers; none if it has another type or the file ends before them */
  numbers(entry: Entry | undefined): number[] {
    if (entry === undefined || !this.holds(entry)) return [];
    const { type, count, at } = entry;
    const read = {
      1: (i: number) => this.bytes.readUInt8(at + i),
      3: (i: number) => this.short(at + i * 2),
      4: (i: number) => this.long(at + i * 4),
      13: (i: number) => this.long(at + i * 4),
      16: (i: number) => this.huge(at + i * 8),
      18: (i: number) => this.huge(at + i * 8),
    }[type];
    return read === undefined ? [] : Array.from({ length: count }, (_, i) => read(i));
  }

  /** @returns the text of an entry, up to its first NUL */
  text(entry: Entry | undefined): string {
    if (entry === undefined || !this.holds(entry)) return "";
    return this.bytes.toString("latin1", entry.at, entry.at + entry.count).split("\0")[0] ?? "";
  }

  private write(to: Buffer, value: number, at: number, size: number): void {
    if (size === 8 && this.isLittle) to.writeBigUInt64LE(BigInt(value), at);
    else if (size === 8) to.writeBigUInt64BE(BigInt(value), at);
    else if (this.isLittle) to.writeUIntLE(value, at, size);
    else to.writeUIntBE(value, at, size);
  }

  private encoded(given: Values): { type: number; count: number; data: Buffer } {
    if (Buffer.isBuffer(given)) return { type: UNDEFINED, count: given.length, data: given };
    if (!isList(given)) {
      const { type, count, at } = given;
      return { type, count, data: this.bytes.subarray(at, at + count * (SIZES[type] ?? 1)) };
    }
    const largest = given.reduce((most, value) => Math.max(most, value), 0);
    const type = largest < 2 ** 16 ? SHORT : largest < 2 ** 32 ? LONG : LONG8;
    const size = SIZES[type] as number;
    const data = Buffer.alloc(given.length * size);
    for (const [i, value] of given.entries()) this.write(data, value, i * size, size);
    return { type, count: given.length, data };
  }

  /** @returns a copy of the file whose only directory has these entries */
  withDirectory(entries: readonly (readonly [tag: number, values: Values])[]): Buffer {
    const [word, head, entryBytes] = this.isBig ? [8, 8, 20] : [4, 2, 12];
    const start = this.bytes.length + (this.bytes.length % 2);
    const table = Buffer.alloc(head + entries.length * entryBytes + word);
    const values: Buffer[] = [];
    let end = start + table.length;
    this.write(table, entries.length, 0, head);
    for (const [i, [tag, given]] of [...entries].sort(([a], [b]) => a - b).entries()) {
      const { type, count, data } = this.encoded(given);
      const at = head + i * entryBytes;
      this.write(table, tag, at, 2);
      this.write(table, type, at + 2, 2);
      this.write(table, count, at + 4, word);
      if (data.length <= word) {
        data.copy(table, at + 4 + word);
        continue;
      }
      this.write(table, end, at + 4 + word, word);
      values.push(data, Buffer.alloc(data.length % 2));
      end += data.length + (data.length % 2);
    }
    const copy = Buffer.concat([this.bytes, Buffer.alloc(start - this.bytes.length), table, ...values]);
    this.write(copy, start, this.isBig ? 8 : 4, word);
    return copy;
  }
}
