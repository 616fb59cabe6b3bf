/** The committed sample pictures: what each is for, and that the script still paints them. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { ACCEPTED } from "../../handler/src/input";
import { staleSamples } from "../../scripts/images/samples";

const FOLDER = join(__dirname, "../../scripts/images/samples");

const formatOf = async (name: string): Promise<string | undefined> =>
  name.endsWith(".bmp") ? "bmp" : (await sharp(join(FOLDER, name)).metadata()).format;

/** The others have megapixels, which take seconds. */
const SMALL = ["balloon-transparent.png", "moonlight.bmp", "noon-scan.tiff"];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "samples-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("paints the small samples again; .ci/run paints all of them", async () => {
  for (const name of SMALL) await copyFile(join(FOLDER, name), join(folder, name));

  expect((await staleSamples(folder)).sort()).toEqual(["evening-lake.webp", "sunrise-sideways.jpg"]);
});

test("tells missing, altered and foreign files from samples, and compares pixels where the bytes differ", async () => {
  const bmp = await readFile(join(FOLDER, "moonlight.bmp"));
  bmp[bmp.length - 1] = 255 - (bmp[bmp.length - 1] ?? 0);
  await writeFile(join(folder, "moonlight.bmp"), bmp);
  await sharp(join(FOLDER, "balloon-transparent.png"))
    .png({ compressionLevel: 1 })
    .toFile(join(folder, "balloon-transparent.png"));
  await copyFile(join(FOLDER, "noon-scan.tiff"), join(folder, "noon.tiff"));

  const stale = await staleSamples(folder);

  expect(stale.sort()).toEqual([
    "evening-lake.webp",
    "moonlight.bmp",
    "noon-scan.tiff",
    "noon.tiff",
    "sunrise-sideways.jpg",
  ]);
});

test("has one sample of each format the handler accepts, 1.5 MB in all", async () => {
  const names = await readdir(FOLDER);
  const formats = await Promise.all(names.map(formatOf));
  const sizes = await Promise.all(names.map(async (name) => (await readFile(join(FOLDER, name))).length));

  expect(formats.sort()).toEqual(Object.keys(ACCEPTED).sort());
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_500_000);
});

test("has a photo that lies on its side and a picture that is transparent", async () => {
  const photo = await sharp(join(FOLDER, "sunrise-sideways.jpg")).metadata();
  const { isOpaque } = await sharp(join(FOLDER, "balloon-transparent.png")).stats();

  expect(photo).toMatchObject({ width: 1536, height: 2048, orientation: 6 });
  expect(isOpaque).toBe(false);
});
