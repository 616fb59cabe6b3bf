/** The files whose memory is measured: the handler processes a small one of each kind, and its header says what is estimated. */
import sharp from "sharp";
import { processImage } from "../../../handler/src/process";
import { WORST_KINDS, type WorstKind, worstSidePx } from "../../../scripts/trials/bench/worst-files";

const LIMITS = { maxPixels: 1e8, maxSidePx: 65_535, maxFrames: 2 };
const NAMES = Object.keys(WORST_KINDS) as WorstKind[];

/** Of the kinds that sharp reads: interlaced and progressive pictures, and depth. */
const shapeOf = (name: WorstKind) => ({
  isProgressive: /progressive|interlaced/.test(name),
  depth: name.includes("16 bits") ? "ushort" : "uchar",
  channels: WORST_KINDS[name].channels,
});

it.each(NAMES)("writes a picture that is processed: %s", async (name) => {
  const file = await WORST_KINDS[name].write(48);

  const { source, variants } = await processImage(file, LIMITS, { variants: { png: { format: "png" } } });

  expect(source).toMatchObject({ widthPx: 48, heightPx: 48, orientation: WORST_KINDS[name].isTurned ? 6 : 1 });
  const { channels } = await sharp(variants[0]?.bytes).stats();
  expect(channels).toHaveLength(WORST_KINDS[name].hasAlpha ? 4 : 3);
});

it.each(NAMES.filter((name) => !name.startsWith("BMP")))("writes what is estimated: %s", async (name) => {
  const { isProgressive, depth, channels } = await sharp(await WORST_KINDS[name].write(48)).metadata();

  expect({ isProgressive, depth, channels }).toEqual(shapeOf(name));
});

it("takes the largest side that the memory admits", () => {
  const sides = NAMES.map((name) => [worstSidePx(name, 512), worstSidePx(name, 1024)] as const);

  for (const [small, large] of sides) expect(small).toBeLessThanOrEqual(large);
  expect(worstSidePx("PNG, 16 bits with alpha, interlaced", 1024)).toBeLessThan(10_000);
  expect(worstSidePx("JPEG, baseline", 1024)).toBe(10_000);
});
