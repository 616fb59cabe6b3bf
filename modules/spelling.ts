/** What a misspelt name may stand for. */
import { distance } from "fastest-levenshtein";

/** @returns a name that begins with the text, or else one that differs by a typing mistake; undefined if none is near */
export const nearTo = (text: string, names: readonly string[]): string | undefined =>
  names.find((name) => name.startsWith(text)) ?? names.find((name) => distance(text, name) <= 1 + text.length / 5);

/** @returns the end of a message: `; did you mean dev?`, or nothing if no name is near */
export const didYouMean = (text: string, names: readonly string[]): string => {
  const near = nearTo(text, names);
  return near === undefined ? "" : `; did you mean ${near}?`;
};
