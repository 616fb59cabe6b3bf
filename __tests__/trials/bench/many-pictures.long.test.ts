/** The memory of one process after many pictures of different sizes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { peaksOf } from "../../../scripts/trials/bench/many-pictures";

const WIDTHS = [2900, 2100, 2500, 1700, 2700];

let folder: string;
let files: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "many-"));
  files = await Promise.all(
    WIDTHS.map(async (width) => {
      const file = join(folder, `${width}.jpg`);
      const height = Math.round((width * 2) / 3);
      await sharp({ create: { width, height, channels: 3, background: "#789" } })
        .jpeg()
        .toFile(file);
      return file;
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

it("stays what it was after two rounds, give or take what Node.js itself needs", async () => {
  const peaks = await peaksOf(files, 8);

  const [early = 0, late = 0] = [peaks[1], peaks.at(-1)];
  expect(peaks).toHaveLength(8);
  expect(late / early).toBeLessThan(1.2);
});
