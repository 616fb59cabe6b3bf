/** Makes the sample pictures in scripts/images/samples: one file for each format the pipeline accepts. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { bitmap } from "./bitmap";
import { paint, type Scene } from "./landscape";

/** The benchmark paints it, too, with more grain. */
export const SUNRISE: Scene = {
  seed: 11,
  widthPx: 2048,
  heightPx: 1536,
  zenith: [74, 104, 158],
  horizon: [255, 199, 138],
  sun: [255, 244, 214],
  sunAt: [0.86, 0.44],
  sunRadius: 0.045,
  farHill: [196, 152, 150],
  nearHill: [58, 62, 88],
  water: [62, 84, 122],
  trees: [20, 26, 34],
  stars: 0,
  grain: 16,
};

const EVENING: Scene = {
  seed: 29,
  widthPx: 1500,
  heightPx: 1000,
  zenith: [52, 48, 104],
  horizon: [255, 138, 96],
  sun: [255, 214, 160],
  sunAt: [1.34, 0.43],
  sunRadius: 0.06,
  farHill: [158, 92, 120],
  nearHill: [52, 32, 66],
  water: [58, 42, 92],
  trees: [18, 12, 28],
  stars: 0,
  grain: 12,
};

const NOON: Scene = {
  seed: 47,
  widthPx: 540,
  heightPx: 360,
  zenith: [58, 128, 204],
  horizon: [214, 234, 244],
  sun: [255, 255, 244],
  sunAt: [1.2, 0.12],
  sunRadius: 0.05,
  farHill: [146, 178, 196],
  nearHill: [44, 92, 58],
  water: [40, 110, 148],
  trees: [16, 52, 32],
  stars: 0,
  grain: 2,
};

const NIGHT: Scene = {
  seed: 5,
  widthPx: 320,
  heightPx: 240,
  zenith: [8, 12, 38],
  horizon: [54, 74, 124],
  sun: [240, 240, 226],
  sunAt: [0.95, 0.2],
  sunRadius: 0.05,
  farHill: [44, 58, 96],
  nearHill: [12, 18, 38],
  water: [12, 22, 52],
  trees: [4, 6, 14],
  stars: 0.004,
  grain: 3,
};

const BALLOON = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800" viewBox="0 0 600 800">
  <defs>
    <radialGradient id="light" cx="0.35" cy="0.3" r="0.8">
      <stop offset="0" stop-color="#fff" stop-opacity="0.45"/>
      <stop offset="0.5" stop-color="#fff" stop-opacity="0"/>
      <stop offset="1" stop-color="#201040" stop-opacity="0.45"/>
    </radialGradient>
    <clipPath id="envelope">
      <path d="M300 40C150 40 50 150 50 290 50 420 180 520 245 610H355C420 520 550 420 550 290 550 150 450 40 300 40Z"/>
    </clipPath>
  </defs>
  <g clip-path="url(#envelope)">
    <rect width="600" height="620" fill="#e4572e"/>
    <path d="M300 40C-40 180 90 460 245 610H270C190 420 130 200 300 40Z" fill="#f3a712"/>
    <path d="M300 40C210 220 240 460 285 610H315C360 460 390 220 300 40Z" fill="#fff4d6"/>
    <path d="M300 40C640 180 510 460 355 610H330C410 420 470 200 300 40Z" fill="#f3a712"/>
    <rect width="600" height="620" fill="url(#light)"/>
  </g>
  <path d="M250 612 272 690M350 612 328 690M285 612 290 690M315 612 310 690" stroke="#4a3424" stroke-width="4"/>
  <path d="M262 690H338L330 756Q300 768 270 756Z" fill="#8a5a34"/>
  <path d="M260 688H340V700H260Z" fill="#5d3a20"/>
  <path d="M266 716H334M268 736H332" stroke="#5d3a20" stroke-width="3" opacity="0.6"/>
</svg>`;

const photo = (scene: Scene): Sharp =>
  sharp(paint(scene), { raw: { width: scene.widthPx, height: scene.heightPx, channels: 3 } });

/** Every sample: add a row. The sunrise is stored rotated to the left, with the EXIF orientation that rotates it back. */
export const SAMPLES = {
  "sunrise-sideways.jpg": () =>
    photo(SUNRISE).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 80 }).toBuffer(),
  "balloon-transparent.png": () => sharp(Buffer.from(BALLOON)).png({ compressionLevel: 9 }).toBuffer(),
  "evening-lake.webp": () => photo(EVENING).webp({ quality: 80 }).toBuffer(),
  "noon-scan.tiff": () => photo(NOON).tiff({ compression: "deflate", predictor: "horizontal" }).toBuffer(),
  "moonlight.bmp": async () => bitmap(paint(NIGHT), NIGHT.widthPx, NIGHT.heightPx),
} as const satisfies Record<string, () => Promise<Buffer>>;

export const FOLDER = join(__dirname, "samples");

const decoded = async (file: Buffer) => {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const { format, orientation } = await sharp(file).metadata();
  return { data, facts: JSON.stringify({ ...info, format, orientation }) };
};

/** Equal bytes, or equal pixels: another build of an encoder may compress the same picture differently. */
const isSamePicture = async (a: Buffer, b: Buffer): Promise<boolean> => {
  if (a.equals(b)) return true;
  const [one, other] = await Promise.all([decoded(a), decoded(b)]);
  return one.facts === other.facts && one.data.equals(other.data);
};

/** @returns the names of samples in `folder` that are missing or differ from what this script paints, and of other files */
export const staleSamples = async (folder = FOLDER): Promise<string[]> => {
  const present = await readdir(folder);
  const stale = present.filter((name) => !(name in SAMPLES));
  for (const [name, make] of Object.entries(SAMPLES)) {
    const same =
      present.includes(name) &&
      (await isSamePicture(await readFile(join(folder, name)), await make()).catch(() => false));
    if (!same) stale.push(name);
  }
  return stale;
};
