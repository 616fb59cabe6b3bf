/** A tiny preview of a picture that a page can show until the picture is loaded: https://evanw.github.io/thumbhash/ */
import sharp from "sharp";
import type { Pixels } from "./decode";

/** ThumbHash takes pictures of at most this side. */
const SIDE_PX = 100;

/** @returns the ThumbHash: about 25 bytes, in Base64 */
export const thumbHashOf = async ({ data, raw }: Pixels): Promise<string> => {
  const { rgbaToThumbHash } = await import("thumbhash");
  const { data: rgba, info } = await sharp(data, { raw })
    .resize(SIDE_PX, SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, rgba)).toString("base64");
};
