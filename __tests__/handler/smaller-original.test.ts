/** No variant in the upload's format has more bytes than the upload. */
import sharp, { type Sharp } from "sharp";
import type { Variant } from "../../handler/contract/variants";
import { segmentsOf } from "../../handler/src/jpeg";
import { type Encoded, processImage } from "../../handler/src/process";
import { eventsIn, run, startAws } from "./aws";
import { LIMITS } from "./pictures";

/** A picture with fine detail, so that its bytes depend on the quality. */
const detail = (width = 160, height = 120, channels: 1 | 3 | 4 = 3): Sharp => {
  const data = Buffer.from(
    Array.from({ length: width * height * channels }, (_, i) => (Math.sin(i * i) + Math.sin(i / 97)) * 60 + 128),
  );
  return sharp(data, { raw: { width, height, channels } });
};

const VARIANTS = {
  jpeg: { format: "jpeg", quality: 85 },
  webp: { format: "webp", quality: 85 },
  png: { format: "png" },
} as const satisfies Record<string, Variant>;

/** @returns the variant in the format of the upload */
const made = async (upload: Buffer, format: keyof typeof VARIANTS, size: Partial<Variant> = {}): Promise<Encoded> => {
  const variants = { made: { ...VARIANTS[format], ...size } };
  const options = { variants, keepsSmallerOriginal: true };
  return (await processImage(upload, LIMITS, options)).variants[0] as Encoded;
};

/** @returns the samples as they are coded, without regard to the profile */
const samples = (bytes: Buffer): Promise<Buffer> => sharp(bytes, { ignoreIcc: true }).raw().toBuffer();

const withMetadata = (picture: Sharp): Sharp =>
  picture
    .withExif({ IFD0: { Copyright: "A", Make: "Camera" }, IFD3: { GPSLatitude: "1/1 2/1 3/1" } })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
    .withIccProfile("srgb");

const UPLOADS = {
  "a JPEG": () => withMetadata(detail()).jpeg({ quality: 50 }),
  "a progressive JPEG": () => withMetadata(detail()).jpeg({ quality: 50, progressive: true }),
  "a grey JPEG": () => detail(160, 120, 1).toColourspace("b-w").jpeg({ quality: 50 }),
  "a lossy WebP": () => withMetadata(detail()).webp({ quality: 50 }),
  "a lossy WebP with alpha": () => withMetadata(detail(160, 120, 4)).webp({ quality: 20 }),
  "a PNG": () =>
    withMetadata(detail()).png({ compressionLevel: 9, adaptiveFiltering: false, palette: true, colours: 8 }),
} as const satisfies Record<string, () => Sharp>;

it.each(Object.entries(UPLOADS))(
  "keeps the pixels of %s that is smaller, without its metadata",
  async (_what, paint) => {
    const { data: upload, info } = await paint().toBuffer({ resolveWithObject: true });

    const variant = await made(upload, info.format as keyof typeof VARIANTS);

    expect(variant.origin).toBe("kept");
    expect(variant.bytes.length).toBeLessThanOrEqual(upload.length);
    expect(await samples(variant.bytes)).toEqual(await samples(upload));
    const { exif, icc, xmp, iptc, orientation, comments, format, hasAlpha } = await sharp(variant.bytes).metadata();
    expect({ exif, icc, xmp, iptc, orientation, comments }).toEqual({});
    expect([format, hasAlpha]).toEqual([info.format, (await sharp(upload).metadata()).hasAlpha]);
  },
);

it("keeps of a JPEG's segments only those that decoding needs", async () => {
  const upload = await withMetadata(detail()).jpeg({ quality: 50 }).toBuffer();
  const segment = (code: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([0xff, code, 0, text.length + 2]), Buffer.from(text, "latin1")]);
  const more = [segment(0xfe, "a comment"), segment(0xed, "Photoshop 3.0\0"), segment(0xe2, "MPF\0")];
  const thumbnail = segment(0xe0, "JFXX\0\x10");
  const stuffed = Buffer.concat([upload.subarray(0, 2), thumbnail, ...more, upload.subarray(2), upload]);

  const { origin, bytes } = await made(stuffed, "jpeg");

  const codes = [...segmentsOf(bytes)].map(({ code }) => code);
  expect(origin).toBe("kept");
  expect(codes.filter((code) => code >= 0xe0 && code !== 0xe0 && code !== 0xee)).toEqual([]);
  expect(bytes.includes("JFXX")).toBe(false);
  expect(codes.at(-1)).toBe(0xd9);
  expect([...segmentsOf(bytes)].at(-1)?.end).toBe(bytes.length);
  expect(await samples(bytes)).toEqual(await samples(upload));
});

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "has at most the upload's bytes, upright, for orientation %i",
  async (orientation) => {
    const upload = await detail().withMetadata({ orientation }).jpeg({ quality: 50 }).toBuffer();
    const upright = await sharp(upload).autoOrient().raw().toBuffer({ resolveWithObject: true });

    const { origin, bytes } = await made(upload, "jpeg");

    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(origin).toBe(orientation === 1 ? "kept" : "reduced");
    expect(bytes.length).toBeLessThanOrEqual(upload.length);
    expect([info.width, info.height]).toEqual([upright.info.width, upright.info.height]);
    const difference = data.reduce((sum, value, i) => sum + Math.abs(value - (upright.data[i] ?? 0)), 0) / data.length;
    expect(difference).toBeLessThan(8);
  },
);

