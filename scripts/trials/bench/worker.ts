/** The measured process: makes the variants of one picture with one method, and prints the measurement as JSON. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { Effort } from "../../../handler/contract/efforts";
import { DEFAULT_VARIANTS, MAX_SIDE_PX, type Variant } from "../../../handler/contract/variants";
import { decodeBmp, readBmpHeader } from "../../../handler/src/bmp";
import { encoderOf } from "../../../handler/src/encoders";
import type { Limits } from "../../../handler/src/input";
import { admittedBytes } from "../../../handler/src/memory";
import { photoPngFor } from "../../../handler/src/photo-png";
import type { ProcessingOptions } from "../../../handler/src/process";
import { IMAGE_PROCESSOR } from "../../../modules/inputs/image_processor";
import { LAMBDA_FUNCTION } from "../../../modules/inputs/lambda_function";
import { residentBytes } from "../../sandbox/memory";
import { LEAN_VARIANTS } from "./lean-variants";

/** Cost of the five variants of one picture, without loading the program and reading the file. */
export interface Measurement {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Peak memory of the whole process. */
  readonly peakBytes: number;
  /** Size of each variant. */
  readonly bytes: Readonly<Record<string, number>>;
}

type Variants = Readonly<Record<string, Buffer>>;

const FIT = { fit: "inside", withoutEnlargement: true } as const;
/** As in a function with the defaults. */
const LIMITS: Limits = {
  maxPixels: IMAGE_PROCESSOR.max_image_pixels.default,
  maxSidePx: IMAGE_PROCESSOR.max_image_side_px.default,
  maxFrames: IMAGE_PROCESSOR.max_image_frames.default,
  maxMemoryBytes: admittedBytes(LAMBDA_FUNCTION.memory_size.default),
};

/** sharp cannot read BMP. */
const opened = (file: Buffer): sharp.Sharp => {
  if (file.toString("latin1", 0, 2) !== "BM") return sharp(file).autoOrient();
  const header = readBmpHeader(file);
  const { pixels, channels } = decodeBmp(file, header);
  return sharp(pixels, { raw: { width: header.widthPx, height: header.heightPx, channels } });
};

/** Encodes one variant with sharp, from the file or from pixels. */
const encoded = (image: sharp.Sharp, { format, quality, inside_px }: Variant, encoder: object): Promise<Buffer> => {
  if (inside_px !== undefined) image.resize(inside_px, inside_px, FIT);
  return image.toFormat(format, { ...encoder, ...(quality !== undefined && { quality }) }).toBuffer();
};

const eachVariant = async (make: (variant: Variant) => Promise<Buffer>): Promise<Variants> => {
  const made: Record<string, Buffer> = {};
  for (const [name, variant] of Object.entries<Variant>(DEFAULT_VARIANTS)) made[name] = await make(variant);
  return made;
};

/** The painted pictures are measured with one effort; photos with every effort. */
const PAINTED_EFFORT: Effort = "fast";

const handler =
  (effort: Effort, more: Pick<ProcessingOptions, "variants" | "withPlaceholder"> = {}) =>
  async (file: Buffer) => {
    const { processImage } = await import("../../../handler/src/process.js");
    return async () => {
      const { variants } = await processImage(file, LIMITS, { effort, ...more });
      return Object.fromEntries(variants.map(({ name, bytes }) => [name, bytes]));
    };
  };

/** Each method prepares the file; the returned function is measured. Only those of the handler load it, which changes sharp's settings. */
const METHODS = {
  handler: handler(PAINTED_EFFORT),
  fast: handler("fast"),
  balanced: handler("balanced"),
  small: handler("small"),
  lean: handler("fast", { variants: LEAN_VARIANTS, withPlaceholder: true }),
  naive: async (file: Buffer) => () =>
    eachVariant((variant) => {
      const image = sharp(file).autoOrient();
      return encoded(
        variant.inside_px === undefined ? image.resize(MAX_SIDE_PX, MAX_SIDE_PX, FIT) : image,
        variant,
        {},
      );
    }),
  floor: async (file: Buffer) => {
    const { data, info } = await opened(file)
      .resize(MAX_SIDE_PX, MAX_SIDE_PX, FIT)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels as 3 | 4 };
    return () =>
      eachVariant(async (variant) => {
        const photo = variant.format === "png" ? await photoPngFor(PAINTED_EFFORT, { data, raw }) : undefined;
        return photo ?? encoded(sharp(data, { raw }), variant, encoderOf(variant.format, PAINTED_EFFORT));
      });
  },
} as const satisfies Record<string, (file: Buffer) => Promise<() => Promise<Variants>>>;

export type SharpMethod = keyof typeof METHODS;

const main = async (method: SharpMethod, file: string, outDir: string | undefined): Promise<void> => {
  const work = await METHODS[method](await readFile(file));
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const made = await work();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  if (outDir !== undefined)
    for (const [name, bytes] of Object.entries(made)) await writeFile(join(outDir, name), bytes);
  const measurement: Measurement = {
    cpuMs: (user + system) / 1_000,
    wallMs,
    peakBytes: await residentBytes(process.pid),
    bytes: Object.fromEntries(Object.entries(made).map(([name, bytes]) => [name, bytes.length])),
  };
  console.log(JSON.stringify(measurement));
};

const [method = "", file = "", outDir] = process.argv.slice(2);
void main(method as SharpMethod, file, outDir);
