/** Ways to damage a picture. The same seed and number give the same bytes on every machine. */
import type { SourceFormat } from "../../../handler/src/input";
import { withChecksums } from "../../images/png";
import { seededRandom } from "../seeded-random";
import type { Seed } from "./seeds";

/** A sequence of random choices. */
interface Choices {
  /** @returns a whole number >= 0 and < `end` */
  readonly below: (end: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

const choicesOf = (seed: number, number: number): Choices => {
  const random = seededRandom(seed);
  let draws = 0;
  const below = (end: number): number => Math.floor(random(number, draws++) * end);
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
};

/** @param other another picture, usually of the same format */
type Mutation = (bytes: Buffer, choices: Choices, other: Buffer) => Buffer;

/** In these small files, headers, directories and tables are within the first 160 bytes. */
const HEAD_BYTES = 160;

const flipped = (bytes: Buffer, choices: Choices, within: number): Buffer => {
  const damaged = Buffer.from(bytes);
  for (let flips = 1 + choices.below(8); flips > 0; flips--) {
    const at = choices.below(Math.min(within, bytes.length));
    damaged[at] = (damaged[at] ?? 0) ^ (1 << choices.below(8));
  }
  return damaged;
};

/** Numbers at which integer arithmetic overflows. */
const EDGES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

const edged: Mutation = (bytes, choices) => {
  const damaged = Buffer.from(bytes);
  for (let fields = 1 + choices.below(3); fields > 0; fields--) {
    const length = choices.pick([1, 2, 4]);
    const at = choices.below(Math.max(1, Math.min(HEAD_BYTES, bytes.length - length)));
    const value = choices.pick(EDGES) % 2 ** (8 * length);
    if (at + length > bytes.length) continue;
    if (choices.below(2) === 0) damaged.writeUIntLE(value, at, length);
    else damaged.writeUIntBE(value, at, length);
  }
  return damaged;
};

/** @returns start and end of a random piece */
const pieceOf = (bytes: Buffer, choices: Choices): [number, number] => {
  const start = choices.below(bytes.length);
  return [start, start + 1 + choices.below(Math.min(64, bytes.length - start))];
};

/** Every kind of damage: add a row. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "left as it is": (bytes) => bytes,
  "cut off": (bytes, choices) => bytes.subarray(0, choices.below(bytes.length)),
  "cut off near its end": (bytes, choices) => bytes.subarray(0, Math.max(0, bytes.length - 1 - choices.below(16))),
  "bits flipped": (bytes, choices) => flipped(bytes, choices, bytes.length),
  "bits of the header flipped": (bytes, choices) => flipped(bytes, choices, HEAD_BYTES),
  "fields of the header at an edge": edged,
  "fields at an edge, checksums right": (bytes, choices, other) => withChecksums(edged(bytes, choices, other)),
  "bits flipped, checksums right": (bytes, choices) => withChecksums(flipped(bytes, choices, bytes.length)),
  "checksum or end wrong": (bytes, choices) => {
    const damaged = Buffer.from(bytes);
    const end = damaged.includes("IEND") ? damaged.lastIndexOf("IEND") - 4 : damaged.length;
    const at = end - 1 - choices.below(4);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + choices.below(255));
    return damaged;
  },
  "joined with another": (bytes, _dice, other) => Buffer.concat([bytes, other]),
  "begun as one and ended as another": (bytes, choices, other) =>
    Buffer.concat([bytes.subarray(0, choices.below(bytes.length)), other.subarray(choices.below(other.length))]),
  "a piece of another within": (bytes, choices, other) => {
    const at = choices.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(...pieceOf(other, choices)), bytes.subarray(at)]);
  },
  "a piece repeated": (bytes, choices) => {
    const [start, end] = pieceOf(bytes, choices);
    const again = Array.from({ length: 1 + choices.below(40) }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, end), ...again, bytes.subarray(end)]);
  },
  "a piece left out": (bytes, choices) => {
    const [start, end] = pieceOf(bytes, choices);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  "a piece of one value": (bytes, choices) =>
    Buffer.from(bytes).fill(choices.pick([0, 0xff]), ...pieceOf(bytes, choices)),
  "nothing but one byte": (bytes, choices) => Buffer.from([choices.pick([bytes[0] ?? 0, choices.below(256)])]),
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
  const choices = choicesOf(seed, number);
  const mutation = choices.pick(Object.keys(MUTATIONS));
  const other = choices.pick(choices.below(4) === 0 ? groups.flat() : group);
  const damaged = MUTATIONS[mutation]?.(bytes, choices, other.bytes) ?? bytes;
  const original = ALL_OR_NOTHING.includes(mutation) ? { original: bytes } : {};
  return { number, format, kind, mutation, bytes: damaged, ...original };
};
