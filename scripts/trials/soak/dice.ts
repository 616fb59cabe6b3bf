/** Chance that is the same in every run of the same seed, whatever the order in which it is asked. */
import { createHash } from "node:crypto";

/** @returns a number from 0 up to, but not including, 1 */
export type Dice = (...about: readonly (string | number)[]) => number;

export const createDice =
  (seed: number): Dice =>
  (...about) =>
    createHash("sha256")
      .update(JSON.stringify([seed, ...about]))
      .digest()
      .readUInt32BE() /
    2 ** 32;

/** @returns one of the rows, each as likely as the others */
export const oneOf = <T>(rows: readonly [T, ...T[]], chance: number): T => rows[Math.floor(chance * rows.length)] as T;
