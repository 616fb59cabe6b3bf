/** What an upload is said to be, by its name and its content type: nothing depends on it, but it is logged. */
import { extname } from "node:path";
import { ACCEPTED, type SourceFormat, UNSUPPORTED } from "./input";

/** Other words for a format: add a row. */
const SYNONYMS: Readonly<Record<string, string>> = {
  jpg: "jpeg",
  jpe: "jpeg",
  jfif: "jpeg",
  pjpeg: "jpeg",
  "x-png": "png",
  tif: "tiff",
  dib: "bmp",
  "x-bmp": "bmp",
  "x-ms-bmp": "bmp",
  "svg+xml": "svg",
  heif: "heic",
};

const formatCalled = (word: string): string => SYNONYMS[word] ?? word;

const KNOWN = [...Object.keys(ACCEPTED), ...Object.keys(UNSUPPORTED).map((name) => name.toLowerCase())];

/**
 * @param contentType of the object; many clients leave it at application/octet-stream, which declares nothing
 * @param format by the first bytes
 * @returns the format that name or content type declare in contradiction to the bytes; where neither does, the format itself
 */
export const declaredFormat = (key: string, contentType: string, format: SourceFormat): string => {
  const byName = formatCalled(extname(key).slice(1).toLowerCase());
  const byType = formatCalled(/^image\/([\w.+-]+)/.exec(contentType.toLowerCase())?.[1] ?? format);
  return KNOWN.includes(byName) && byName !== format ? byName : byType;
};
