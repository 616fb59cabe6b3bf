/** Downloads the variants of an upload and compares each with the uploaded picture: format, content type, size and colours. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp, { type Sharp } from "sharp";
import { FORMATS, type Variant } from "../../handler/contract/variants";
import { decodeBmp, readBmpHeader } from "../../handler/src/bmp";
import { answerTo } from "./account";
import type { RoundOptions } from "./account-uploads";

/** Side of the tiny copies that are compared. */
const SIDE_PX = 16;

/** Mean difference of the tiny copies, of 255. Other pictures differ by far more than the loss of an encoder. */
const MAX_DIFFERENCE = 12;

interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** RGB of a tiny copy on white. */
  readonly colours: Buffer;
}

/** sharp does not read BMP. */
const opened = (bytes: Buffer): Sharp => {
  if (bytes.toString("latin1", 0, 2) !== "BM") return sharp(bytes).autoOrient();
  const header = readBmpHeader(bytes);
  const { pixels, channels } = decodeBmp(bytes, header);
  return sharp(pixels, { raw: { width: header.widthPx, height: header.heightPx, channels } });
};

const pictureOf = async (bytes: Buffer): Promise<Picture> => {
  const { data, info } = await opened(bytes).raw().toBuffer({ resolveWithObject: true });
  const colours = await sharp(data, { raw: info })
    .flatten({ background: "#fff" })
    .resize(SIDE_PX, SIDE_PX, { fit: "fill" })
    .toColourspace("srgb")
    .raw()
    .toBuffer();
  return { widthPx: info.width, heightPx: info.height, colours };
};

const difference = (one: Buffer, other: Buffer): number =>
  one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;

/** @param source smaller than the largest variant @returns the size of a variant, in pixels */
const sizeOf = ({ widthPx, heightPx }: Picture, { inside_px, width_px, cover_px }: Variant): [number, number] => {
  const [width, height] = cover_px ?? [widthPx, heightPx];
  const room = cover_px ? Math.min(widthPx / width, heightPx / height) : (width_px ?? widthPx) / widthPx;
  const scale = Math.min(1, room, (inside_px ?? Number.POSITIVE_INFINITY) / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
};

const problemOf = async (
  name: string,
  variant: Variant,
  source: Picture,
  { bytes, contentType }: { readonly bytes: Buffer; readonly contentType: string | undefined },
): Promise<string | undefined> => {
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  const wanted = FORMATS[variant.format].contentType;
  if (metadata?.mediaType !== wanted || contentType !== wanted)
    return `${name} is ${metadata?.format ?? "not an image"}, stored as ${contentType}`;
  const got = await pictureOf(bytes);
  const [widthPx, heightPx] = sizeOf(source, variant);
  if (Math.abs(got.widthPx - widthPx) > 1 || Math.abs(got.heightPx - heightPx) > 1)
    return `${name} is ${got.widthPx} × ${got.heightPx} px instead of ${widthPx} × ${heightPx}`;
  // A crop has other colours.
  if (variant.cover_px !== undefined) return undefined;
  return difference(got.colours, source.colours) > MAX_DIFFERENCE ? `${name} shows another picture` : undefined;
};

/**
 * @param upload bytes of the uploaded picture
 * @param keys of its variants in the processed bucket, by name
 * @returns what is wrong with the stored variants
 * @throws Error of one line
 */
export const variantProblems = async (
  upload: Uint8Array,
  keys: Readonly<Record<string, string>>,
  { s3, buckets, variants }: RoundOptions,
): Promise<string[]> => {
  const source = await pictureOf(Buffer.from(upload));
  const problems = Object.entries(keys).map(async ([name, Key]) => {
    const variant = variants[name];
    if (variant === undefined) return `${name} is not a variant of the environment`;
    const command = new GetObjectCommand({ Bucket: buckets.processed, Key });
    const { Body, ContentType } = await answerTo("GetObject", s3.send(command));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return problemOf(name, variant, source, { bytes, contentType: ContentType }).catch(
      (error: Error) => `${name} cannot be decoded: ${error.message}`,
    );
  });
  return (await Promise.all(problems)).filter((problem) => problem !== undefined);
};
