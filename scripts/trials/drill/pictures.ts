/** Pictures that the drill uploads. */
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
 * A BMP of one bit per pixel, up to the default max_image_pixels: a scan of some megabytes. It is decoded in JavaScript, and
 * so wide that hardly anything is left to be encoded once it is inside the largest variant.
 */
export const wideScan = (widthPx = 65_535, heightPx = 500): Buffer => {
  const headerBytes = 62;
  const rowBytes = Math.ceil(widthPx / 32) * 4;
  const bytes = Buffer.alloc(headerBytes + rowBytes * heightPx, 0b1010_0101);
  bytes.fill(0, 0, headerBytes).write("BM", "latin1");
  for (const [offset, value] of [
    [2, bytes.length],
    [10, headerBytes],
    [14, 40], // bytes of BITMAPINFOHEADER
    [18, widthPx],
    [22, heightPx],
    [26, 1 | (1 << 16)], // one plane, one bit per pixel
    [46, 2], // colours in the palette: black and white
    [58, 0xffffff],
  ] as const)
    bytes.writeUInt32LE(value, offset);
  return bytes;
};
