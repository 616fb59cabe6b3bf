/** The reader of zip files, against another implementation's writer. */
import { zipSync } from "fflate";
import { unzip } from "../../scripts/sandbox/zip";

const FILES = { "index.js": Buffer.from("exports.handler = 1;"), "lib/ä.txt": Buffer.alloc(100_000, "text ") };

const read = (zip: Uint8Array): Record<string, string> =>
  Object.fromEntries([...unzip(Buffer.from(zip))].map(([path, bytes]) => [path, bytes.toString()]));

const TEXTS = Object.fromEntries(Object.entries(FILES).map(([path, bytes]) => [path, bytes.toString()]));

describe("a zip file", () => {
  it.each([
    ["stored", { level: 0 }],
    ["deflated", { level: 9 }],
    ["deflated, with a comment for each file", { level: 9, comment: "a note" }],
  ] as const)("is read: %s", (_, options) => {
    expect(read(zipSync(FILES, options))).toEqual(TEXTS);
  });

  it("has no entries for folders", () => {
    expect(Object.keys(read(zipSync({ ...FILES, "empty/": new Uint8Array() })))).toEqual(Object.keys(FILES));
  });

  it("is refused if it ends too early, or is something else", () => {
    const zip = zipSync(FILES);

    for (const bytes of [zip.subarray(0, -10), Buffer.from("no zip"), Buffer.alloc(0)])
      expect(() => read(bytes)).toThrow("no central directory");
  });
});
