/** Every kind of BMP against what independent programs see in it: `npm run bmp` has written that down. */
import { createHash } from "node:crypto";
import sharp from "sharp";
import { type BmpName, CORPUS } from "../../scripts/images/bmp/corpus";
import expectations from "../../scripts/images/bmp/expectations.json";
import { variantsOf } from "./pictures";

const FILES = Object.entries(CORPUS) as [BmpName, () => Buffer][];

it("is compared with expectations of every kind, and of no other", () => {
  expect(Object.keys(expectations.files).sort()).toEqual(Object.keys(CORPUS).sort());
});

it.each(FILES)("shows a BMP of the kind %s as it must be shown", async (name, make) => {
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
