/** Ways to damage a picture, and the one that belongs to a number: the same seed and number give the same bytes everywhere. */
import type { SourceFormat } from "../../../handler/src/input";
import { withChecksums } from "../../images/png";
import { seededRandom } from "../seeded-random";
import type { Seed } from "./seeds";

/** A sequence of random choices. */
interface Dice {
  /** @returns a whole number from 0 to one less than `end` */
  readonly below: (end: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

const diceOf = (seed: number, number: number): Dice => {
  const random = seededRandom(seed);
  let draws = 0;
  const below = (end: number): number => Math.floor(random(number, draws++) * end);
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
};

/** @param other another picture, mostly of the same format */
type Mutation = (bytes: Buffer, dice: Dice, other: Buffer) => Buffer;

/** Where headers, directories and tables lie in files as small as these. */
const HEAD_BYTES = 160;

const flipped = (bytes: Buffer, dice: Dice, within: number): Buffer => {
  const damaged = Buffer.from(bytes);
  for (let flips = 1 + dice.below(8); flips > 0; flips--) {
    const at = dice.below(Math.min(within, bytes.length));
    damaged[at] = (damaged[at] ?? 0) ^ (1 << dice.below(8));
  }
  return damaged;
};

/** Numbers at which arithmetic turns over. */
const EDGES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

const edged: Mutation = (bytes, dice) => {
  const damaged = Buffer.from(bytes);
  for (let fields = 1 + dice.below(3); fields > 0; fields--) {
    const length = dice.pick([1, 2, 4]);
    const at = dice.below(Math.max(1, Math.min(HEAD_BYTES, bytes.length - length)));
    const value = dice.pick(EDGES) % 2 ** (8 * length);
    if (at + length > bytes.length) continue;
    if (dice.below(2) === 0) damaged.writeUIntLE(value, at, length);
    else damaged.writeUIntBE(value, at, length);
  }
  return damaged;
};

/** @returns where a piece begins and ends */
const pieceOf = (bytes: Buffer, dice: Dice): [number, number] => {
  const start = dice.below(bytes.length);
  return [start, start + 1 + dice.below(Math.min(64, bytes.length - start))];
};

/** By what is done: add a row. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "left as it is": (bytes) => bytes,
  "cut off": (bytes, dice) => bytes.subarray(0, dice.below(bytes.length)),
  "cut off near its end": (bytes, dice) => bytes.subarray(0, Math.max(0, bytes.length - 1 - dice.below(16))),
  "bits flipped": (bytes, dice) => flipped(bytes, dice, bytes.length),
  "bits of the header flipped": (bytes, dice) => flipped(bytes, dice, HEAD_BYTES),
  "fields of the header at an edge": edged,
  "fields at an edge, checksums right": (bytes, dice, other) => withChecksums(edged(bytes, dice, other)),
  "bits flipped, checksums right": (bytes, dice) => withChecksums(flipped(bytes, dice, bytes.length)),
  "checksum or end wrong": (bytes, dice) => {
    const damaged = Buffer.from(bytes);
    const end = damaged.includes("IEND") ? damaged.lastIndexOf("IEND") - 4 : damaged.length;
    const at = end - 1 - dice.below(4);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + dice.below(255));
    return damaged;
  },
  "joined with another": (bytes, _dice, other) => Buffer.concat([bytes, other]),
  "begun as one and ended as another": (bytes, dice, other) =>
    Buffer.concat([bytes.subarray(0, dice.below(bytes.length)), other.subarray(dice.below(other.length))]),
  "a piece of another within": (bytes, dice, other) => {
    const at = dice.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(...pieceOf(other, dice)), bytes.subarray(at)]);
  },
  "a piece repeated": (bytes, dice) => {
    const [start, end] = pieceOf(bytes, dice);
    const again = Array.from({ length: 1 + dice.below(40) }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, end), ...again, bytes.subarray(end)]);
  },
  "a piece left out": (bytes, dice) => {
    const [start, end] = pieceOf(bytes, dice);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  "a piece of one value": (bytes, dice) => Buffer.from(bytes).fill(dice.pick([0, 0xff]), ...pieceOf(bytes, dice)),
  "nothing but one byte": (bytes, dice) => Buffer.from([dice.pick([bytes[0] ?? 0, dice.below(256)])]),
  "nothing at all": () => Buffer.alloc(0),
};

/** A picture is as it was after these, or it is none: half a picture must not pass for a whole one. */
const ALL_OR_NOTHING = ["left as it is", "cut off", "cut off near its end", "joined with another"];

export interface FuzzInput {
  readonly number: number;
  readonly format: SourceFormat;
  readonly kind: string;
  readonly mutation: string;
  readonly bytes: Buffer;
  /** The undamaged picture, where the variants must be the same as those of it. */
  readonly original?: Buffer;
}

/** Formats take turns, and so do the kinds of each. */
export const inputOf = (
  seeds: Readonly<Record<SourceFormat, readonly Seed[]>>,
  seed: number,
  number: number,
): FuzzInput => {
  const groups = Object.values(seeds);
  const group = groups[number % groups.length] ?? [];
  const { format, kind, bytes } = group[Math.floor(number / groups.length) % group.length] as Seed;
  const dice = diceOf(seed, number);
  const mutation = dice.pick(Object.keys(MUTATIONS));
  const other = dice.pick(dice.below(4) === 0 ? groups.flat() : group);
  const damaged = MUTATIONS[mutation]?.(bytes, dice, other.bytes) ?? bytes;
  const original = ALL_OR_NOTHING.includes(mutation) ? { original: bytes } : {};
  return { number, format, kind, mutation, bytes: damaged, ...original };
};
