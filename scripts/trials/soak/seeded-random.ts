/** Random numbers that depend on the seed and the arguments only, not on the order of calls. */
import { createHash } from "node:crypto";

/** @returns a number >= 0 and < 1 */
export type SeededRandom = (...about: readonly (string | number)[]) => number;

export const createSeededRandom =
  (seed: number): SeededRandom =>
  (...about) =>
    createHash("sha256")
      .update(JSON.stringify([seed, ...about]))
      .digest()
      .readUInt32BE() /
    2 ** 32;

/** @param chance a number >= 0 and < 1. @returns one of the rows, with equal probability */
export const oneOf = <T>(rows: readonly [T, ...T[]], chance: number): T => rows[Math.floor(chance * rows.length)] as T;
