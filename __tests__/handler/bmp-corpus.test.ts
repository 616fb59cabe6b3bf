/** Compares every kind of BMP with what independent programs decode; `npm run bmp` writes these expectations. */
import { createHash } from "node:crypto";
import sharp from "sharp";
import { type BmpName, CORPUS } from "../../scripts/images/bmp/corpus";
import expectations from "../../scripts/images/bmp/expectations.json";
import { variantsOf } from "./pictures";

const FILES = Object.entries(CORPUS) as [BmpName, () => Buffer][];

it("has expectations for exactly the kinds of the corpus", () => {
  expect(Object.keys(expectations.files).sort()).toEqual(Object.keys(CORPUS).sort());
});

it.each(FILES)("decodes a BMP of the kind %s like the independent programs", async (name, make) => {
  const { widthPx, heightPx, probes, rgbaSha256 } = expectations.files[name];

  const { png } = await variantsOf(make());

  const { data, info } = await sharp(png.bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const seen = Object.keys(probes).map((place) => {
    const [x = 0, y = 0] = place.split(",").map(Number);
    return [place, data.toString("hex", (y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
  });
  expect([info.width, info.height]).toEqual([widthPx, heightPx]);
  expect(Object.fromEntries(seen)).toEqual(probes);
  expect(createHash("sha256").update(data).digest("hex")).toBe(rgbaSha256);
});
