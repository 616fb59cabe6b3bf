/**
 * Reads zip files with Node's zlib, which inflates in a third of the time that JavaScript takes.
 *
 * Follows https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 (local header), 4.3.12 (central directory) and
 * 4.3.16 (end of central directory).
 */
import { inflateRawSync } from "node:zlib";

const END = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;

const fileAt = (zip: Buffer, start: number, sizeBytes: number, method: number): Buffer => {
  const begin = start + LOCAL_HEADER_BYTES + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
  const bytes = zip.subarray(begin, begin + sizeBytes);
  return method === STORED ? bytes : inflateRawSync(bytes);
};

/**
 * @returns the content of each file by its path; folders are left out
 * @throws Error if the bytes are not a zip, or if a file in it is damaged
 */
export const unzip = (zip: Buffer): Map<string, Buffer> => {
  const end = zip.lastIndexOf(END);
  if (end < 0 || zip.length - end < END_BYTES) throw new Error("no central directory");
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameBytes = zip.readUInt16LE(at + 28);
    const path = zip.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    const [method, sizeBytes, start] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 42),
    ];
    if (!path.endsWith("/")) files.set(path, fileAt(zip, start, sizeBytes, method));
    at += ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
};
