/** The picture of the README: one upload and its variants, from a real local run. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { devStack } from "../build/local-stack";
import { PROJECT } from "../build/stacks";
import { openRun } from "../trials/local-run/run";
import { environmentNamed } from "./stacks";

/** The sample that the README's first command processes. */
export const SAMPLE = "scripts/images/samples/sunrise-sideways.jpg";

const PICTURE = "docs/images/variants.png";

/** One picture with its caption; also stored inside the PNG, so that a test can tell when it is out of date. */
export interface Shown {
  readonly name: string;
  readonly format: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
}

interface Tile extends Shown {
  readonly bytes: Buffer;
}

const WIDTH_PX = 980;
const HEIGHT_PX = 420;
const TILE_PX = { width: 208, height: 156 };
const CAPTION_PX = 48;
const COLUMNS_PX = [290, 520, 750];
const ROWS_PX = [8, 216];

/** Processes the sample with the real package on the synthesized stack. */
const variantsOf = async (file: string): Promise<Tile[]> => {
  const outDir = await mkdtemp(join(tmpdir(), "picture-"));
  const stackDir = await devStack();
  const run = await openRun({ stackDir, outDir, port: undefined, keepsObjects: false, onResult: () => {} });
  try {
    const [result] = await run.process([{ file, key: "upload.jpg" }], () => {});
    if (result?.problem !== undefined) throw new Error(`${SAMPLE} was not processed: ${result.problem}`);
    const { variants } = await environmentNamed("dev");
    const order = Object.keys(variants);
    const made = (result?.variants ?? []).toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
    return await Promise.all(
      made.map(async ({ name, format, widthPx, heightPx, sizeBytes, key }) => {
        const bytes = await readFile(join(outDir, key));
        return { name, format, widthPx, heightPx, sizeBytes, bytes };
      }),
    );
  } finally {
    await run.sandbox.stop();
    await rm(outDir, { recursive: true });
  }
};

const uploadOf = async (file: string): Promise<Tile> => {
  const bytes = await readFile(file);
  const { format, width, height } = await sharp(bytes).metadata();
  return { name: "your upload (sideways)", format, widthPx: width, heightPx: height, sizeBytes: bytes.length, bytes };
};

/** Much smaller pictures get a smaller tile, so that a thumbnail looks like one. */
const heightOf = ({ heightPx }: Shown): number => (heightPx < 1000 ? 0.4 : 1) * TILE_PX.height;

const inTile = (tile: Tile): Promise<Buffer> =>
  sharp(tile.bytes)
    .resize(TILE_PX.width, Math.round(heightOf(tile)), { fit: "inside" })
    .flatten({ background: "#fff" })
    .toBuffer();

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024).toLocaleString("en-US")} KB`;

const caption = ({ name, format, widthPx, heightPx, sizeBytes }: Shown, left: number, top: number): string =>
  [
    `<text x="${left}" y="${top}" font-size="15" font-weight="bold">${name}</text>`,
    `<text x="${left}" y="${top + 18}">${format.toUpperCase()}, ${widthPx} × ${heightPx} px, ${kilobytes(sizeBytes)}</text>`,
  ].join("");

const draw = async (upload: Tile, variants: readonly Tile[]): Promise<Buffer> => {
  const uploadTop = (HEIGHT_PX - TILE_PX.height - CAPTION_PX) / 2;
  const places = [
    { tile: upload, left: 8, top: uploadTop },
    ...variants.map((tile, at) => ({
      tile,
      left: COLUMNS_PX[at % COLUMNS_PX.length] ?? 0,
      top: ROWS_PX[Math.floor(at / COLUMNS_PX.length)] ?? 0,
    })),
  ];
  const captions = places.map(({ tile, left, top }) => caption(tile, left, top + heightOf(tile) + 20)).join("");
  const arrowY = uploadTop + TILE_PX.height / 2;
  const arrow = `<path d="M232 ${arrowY} h30 m-9 -8 l9 8 l-9 8" fill="none" stroke="#555" stroke-width="3"/>`;
  const text = `<svg width="${WIDTH_PX}" height="${HEIGHT_PX}" xmlns="http://www.w3.org/2000/svg"><g font-family="DejaVu Sans, sans-serif" font-size="12" fill="#222">${captions}</g>${arrow}</svg>`;
  const tiles = await Promise.all(
    places.map(async ({ tile, left, top }) => ({ input: await inTile(tile), left, top })),
  );
  const shown = [upload, ...variants].map(({ bytes, ...rest }) => rest satisfies Shown);
  return sharp({ create: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3, background: "#fff" } })
    .composite([...tiles, { input: Buffer.from(text), left: 0, top: 0 }])
    .withExif({ IFD0: { ImageDescription: JSON.stringify(shown) } })
    .png({ palette: true, colours: 128, effort: 10 })
    .toBuffer();
};

/** Writes the picture. It is not byte for byte the same everywhere, because the fonts of the machine differ. */
export const writePicture = async (): Promise<void> => {
  const file = join(PROJECT, SAMPLE);
  await writeFile(join(PROJECT, PICTURE), await draw(await uploadOf(file), await variantsOf(file)));
};

/** @returns what the committed picture shows */
export const readPicture = async (): Promise<Shown[]> => {
  const { exif } = await sharp(await readFile(join(PROJECT, PICTURE))).metadata();
  return JSON.parse(/\[\{.*\}\]/s.exec(exif?.toString("latin1") ?? "")?.[0] ?? "[]");
};
