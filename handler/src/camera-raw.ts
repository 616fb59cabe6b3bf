/** Finds the first picture of a TIFF, and refuses camera raw files and previews by name. */
import { Refusal } from "./errors";
import { refusedAs } from "./input";
import type { Directory, TiffFile } from "./tiff-directory";
import { TAG } from "./tiff-tags";

/** Photometric interpretations of raw pictures: colour filter array, linear raw. */
const RAW: readonly number[] = [32803, 34892];

/** Camera raw formats by the start of the Make tag. */
const RAW_FORMATS: readonly (readonly [make: RegExp, format: string])[] = [
  [/^nikon/i, "NEF"],
  [/^sony/i, "ARW"],
  [/^(pentax|ricoh)/i, "PEF"],
  [/^canon/i, "CR2"],
  [/^olympus|^om digital/i, "ORF"],
  [/^samsung/i, "SRW"],
  [/^hasselblad/i, "3FR"],
  [/^kodak|^eastman/i, "DCR"],
];

/** More than any camera writes. */
const MAX_DIRECTORIES = 32;

/** @returns the directories of a file, sub-directories included, the first one first */
const directoriesOf = (file: TiffFile): Directory[] => {
  const found: Directory[] = [];
  const seen = new Set<number>();
  const queue = [file.first];
  while (queue.length > 0 && found.length < MAX_DIRECTORIES) {
    const at = queue.shift() as number;
    if (at === 0 || seen.has(at)) continue;
    seen.add(at);
    try {
      const directory = file.directory(at);
      found.push(directory);
      queue.push(directory.next, ...file.numbers(directory.entries.get(TAG.subDirectories)));
    } catch (error) {
      // Only the first picture counts.
      if (found.length === 0) throw error;
    }
  }
  return found;
};

/**
 * Camera raw files are TIFFs whose first picture is usually a small preview.
 *
 * @returns the first directory
 * @throws Refusal `unsupported-format` for a camera raw file, or a TIFF whose first picture is a preview of a later one
 */
export const firstPicture = (file: TiffFile): Directory => {
  const directories = directoriesOf(file);
  const [first] = directories;
  if (first === undefined) throw new Refusal("corrupt", "Expected a directory for a TIFF but got none");
  const isRaw = directories.some(({ entries }) => RAW.includes(file.numbers(entries.get(TAG.photometric))[0] ?? -1));
  if (first.entries.has(TAG.dngVersion)) throw refusedAs("camera raw (DNG)");
  if (isRaw) {
    const make = file.text(first.entries.get(TAG.make));
    const format = RAW_FORMATS.find(([pattern]) => pattern.test(make))?.[1];
    throw refusedAs(format === undefined ? "camera raw" : `camera raw (${format})`);
  }
  const isReduced = ((file.numbers(first.entries.get(TAG.newSubfileType))[0] ?? 0) & 1) === 1;
  if (isReduced && directories.length > 1) throw refusedAs("a TIFF whose first picture is a preview");
  return first;
};