it.each<[string, () => Sharp, keyof typeof VARIANTS, Partial<Variant>]>([
  ["has another colour space", () => detail().withIccProfile("p3").jpeg({ quality: 50 }), "jpeg", {}],
  ["is scaled down by the limit of 4096 px", () => detail(4200, 10).jpeg({ quality: 30 }), "jpeg", {}],
  ["is scaled down to a thumbnail", () => detail().jpeg({ quality: 10 }), "jpeg", { inside_px: 150 }],
  ["is cropped", () => detail().webp({ quality: 20 }), "webp", { cover_px: [120, 120] }],
])("is encoded with fewer bytes where the upload %s", async (_what, paint, format, size) => {
  const upload = await paint().toBuffer();

  const { origin, bytes } = await made(upload, format, size);

  expect(origin).toBe("reduced");
  expect(bytes.length).toBeLessThanOrEqual(upload.length);
  expect((await sharp(bytes).metadata()).icc).toBeUndefined();
});

it("encodes as usual where that is smaller, and in another format", async () => {
  const upload = await detail().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
  const variants = { jpeg: VARIANTS.jpeg, png: VARIANTS.png };

  const kept = await processImage(upload, LIMITS, { variants, keepsSmallerOriginal: true });
  const plain = await processImage(upload, LIMITS, { variants });

  expect(kept.variants).toEqual(plain.variants);
  expect(kept.variants.map(({ origin }) => origin)).toEqual(["encoded", "encoded"]);
  expect(kept.variants[1]?.bytes.length).toBeGreaterThan(upload.length);
});

interface Processed {
  readonly kept: string;
  readonly reduced: string;
  /** Bytes by variant. */
  readonly sizes: Readonly<Record<string, number>>;
}

describe("the handler", () => {
  let aws: Awaited<ReturnType<typeof startAws>>;

  beforeAll(async () => {
    aws = await startAws();
  });
  afterAll(() => aws.stop());
  beforeEach(() => aws.reset());

  /** @returns the stored variants by name, and the line of the processed image */
  const processed = async (upload: Buffer, KEEP_SMALLER_ORIGINAL: "on" | "off"): Promise<Processed> => {
    const { lines } = await run({ Records: [await aws.upload("a.jpg", upload)] }, { KEEP_SMALLER_ORIGINAL });
    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
    const sizes = (await aws.processedKeys()).map(async (key) => [
      key.split("_")[1],
      (await aws.read(key)).bytes.length,
    ]);
    const line = lines.find(({ event }) => event === "image.processed");
    return {
      kept: String(line?.kept),
      reduced: String(line?.reduced),
      sizes: Object.fromEntries(await Promise.all(sizes)),
    };
  };

  it("logs which variants are the upload, and which have a lower quality", async () => {
    const upright = await detail().jpeg({ quality: 50 }).toBuffer();
    const sideways = await detail().withMetadata({ orientation: 6 }).jpeg({ quality: 50 }).toBuffer();

    const [kept, reduced] = [await processed(upright, "on"), await processed(sideways, "on")];

    expect(kept).toMatchObject({ kept: "compressed,low,thumbnail", reduced: "none" });
    expect(reduced).toMatchObject({ kept: "none", reduced: expect.stringMatching(/^compressed,low/) });
    expect(kept.sizes.compressed).toBeLessThanOrEqual(upright.length);
    expect(reduced.sizes.compressed).toBeLessThanOrEqual(sideways.length);
  });

  it("encodes every variant as the table says where keep_smaller_original is off", async () => {
    const upload = await detail().jpeg({ quality: 50 }).toBuffer();

    const { kept, reduced, sizes } = await processed(upload, "off");

    expect([kept, reduced]).toEqual(["none", "none"]);
    expect(sizes.compressed).toBeGreaterThan(upload.length);
  });
});
