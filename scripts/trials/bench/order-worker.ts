/** The process whose order of work is measured: encodes and stores the variants of one picture, and prints what that took. */
import { readFile } from "node:fs/promises";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { FORMATS, VARIANTS, type Variant } from "../../../handler/src/variants";
import { residentBytes } from "../../sandbox/memory";

/** When what is done. */
export interface Order {
  /** Variants in the order in which they are encoded. @default the ledger's */
  readonly order?: readonly string[];
  readonly encodes: "in turn" | "at once";
  readonly uploads: "after all encodes" | "as encoded";
}

export interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

const main = async (file: string, endpoint: string, { order, encodes, uploads }: Order): Promise<void> => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  const put = (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: "variants", Key, Body }));
  const source = await readFile(file);
  // A warm environment has its connections; what is measured is the work.
  await Promise.all(Object.keys(VARIANTS).map((name) => put(name, Buffer.alloc(1))));
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { data, info } = await sharp(source).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const encode = ({ format, quality, insidePx }: Variant): Promise<Buffer> =>
    sharp(data, { raw })
      .resize(insidePx, insidePx, { fit: "inside", withoutEnlargement: true })
      .toFormat(format, { ...FORMATS[format].encoder, ...(quality !== undefined && { quality }) })
      .toBuffer();
  const names = order ?? Object.keys(VARIANTS);
  const rows = names.map((name) => [name, (VARIANTS as Readonly<Record<string, Variant>>)[name]] as const);
  const stored: Promise<unknown>[] = [];
  const encoded: (readonly [string, Buffer])[] = [];
  const one = async ([name, variant]: (typeof rows)[number]): Promise<void> => {
    if (variant === undefined) throw new Error(`Expected a variant for the order but got ${name}`);
    const bytes = await encode(variant);
    if (uploads === "as encoded") stored.push(put(name, bytes));
    else encoded.push([name, bytes]);
  };
  if (encodes === "at once") await Promise.all(rows.map(one));
  else for (const row of rows) await one(row);
  await Promise.all([...stored, ...encoded.map(([name, bytes]) => put(name, bytes))]);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const timing: Timing = { wallMs, cpuMs: (user + system) / 1_000, peakBytes: await residentBytes(process.pid) };
  console.log(JSON.stringify(timing));
  s3.destroy();
};

sharp.cache(false);
const [file = "", endpoint = "", order = "{}"] = process.argv.slice(2);
void main(file, endpoint, JSON.parse(order) as Order);
