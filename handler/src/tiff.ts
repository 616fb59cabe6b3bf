/** Reads the first picture of a TIFF: checks its kind, and gives libvips a directory without faults. */
import sharp from "sharp";
import { firstPicture } from "./camera-raw";
import { Refusal } from "./errors";
import { refusedAs } from "./input";
import type { DecodingCost } from "./memory";
import { type Directory, openTiffFile, type TiffFile, type Values } from "./tiff-directory";
import { admitTiffKind, type TiffKind } from "./tiff-kinds";
import { TAG } from "./tiff-tags";

/** Tags whose values libvips needs unchanged. */
const COPIED = [
  ...[TAG.fillOrder, TAG.t4Options, TAG.t6Options, TAG.predictor, TAG.colourMap, TAG.jpegTables],
  ...[TAG.yccCoefficients, TAG.yccSubsampling, TAG.yccPositioning, TAG.blackWhite],
];

/** Colour samples per pixel by photometric interpretation. */
const COLOURS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3, 9: 3 };
const GREY = 1;
const RGB = 2;
const CMYK = 5;
const YCBCR = 6;
const JPEG = 7;
const CIELAB: readonly number[] = [8, 9];

const UNSPECIFIED = 0;

/** The first picture of a TIFF, of a kind that is supported. */
export interface TiffPicture {
  readonly file: TiffFile;
  readonly directory: Directory;
  readonly kind: TiffKind;
  /** As stored, before orientation is applied. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Rows of a strip, or width and height of a tile. */
  readonly blockSize: readonly number[];
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

/** @returns the indices of the samples to show: colours, and at most one alpha */
const shownSamples = ({ photometric, extras }: Pick<TiffKind, "photometric" | "extras">): number[] => {
  const colours = COLOURS[photometric] ?? 0;
  const alpha = extras.findIndex((extra) => extra !== UNSPECIFIED);
  return [...Array(colours).keys(), ...(alpha === -1 ? [] : [colours + alpha])];
};

const ceil = (dividend: number, divisor: number): number => Math.ceil(dividend / Math.max(1, divisor));

/** The values of a directory. */
const fieldsOf = (file: TiffFile, { entries }: Directory) => {
  const list = (tag: number): number[] => file.numbers(entries.get(tag));
  const one = (tag: number, otherwise: number): number => list(tag)[0] ?? otherwise;
  const needed = (tag: number, name: string): number => {
    const [value] = list(tag);
    if (value === undefined) throw new Refusal("corrupt", `Expected ${name} for a TIFF but got none`);
    return value;
  };
  return { list, one, needed, has: (tag: number) => entries.has(tag) };
};

type Fields = ReturnType<typeof fieldsOf>;

/** @returns the kind of the stored samples; missing ExtraSamples are unspecified, planes of one sample are none */
const kindOf = ({ list, one, needed, has }: Fields): TiffKind => {
  const samples = one(TAG.samples, 1);
  // Three samples or more without the tag are RGB, as libtiff assumes; fewer may be black on white or white on black.
  const photometric =
    samples >= 3 ? one(TAG.photometric, RGB) : needed(TAG.photometric, "a photometric interpretation");
  const bits = list(TAG.bits);
  const extras = list(TAG.extraSamples);
  const subsampling = list(TAG.yccSubsampling);
  // 4 means untyped, which TIFF 6.0 lets readers take for unsigned integers.
  const formats = list(TAG.sampleFormat).map((format) => (format === 4 ? 1 : format));
  const extraCount = Math.max(0, samples - (COLOURS[photometric] ?? samples));
  const arrangement = one(TAG.planar, 1) === 2 && samples > 1 ? "planes" : undefined;
  return {
    photometric,
    bits: Array.from({ length: samples }, (_, i) => bits[i] ?? bits[0] ?? 1),
    sampleFormat: Math.max(1, ...formats),
    samples,
    extras: Array.from({ length: extraCount }, (_, i) => extras[i] ?? UNSPECIFIED),
    layout: has(TAG.tileWidth) ? (arrangement ? "tiled planes" : "tiles") : (arrangement ?? "strips"),
    compression: one(TAG.compression, 1),
    subsampling: subsampling.length === 2 ? subsampling : [2, 2],
  };
};

type Blocks = Pick<TiffPicture, "widthPx" | "heightPx" | "blockSize" | "offsets" | "byteCounts"> & {
  readonly blocksPerPlane: number;
};

/** @returns where the strips or tiles lie */
const blocksOf = ({ list, one, needed }: Fields, kind: TiffKind, fileBytes: number): Blocks => {
  const [widthPx, heightPx] = [needed(TAG.width, "a width"), needed(TAG.height, "a height")];
  const isTiled = kind.layout.startsWith("tile");
  const planes = kind.layout.endsWith("planes") ? kind.samples : 1;
  const rows = Math.min(one(TAG.rowsPerStrip, heightPx) || heightPx, heightPx);
  const [blockWidth, blockHeight] = isTiled ? [one(TAG.tileWidth, 0), one(TAG.tileHeight, 0)] : [widthPx, rows];
  const blocksPerPlane = ceil(widthPx, blockWidth) * ceil(heightPx, blockHeight);
  // Some writers keep the places of tiles in the tags for strips.
  const either = (ofTiles: number, ofStrips: number) =>
    (isTiled ? [list(ofTiles), list(ofStrips)] : [list(ofStrips)]).find((values) => values.length > 0) ?? [];
  const offsets = either(TAG.tileOffsets, TAG.stripOffsets).slice(0, blocksPerPlane * planes);
  if (offsets.length < blocksPerPlane * planes)
    throw new Refusal(
      "corrupt",
      `Expected ${blocksPerPlane * planes} strips or tiles for a TIFF but got ${offsets.length}`,
    );
  const counts = either(TAG.tileBytes, TAG.stripBytes).slice(0, offsets.length);
  const areCountsMissing = counts.length < offsets.length || counts.every((count) => count === 0);
  const rowBytes = ceil(blockWidth * (kind.bits[0] ?? 1) * (planes > 1 ? 1 : kind.samples), 8);
  const rowsOf = (i: number) => (isTiled ? blockHeight : Math.min(rows, heightPx - (i % blocksPerPlane) * rows));
  const plainBytes = offsets.map((_, i) => rowBytes * rowsOf(i));
  const isPlain = kind.compression === 1;
  const estimated = () => (isPlain ? plainBytes : bytesToNext(offsets, fileBytes));
  // Uncompressed samples need exactly this many bytes, even if the file claims another number.
  const given = () => (isPlain ? counts.map((count, i) => Math.min(count, plainBytes[i] ?? count)) : counts);
  return {
    ...{ widthPx, heightPx, offsets, blocksPerPlane },
    blockSize: isTiled ? [blockWidth, blockHeight] : [rows],
    byteCounts: areCountsMissing ? estimated() : given(),
  };
};

/** @returns how many bytes lie between each block and the next one, or the end of the file */
const bytesToNext = (offsets: readonly number[], fileBytes: number): number[] => {
  const sorted = [...new Set([...offsets, fileBytes])].sort((a, b) => a - b);
  const next = new Map(sorted.map((offset, i) => [offset, sorted[i + 1] ?? fileBytes]));
  return offsets.map((offset) => (next.get(offset) ?? fileBytes) - offset);
};

/**
 * @param bytes of a TIFF
 * @returns its first picture. Faults of metadata are repaired: missing ExtraSamples and byte counts, planes of one sample
 * @throws Refusal `unsupported-format` for a camera raw file, a preview, or a kind that is not supported; `corrupt` or
 *   RangeError if the directory is broken
 */
export const readTiff = (bytes: Buffer): TiffPicture => {
  const file = openTiffFile(bytes);
  const directory = firstPicture(file);
  const fields = fieldsOf(file, directory);
  const kind = kindOf(fields);
  if (kind.photometric === CMYK && fields.one(TAG.inkSet, 1) !== 1) throw refusedAs("a TIFF of other inks than CMYK");
  const { blocksPerPlane, ...blocks } = blocksOf(fields, kind, bytes.length);
  const picture = { file, directory, kind, ...blocks };
  const shown = kind.layout === "planes" ? withShownPlanes(picture, blocksPerPlane) : picture;
  admitTiffKind(shown.kind);
  return shown;
};

/** Planes that are not shown are left out: each lies in separate strips. */
const withShownPlanes = (picture: TiffPicture, blocks: number): TiffPicture => {
  const { kind, offsets, byteCounts } = picture;
  const shown = shownSamples(kind);
  const ofPlanes = (values: readonly number[]) => shown.flatMap((i) => values.slice(i * blocks, (i + 1) * blocks));
  const extras = kind.extras.filter(
    (extra, i) => extra !== UNSPECIFIED && shown.includes((COLOURS[kind.photometric] ?? 0) + i),
  );
  return {
    ...picture,
    kind: { ...kind, samples: shown.length, bits: shown.map((i) => kind.bits[i] ?? 0), extras },
    offsets: ofPlanes(offsets),
    byteCounts: ofPlanes(byteCounts),
  };
};

/** @returns the orientation by EXIF, 1 to 8 */
export const orientationOf = ({ file, directory }: TiffPicture): number => {
  const [orientation = 1] = file.numbers(directory.entries.get(TAG.orientation));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
};

/**
 * @param kind to write instead of the file's own
 * @param copiedTags tags to copy unchanged
 * @returns a copy of the file with a directory that holds only what is needed to decode its first picture
 */
const cleaned = (
  picture: TiffPicture,
  kind = picture.kind,
  copiedTags: readonly number[] = [...COPIED, TAG.profile],
) => {
  const { file, directory, widthPx, heightPx, blockSize, offsets, byteCounts } = picture;
  const isTiled = kind.layout.startsWith("tile");
  const copied = copiedTags.flatMap((tag): [number, Values][] => {
    const entry = directory.entries.get(tag);
    return entry !== undefined && entry.count > 0 && file.holds(entry) ? [[tag, entry]] : [];
  });
  const blocks: [number, Values][] = isTiled
    ? [
        [TAG.tileWidth, blockSize.slice(0, 1)],
        [TAG.tileHeight, blockSize.slice(1)],
        [TAG.tileOffsets, offsets],
        [TAG.tileBytes, byteCounts],
      ]
    : [
        [TAG.rowsPerStrip, blockSize],
        [TAG.stripOffsets, offsets],
        [TAG.stripBytes, byteCounts],
      ];
  return file.withDirectory([
    [TAG.width, [widthPx]],
    [TAG.height, [heightPx]],
    [TAG.bits, kind.bits],
    [TAG.compression, [kind.compression]],
    [TAG.photometric, [kind.photometric]],
    [TAG.orientation, [orientationOf(picture)]],
    [TAG.samples, [kind.samples]],
    [TAG.planar, [kind.layout.endsWith("planes") ? 2 : 1]],
    ...(kind.extras.length > 0 ? [[TAG.extraSamples, kind.extras] as const] : []),
    ...blocks,
    ...copied,
  ]);
};

/** libvips would convert CMYK to sRGB; as RGB its numbers come out as they are stored. */
const cmykAsRgb = (kind: TiffKind): TiffKind => ({
  ...kind,
  photometric: RGB,
  extras: Array.from({ length: kind.samples - 3 }, () => UNSPECIFIED),
});

/** sharp cannot leave out samples before it resizes, so that happens here, at the full size. */
const withoutExtras = async (picture: TiffPicture): Promise<Buffer> => {
  const { file, directory, kind } = picture;
  const [bits = 8] = kind.bits;
  const stored = kind.photometric === CMYK ? cmykAsRgb(kind) : kind;
  const { data, info } = await sharp(cleaned(picture, stored, COPIED), { limitInputPixels: false })
    .autoOrient()
    .toColourspace(bits === 16 ? "rgb16" : "srgb")
    .raw({ depth: bits === 16 ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  // libvips shows grey as three equal samples.
  const shift = kind.photometric === GREY ? 2 : 0;
  if (info.channels !== kind.samples + shift)
    throw new Refusal("corrupt", `Expected ${kind.samples} samples for a TIFF but got ${info.channels}`);
  const shown = shownSamples(kind).map((sample, i) => (i === 0 ? 0 : sample + shift));
  const pixels = picked(data, info.channels, shown, bits / 8);
  const profile = directory.entries.get(TAG.profile);
  const header = Buffer.from("II*\0\0\0\0\0", "latin1");
  return openTiffFile(Buffer.concat([header, pixels])).withDirectory([
    [TAG.width, [info.width]],
    [TAG.height, [info.height]],
    [TAG.bits, shown.map(() => bits)],
    [TAG.compression, [1]],
    [TAG.photometric, [kind.photometric]],
    [TAG.stripOffsets, [header.length]],
    [TAG.samples, [shown.length]],
    [TAG.rowsPerStrip, [info.height]],
    [TAG.stripBytes, [pixels.length]],
    ...(shown.length > (COLOURS[kind.photometric] ?? 0) ? [[TAG.extraSamples, [2]] as const] : []),
    ...(profile !== undefined && file.holds(profile)
      ? [[TAG.profile, file.bytes.subarray(profile.at, profile.at + profile.count)] as const]
      : []),
  ]);
};

/** @returns the samples at some indices of each pixel */
const picked = (data: Buffer, channels: number, indices: readonly number[], sampleBytes: number): Buffer => {
  const pixelBytes = channels * sampleBytes;
  const bytesAt = indices.flatMap((index) => Array.from({ length: sampleBytes }, (_, i) => index * sampleBytes + i));
  const out = Buffer.allocUnsafe((data.length / pixelBytes) * bytesAt.length);
  let to = 0;
  for (let from = 0; from < data.length; from += pixelBytes)
    for (const at of bytesAt) out[to++] = data[from + at] as number;
  return out;
};

/** libvips adds an opaque alpha to YCbCr that is not JPEG. */
export const hasFalseAlpha = ({ kind }: TiffPicture): boolean =>
  kind.photometric === YCBCR && kind.compression !== JPEG;

export const isCielab = ({ kind }: TiffPicture): boolean => CIELAB.includes(kind.photometric);

/** @returns the file with its stored CIELAB numbers labelled as RGB, without profile, so that libvips does not convert them */
export const labelledRgb = (picture: TiffPicture): Buffer =>
  cleaned(picture, { ...picture.kind, photometric: RGB }, COPIED);

/** @returns a TIFF of the same picture that libvips decodes exactly: no fault, colours and at most one alpha */
export const normalizedTiff = async (picture: TiffPicture): Promise<Buffer> =>
  shownSamples(picture.kind).length === picture.kind.samples ? cleaned(picture) : withoutExtras(picture);

/** @returns what decoding the picture will hold, besides the file */
export const costOf = (picture: TiffPicture): Omit<DecodingCost, "fileBytes"> => {
  const { file, kind, widthPx, heightPx, blockSize } = picture;
  const shown = shownSamples(kind).length;
  const [bits = 8] = kind.bits;
  const sampleBytes = bits === 16 ? 2 : 1;
  const pixelBytes = kind.samples * sampleBytes;
  const [blockWidth = widthPx, blockHeight] = kind.layout.startsWith("tile") ? blockSize : [widthPx, ...blockSize];
  // Strips, or a row of tiles, are decoded as a whole.
  const decoderBytes =
    ceil(widthPx, blockWidth) * blockWidth * Math.min(blockHeight ?? heightPx, heightPx) * pixelBytes;
  const pixels = widthPx * heightPx;
  const isRewritten = shown !== kind.samples;
  // All samples, those that are shown, and a file of these; CIELAB: as stored, and as sRGB.
  const rewrittenBytes = pixels * sampleBytes * (kind.samples + 2 * shown);
  const convertedBytes = pixels * (pixelBytes + shown);
  return {
    ...{ widthPx, heightPx, sampleBytes, decoderBytes },
    channels: kind.samples,
    hasAlpha: shown > (COLOURS[kind.photometric] ?? shown),
    isTurned: orientationOf(picture) > 1,
    copiedBytes: file.bytes.length + (isRewritten ? rewrittenBytes : 0) + (isCielab(picture) ? convertedBytes : 0),
  };
};
