/** The format that the name or content type of an upload claims. It is only logged; processing never depends on it. */
import { extname } from "node:path";
import { ACCEPTED, type SourceFormat } from "./input";
import { REFUSED_FORMATS } from "./refused-formats";

/** Other names of formats. To add one, add a row. */
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
  mov: "quicktime",
};

const formatCalled = (word: string): string => SYNONYMS[word] ?? word;

/** Names in parentheses are those of the format; what comes before is its kind. */
const nameOf = (format: string): string => (/\((.+)\)/.exec(format)?.[1] ?? format).toLowerCase();

const KNOWN = [...Object.keys(ACCEPTED), ...Object.keys(REFUSED_FORMATS).map(nameOf)];

/**
 * @param contentType of the object; many clients send application/octet-stream, which declares no format
 * @param format according to the first bytes
 * @returns the format that the name or the content type declares, if it differs from `format`; otherwise `format`
 */
export const declaredFormat = (key: string, contentType: string, format: SourceFormat): string => {
  const byName = formatCalled(extname(key).slice(1).toLowerCase());
  const byType = formatCalled(/^image\/([\w.+-]+)/.exec(contentType.toLowerCase())?.[1] ?? format);
  return KNOWN.includes(byName) && byName !== format ? byName : byType;
};
