/** Pictures for the drill's healthy traffic: the samples, scaled down to save time. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

const SAMPLES = join(__dirname, "../images/samples");
const SIDE_PX = 320;

/** @returns the samples that sharp can read, at most 320 px wide */
export const samplePictures = async (): Promise<Buffer[]> => {
  const files = (await readdir(SAMPLES)).filter((name) => /\.(jpg|png|webp|tiff)$/.test(name)).sort();
  return Promise.all(files.map((name) => sharp(join(SAMPLES, name)).resize(SIDE_PX).toBuffer()));
};
