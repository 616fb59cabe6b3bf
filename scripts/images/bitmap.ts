/** Writes BMP files, which sharp cannot write. */

/**
 * 24 bits, uncompressed, rows from the bottom: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 *
 * @param pixels 8-bit RGB, row by row from the top left
 */
export const bitmap = (pixels: Buffer, widthPx: number, heightPx: number): Buffer => {
  const stride = Math.ceil((widthPx * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * heightPx);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(widthPx, 18);
  file.writeInt32LE(heightPx, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let row = 0; row < heightPx; row++) {
    const line = pixels.subarray(row * widthPx * 3, (row + 1) * widthPx * 3);
    const at = 54 + (heightPx - 1 - row) * stride;
    for (let index = 0; index < line.length; index++) file[at + index] = line[index + 2 - 2 * (index % 3)] ?? 0;
  }
  return file;
};
