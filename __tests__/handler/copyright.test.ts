/** Creator and copyright of an upload in its variants. */
import sharp, { type Sharp } from "sharp";
import type { FormatName, Variant } from "../../handler/contract/variants";
import { creditOf } from "../../handler/src/credit";
import { type Encoded, processImage } from "../../handler/src/process";
import { openTiffFile } from "../../handler/src/tiff-directory";
import { TAG } from "../../handler/src/tiff-tags";
import { LIMITS, paint, plain, quarters } from "./pictures";

// The handler blocks the formats that it does not read; the test reads AVIF.
beforeAll(() => sharp.unblock({ operation: ["VipsForeignLoadHeif"] }));

const VARIANTS = {
  jpeg: { format: "jpeg", quality: 85 },
  webp: { format: "webp", quality: 85 },
  png: { format: "png" },
  avif: { format: "avif", quality: 50, inside_px: 64 },
} as const satisfies Record<FormatName, Variant>;

const CREDIT = { Artist: "Ada Example", Copyright: "2026 Example Ltd" };
const KEPT = { artist: "Ada Example", copyright: "2026 Example Ltd" };

const madeOf = async (upload: Buffer, options: object = {}): Promise<readonly Encoded[]> =>
  (await processImage(upload, LIMITS, { variants: VARIANTS, keepsCopyright: true, ...options })).variants;

const withExif = (picture: Sharp): Sharp =>
  picture.withExif({ IFD0: { ...CREDIT, Make: "Camera" }, IFD3: { GPSLatitude: "1/1 2/1 3/1" } });

/** @returns a TIFF with creator and copyright in its directory, as scanners write them */
const withTags = (tiff: Buffer): Buffer => {
  const file = openTiffFile(tiff);
  const texts = [CREDIT.Artist, CREDIT.Copyright].map((text) => Buffer.from(`${text}\0`));
  return file.withDirectory([
    ...file.directory(file.first).entries,
    [TAG.artist, texts[0] ?? Buffer.alloc(0)],
    [TAG.copyright, texts[1] ?? Buffer.alloc(0)],
  ]);
};

/** A Photoshop resource with IPTC datasets, as Lightroom writes it, in a JPEG. */
const withIptc = (jpeg: Buffer, datasets: readonly (readonly [dataset: number, text: string])[]): Buffer => {
  const data = Buffer.concat(
    datasets.map(([dataset, text]) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([0x1c, 2, dataset, 0, bytes.length]), bytes]);
    }),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from("Photoshop 3.0\0" + "8BIM\x04\x04\0\0", "latin1"), size, data]);
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
};

it.each(Object.keys(VARIANTS) as FormatName[])("stay in %s, and nothing else of the metadata does", async (name) => {
  const upload = await withExif(quarters(64, 32)).withIccProfile("p3").jpeg().toBuffer();

  const { bytes } = (await madeOf(upload)).find((each) => each.name === name) as Encoded;

  const { exif = Buffer.alloc(0), icc, xmp, iptc, width, height, orientation } = await sharp(bytes).metadata();
  expect({ icc, xmp, iptc, width, height }).toEqual({
    icc: undefined,
    xmp: undefined,
    iptc: undefined,
    width: 64,
    height: 32,
  });
  expect(orientation ?? 1).toBe(1);
  expect(creditOf({ exif })).toEqual(KEPT);
  expect(exif.includes("Camera")).toBe(false);
  expect(await sharp(bytes).raw().toBuffer()).toHaveLength(64 * 32 * 3);
});

it.each<[string, () => Promise<Buffer>]>([
  ["JPEG", () => withExif(quarters(64, 32)).jpeg().toBuffer()],
  ["PNG", () => withExif(quarters(64, 32)).png().toBuffer()],
  ["WebP", () => withExif(quarters(64, 32)).webp().toBuffer()],
  ["TIFF", async () => withTags(await quarters(64, 32).tiff().toBuffer())],
])("are read from a %s", async (_format, paint) => {
  const [first] = await madeOf(await paint());

  const { exif } = await sharp(first?.bytes).metadata();
  expect(creditOf({ ...(exif && { exif }) })).toEqual(KEPT);
});

it("are read from IPTC where EXIF has none, with all creators and in UTF-8", async () => {
  const upload = withIptc(await quarters(64, 32).jpeg().toBuffer(), [
    [80, "Zoë Ä"],
    [80, "Bo"],
    [116, "© 2026"],
    [120, "A caption"],
  ]);

  for (const { name, bytes } of await madeOf(upload, { variants: { jpeg: VARIANTS.jpeg, webp: VARIANTS.webp } })) {
    const { exif = Buffer.alloc(0) } = await sharp(bytes).metadata();
    expect([name, creditOf({ exif })]).toEqual([name, { artist: "Zoë Ä; Bo", copyright: "© 2026" }]);
    expect(exif.includes("caption")).toBe(false);
  }
});

it("stay where the upload itself is kept, with its transparency", async () => {
  const grain = paint(96, 64, 4, (x, y) => [(x * y * 7) % 256, (x * 31) % 256, (y * 17) % 256, (x * 2) % 256]);
  const upload = await withExif(grain).webp({ quality: 10 }).toBuffer();

  const [kept] = await madeOf(upload, { variants: { webp: VARIANTS.webp }, keepsSmallerOriginal: true });

  const [before, after] = [await sharp(upload).raw().toBuffer(), await sharp(kept?.bytes).raw().toBuffer()];
  expect(kept?.origin).toBe("kept");
  expect(after.equals(before)).toBe(true);
  expect(kept?.bytes.length).toBeLessThanOrEqual(upload.length);
  const { exif = Buffer.alloc(0) } = await sharp(kept?.bytes).metadata();
  expect(creditOf({ exif })).toEqual(KEPT);
  expect(exif.includes("Camera")).toBe(false);
});

it("are absent without keep_copyright, and where the upload has none", async () => {
  const [credited, plainOne] = [
    await withExif(quarters(64, 32)).jpeg().toBuffer(),
    await plain(8, 8, [1, 2, 3]).png().toBuffer(),
  ];

  for (const made of [await madeOf(credited, { keepsCopyright: false }), await madeOf(plainOne)])
    for (const { bytes } of made) expect((await sharp(bytes).metadata()).exif).toBeUndefined();
});

it.each([
  ["cut off", Buffer.from("Exif\0\0MM\0*\0\0")],
  ["that points outside", Buffer.from("Exif\0\0MM\0*\xff\xff\xff\xff", "latin1")],
  ["without tags", Buffer.from("Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", "latin1")],
])("are no reason to fail for EXIF data %s", (_what, exif) => {
  expect(creditOf({ exif, iptc: Buffer.from("\x1c\x02\x50\xff\xff", "latin1") })).toBeUndefined();
});
