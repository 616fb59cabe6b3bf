/** Values that several commands take on their command line. */
import { UsageError } from "./cli";

/** @returns reads a whole number, or throws UsageError */
export const wholeNumber =
  (option: string, from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new UsageError(`Expected a whole number from ${from} to ${to} for ${option} but got ${JSON.stringify(text)}`);
  };
