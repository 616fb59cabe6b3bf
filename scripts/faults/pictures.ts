/** Pictures that the drill uploads. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";

/** @returns a small JPEG with a colour gradient */
export const photo = async (widthPx = 96, heightPx = 64): Promise<Buffer> => {
  const pixels = Buffer.alloc(widthPx * heightPx * 3, 160);
  for (let i = 0; i < pixels.length; i += 3) pixels[i] = (i / 3) % 256;
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg()
    .toBuffer();
};

/** @returns a JPEG that is cut off in the middle */
export const truncatedPhoto = async (): Promise<Buffer> => {
  const whole = await photo();
  return whole.subarray(0, Math.floor(whole.length / 2));
};

export const notAnImage = (): Buffer => Buffer.from("Dear diary, today nothing was photographed.\n");

/** @returns a valid JPEG of `bytes` bytes that is quick to process: decoders ignore bytes after the end of the picture */
export const photoOfBytes = async (bytes: number): Promise<Buffer> => {
  const whole = await photo();
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, bytes - whole.length))]);
};

/** @returns a JPEG of one colour: few bytes, but as much memory when decoded as any picture of its size */
export const hugePhoto = async (): Promise<Buffer> =>
  sharp({ create: { width: 6000, height: 6000, channels: 3, background: "#357" } })
    .jpeg()
    .toBuffer();

/**
 * A TIFF in CIELAB: the handler converts its colours in JavaScript, which takes longer
 * than anything else. It is so wide that little is left to encode after it is scaled down. All rows are the same strip.
 */
export const wideScan = (widthPx = 65_535, heightPx = 200): Buffer => {
  const strip = deflateSync(Buffer.alloc(widthPx * 3, 90));
  const [offsetsAt, countsAt] = [14, 14 + heightPx * 4];
  const stripAt = countsAt + heightPx * 4;
  const directoryAt = stripAt + strip.length + (strip.length % 2);
  const SHORT = 3;
  const LONG = 4;
  // BitsPerSample, Compression (Deflate), PhotometricInterpretation (CIELAB), and one row in each strip: TIFF 6.0.
  const entries = [
    [256, LONG, 1, widthPx],
    [257, LONG, 1, heightPx],
    [258, SHORT, 3, 8],
    [259, SHORT, 1, 8],
    [262, SHORT, 1, 8],
    [273, LONG, heightPx, offsetsAt],
    [277, SHORT, 1, 3],
    [278, SHORT, 1, 1],
    [279, LONG, heightPx, countsAt],
  ] as const;
  const bytes = Buffer.alloc(directoryAt + 2 + entries.length * 12 + 4);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(directoryAt, 4);
  // Three times 8 bits do not fit into their entry.
  for (const at of [8, 10, 12]) bytes.writeUInt16LE(8, at);
  for (let row = 0; row < heightPx; row++) {
    bytes.writeUInt32LE(stripAt, offsetsAt + row * 4);
    bytes.writeUInt32LE(strip.length, countsAt + row * 4);
  }
  strip.copy(bytes, stripAt);
  bytes.writeUInt16LE(entries.length, directoryAt);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = directoryAt + 2 + i * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
};
