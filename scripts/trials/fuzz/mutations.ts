/** Ways to damage a picture. The same seed and number give the same bytes on every machine. */
import type { SourceFormat } from "../../../handler/src/input";
import { withChecksums } from "../../images/png";
import type { Seed } from "./seeds";

/** Random numbers from a seed. */
interface SeededRandom {
  /** @returns a whole number >= 0 and < `end` */
  readonly below: (end: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

/** A Weyl sequence through the finalizer of MurmurHash3. */
const randomOf = (seed: number, number: number): SeededRandom => {
  let state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) % end;
  };
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
};

/** @param other another picture, usually of the same format */
type Mutation = (bytes: Buffer, random: SeededRandom, other: Buffer) => Buffer;

/** In these small files, headers, directories and tables are within the first 160 bytes. */
const HEAD_BYTES = 160;

const flipped = (bytes: Buffer, random: SeededRandom, within: number): Buffer => {
  const damaged = Buffer.from(bytes);
  for (let flips = 1 + random.below(8); flips > 0; flips--) {
    const at = random.below(Math.min(within, bytes.length));
    damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
  }
  return damaged;
};

/** Numbers at which integer arithmetic overflows. */
const EDGES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

const edged: Mutation = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  for (let fields = 1 + random.below(3); fields > 0; fields--) {
    const length = random.pick([1, 2, 4]);
    const at = random.below(Math.max(1, Math.min(HEAD_BYTES, bytes.length - length)));
    const value = random.pick(EDGES) % 2 ** (8 * length);
    if (at + length > bytes.length) continue;
    if (random.below(2) === 0) damaged.writeUIntLE(value, at, length);
    else damaged.writeUIntBE(value, at, length);
  }
  return damaged;
};

/** @returns start and end of a random piece */
const pieceOf = (bytes: Buffer, random: SeededRandom): [number, number] => {
  const start = random.below(bytes.length);
  return [start, start + 1 + random.below(Math.min(64, bytes.length - start))];
};

/** Every kind of damage: add a row. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "left as it is": (bytes) => bytes,
  "cut off": (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  "cut off near its end": (bytes, random) => bytes.subarray(0, Math.max(0, bytes.length - 1 - random.below(16))),
  "bits flipped": (bytes, random) => flipped(bytes, random, bytes.length),
  "bits of the header flipped": (bytes, random) => flipped(bytes, random, HEAD_BYTES),
  "fields of the header at an edge": edged,
  "fields at an edge, checksums right": (bytes, random, other) => withChecksums(edged(bytes, random, other)),
  "bits flipped, checksums right": (bytes, random) => withChecksums(flipped(bytes, random, bytes.length)),
  "checksum or end wrong": (bytes, random) => {
    const damaged = Buffer.from(bytes);
    const end = damaged.includes("IEND") ? damaged.lastIndexOf("IEND") - 4 : damaged.length;
    const at = end - 1 - random.below(4);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + random.below(255));
    return damaged;
  },
  "joined with another": (bytes, _dice, other) => Buffer.concat([bytes, other]),
  "begun as one and ended as another": (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]),
  "a piece of another within": (bytes, random, other) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(...pieceOf(other, random)), bytes.subarray(at)]);
  },
  "a piece repeated": (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    const again = Array.from({ length: 1 + random.below(40) }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, end), ...again, bytes.subarray(end)]);
  },
  "a piece left out": (bytes, random) => {
    const [start, end] = pieceOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  "a piece of one value": (bytes, random) => Buffer.from(bytes).fill(random.pick([0, 0xff]), ...pieceOf(bytes, random)),
  "nothing but one byte": (bytes, random) => Buffer.from([random.pick([bytes[0] ?? 0, random.below(256)])]),
  "nothing at all": () => Buffer.alloc(0),
};

/** After these, the result must equal the undamaged picture or be refused: half a picture must not pass as a whole one. */
const ALL_OR_NOTHING = ["left as it is", "cut off", "cut off near its end", "joined with another"];

export interface FuzzInput {
  readonly number: number;
  readonly format: SourceFormat;
  readonly kind: string;
  readonly mutation: string;
  readonly bytes: Buffer;
  /** The undamaged picture, if the variants must be equal to its variants. */
  readonly original?: Buffer;
}

/** Cycles through the formats, and through the kinds of each format. */
export const inputOf = (
  seeds: Readonly<Record<SourceFormat, readonly Seed[]>>,
  seed: number,
  number: number,
): FuzzInput => {
  const groups = Object.values(seeds);
  const group = groups[number % groups.length] ?? [];
  const { format, kind, bytes } = group[Math.floor(number / groups.length) % group.length] as Seed;
  const random = randomOf(seed, number);
  const mutation = random.pick(Object.keys(MUTATIONS));
  const other = random.pick(random.below(4) === 0 ? groups.flat() : group);
  const damaged = MUTATIONS[mutation]?.(bytes, random, other.bytes) ?? bytes;
  const original = ALL_OR_NOTHING.includes(mutation) ? { original: bytes } : {};
  return { number, format, kind, mutation, bytes: damaged, ...original };
};
