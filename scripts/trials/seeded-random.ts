/** Random numbers that are the same in every run with the same seed. */
import { createHash } from "node:crypto";

/** @returns a number from 0 up to, but not including, 1: always the same for the same question, in any order of questions */
export type Random = (...question: readonly (string | number)[]) => number;

export const seededRandom =
  (seed: number): Random =>
  (...question) =>
    createHash("sha256")
      .update(JSON.stringify([seed, ...question]))
      .digest()
      .readUInt32BE() /
    2 ** 32;

/** @returns one of the rows; each has the same share of the numbers from 0 to 1 */
export const oneOf = <T>(rows: readonly [T, ...T[]], random: number): T => rows[Math.floor(random * rows.length)] as T;
