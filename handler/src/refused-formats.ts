/** Formats that are recognized only to be refused by name. */

/** Possible first bytes in Latin-1, where a full stop matches any byte; or a function of the whole file. */
export type Signature = readonly string[] | ((bytes: Buffer) => boolean);

/** How much of a file may lie before the root element of an SVG. */
const MAX_PROLOG_BYTES = 2 ** 20;

/** Markup that may come before the root element, by its beginning and end: XML 1.0, section 2.8. */
const PROLOG = [
  ["<?", "?>"],
  ["<!--", "-->"],
  ["<!", ">"],
] as const;

/** @returns where the root element begins; -1 if the text ends before it */
const rootOf = (text: string): number => {
  const space = /\s*/y;
  for (let at = 0; at !== -1; ) {
    space.lastIndex = at;
    const start = at + (space.exec(text)?.[0].length ?? 0);
    const markup = PROLOG.find(([begin]) => text.startsWith(begin, start));
    if (markup === undefined) return start;
    const end = text.indexOf(markup[1], start);
    // A document type may have declarations in brackets, which contain the same end.
    const subset = markup[0] === "<!" ? text.indexOf("[", start) : -1;
    const from = subset !== -1 && subset < end ? text.indexOf("]", subset) : end;
    const close = from === -1 ? -1 : text.indexOf(markup[1], from);
    at = close === -1 ? -1 : close + markup[1].length;
  }
  return -1;
};

const isSvg = (bytes: Buffer): boolean => {
  // A byte order mark, and the zeros of UTF-16.
  const text = bytes
    .toString("latin1", 0, MAX_PROLOG_BYTES)
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "")
    .replaceAll("\0", "");
  const root = text.trimStart().startsWith("<") ? rootOf(text) : -1;
  return root !== -1 && /^<(\w+:)?svg[\s/>]/i.test(text.slice(root, root + 64));
};

/** Brands that do not say how the picture is coded. */
const GENERAL_BRANDS = ["mif1", "msf1", "miaf"];

/** ISO base media file format (ISO/IEC 14496-12): the major brand counts, or where that is a general one, any brand. */
const hasBrand =
  (...brands: readonly string[]) =>
  (bytes: Buffer): boolean => {
    if (bytes.toString("latin1", 4, 8) !== "ftyp") return false;
    const major = bytes.toString("latin1", 8, 12);
    if (brands.includes(major)) return true;
    const others: readonly string[] =
      bytes.toString("latin1", 16, Math.min(bytes.readUInt32BE(0), 256)).match(/.{4}/gs) ?? [];
    return GENERAL_BRANDS.includes(major) && brands.some((brand) => others.includes(brand));
  };

const ANY: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);

/** Whether a file begins with one of the allowed bytes in each place. */
const beginsWith =
  (...places: readonly (readonly number[])[]) =>
  (bytes: Buffer): boolean =>
    places.every((allowed, i) => allowed.includes(bytes[i] ?? -1));

const ICON_ENTRY_END = 22;

/** Icons and cursors begin like some TGA files, so their first entry has to describe data that lie in the file. */
const isIcon = (bytes: Buffer): boolean => {
  if (!beginsWith([0], [0], [1, 2], [0], ANY, [0])(bytes)) return false;
  if (bytes.length < ICON_ENTRY_END) return true;
  const [count, size, at] = [bytes.readUInt16LE(4), bytes.readUInt32LE(14), bytes.readUInt32LE(18)];
  return count > 0 && size > 0 && at >= 6 + 16 * count && at + size <= bytes.length;
};

/** Truevision TGA 2.0: older files have no signature, so their header has to be plausible. */
const isTga = (bytes: Buffer): boolean => {
  if (bytes.length < 18) return false;
  if (bytes.toString("latin1", bytes.length - 18) === "TRUEVISION-XFILE.\0") return true;
  const [mapType = 0, imageType = 0, depth = 0, descriptor = 0] = [bytes[1], bytes[2], bytes[16], bytes[17]];
  const hasMap = mapType === 1;
  return (
    mapType <= 1 &&
    [1, 2, 3, 9, 10, 11].includes(imageType) &&
    (hasMap || bytes.readUIntLE(3, 5) === 0) &&
    bytes.readUInt16LE(12) > 0 &&
    bytes.readUInt16LE(14) > 0 &&
    [8, 15, 16, 24, 32].includes(depth) &&
    descriptor < 64
  );
};

const contains =
  (at: number, text: string) =>
  (bytes: Buffer): boolean =>
    bytes.toString("latin1", at, at + text.length) === text;

const matches =
  (pattern: RegExp) =>
  (bytes: Buffer): boolean =>
    pattern.test(bytes.toString("latin1", 0, 64));

/** Formats that are refused by name (`unsupported-format`) instead of as `not-an-image`. To add one, add a row. */
// biome-ignore format: a ledger is read down its columns
export const REFUSED_FORMATS = {
  "camera raw (CR2)": ["II*\0....CR\x02"],
  "camera raw (CR3)": hasBrand("crx "),
  "camera raw (CRW)": ["II....HEAPCCDR"],
  "camera raw (ORF)": ["IIRO", "IIRS", "MMOR"],
  "camera raw (RW2)": ["IIU\0"],
  "camera raw (RAF)": ["FUJIFILMCCD-RAW"],
  "camera raw (X3F)": ["FOVb"],
  "camera raw (MRW)": ["\0MRM"],
  "camera raw (IIQ)": ["II*\0....IIII", "MM\0*....MMMM"],
  GIF:         ["GIF87a", "GIF89a"],
  SVG:         isSvg,
  AVIF:        hasBrand("avif", "avis"),
  HEIC:        hasBrand("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", ...GENERAL_BRANDS),
  MP4:         hasBrand("isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash"),
  QuickTime:   hasBrand("qt  "),
  "JPEG 2000": ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"],
  "JPEG XL":   ["\0\0\0\x0cJXL ", "\xff\x0a"],
  "JPEG XR":   ["II\xbc\x01"],
  PDF:         ["%PDF-"],
  PostScript:  ["%!PS", "\xc5\xd0\xd3\xc6"],
  PSD:         ["8BPS\0\x01"],
  PSB:         ["8BPS\0\x02"],
  XCF:         ["gimp xcf"],
  ICO:         isIcon,
  ICNS:        ["icns"],
  EXR:         ["v/1\x01"],
  HDR:         ["#?RADIANCE", "#?RGBE"],
  DDS:         ["DDS "],
  QOI:         ["qoif"],
  PBM:         matches(/^P[14][\s#]/),
  PGM:         matches(/^P[25][\s#]/),
  PPM:         matches(/^P[36][\s#]/),
  PAM:         matches(/^P7\n/),
  PFM:         matches(/^P[Ff]\s/),
  XPM:         ["/* XPM */"],
  XBM:         matches(/^#define\s+\w+_width\s/),
  PCX:         beginsWith([10], [0, 2, 3, 4, 5], [1], [1, 2, 4, 8]),
  SGI:         beginsWith([0x01], [0xda], [0, 1], [1, 2]),
  DICOM:       contains(128, "DICM"),
  FITS:        ["SIMPLE  ="],
  WMF:         ["\xd7\xcd\xc6\x9a"],
  EMF:         contains(40, " EMF"),
  DjVu:        ["AT&TFORM"],
  BPG:         ["BPG\xfb"],
  FLIF:        ["FLIF"],
  MNG:         ["\x8aMNG"],
  JNG:         ["\x8bJNG"],
  TGA:         isTga,
} as const satisfies Record<string, Signature>;
