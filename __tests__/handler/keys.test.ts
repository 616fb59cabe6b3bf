import type { Upload } from "../../handler/src/keys";
import { headerText, outputKey } from "../../handler/src/keys";

const upload = (key: string, changes: Partial<Upload> = {}): Upload => ({
  bucket: "uploads",
  key,
  sizeBytes: 1,
  eTag: "9a0364b9e99bb480dd25e1f0284c8555",
  versionId: undefined,
  ...changes,
});

const id = (of: Upload) => outputKey(of, "png", "png").slice(-12, -4);

it.each([
  ["photo.jpg", /^photo_png_[0-9a-f]{8}\.png$/],
  ["2026/summer/photo.JPG", /^2026\/summer\/photo_png_[0-9a-f]{8}\.png$/],
  ["no-extension", /^no-extension_png_[0-9a-f]{8}\.png$/],
  ["a.b/no-extension", /^a\.b\/no-extension_png_[0-9a-f]{8}\.png$/],
  ["archive.tar.gz", /^archive\.tar_png_[0-9a-f]{8}\.png$/],
  [".hidden", /^\.hidden_png_[0-9a-f]{8}\.png$/],
  ["a/.hidden", /^a\/\.hidden_png_[0-9a-f]{8}\.png$/],
  ["/a//b.bmp", /^\/a\/\/b_png_[0-9a-f]{8}\.png$/],
  ["ä 100% +.jpg", /^ä 100% \+_png_[0-9a-f]{8}\.png$/],
])("names the variants of %s after its folder and name", (key, pattern) => {
  expect(outputKey(upload(key), "png", "png")).toMatch(pattern);
});

it("ends with the name, the id and the extension", () => {
  expect(outputKey(upload("a.tiff"), "card-400", "avif")).toMatch(/^a_card-400_[0-9a-f]{8}\.avif$/);
});

it("gives the same id to the same event delivered again", () => {
  expect(id(upload("a.png"))).toBe(id(upload("a.png")));
  expect(id(upload("a.png", { versionId: "v1" }))).toBe(id(upload("a.png", { versionId: "v1", eTag: "other" })));
});

it("gives another id to another bucket, key, version or content", () => {
  const ids = [
    upload("a.png"),
    upload("a.jpg"),
    upload("a.png", { bucket: "others" }),
    upload("a.png", { versionId: "v1" }),
    upload("a.png", { versionId: "v2" }),
    upload("a.png", { eTag: "other" }),
  ].map(id);

  expect(new Set(ids).size).toBe(ids.length);
});

it.each([
  ["a name of ASCII", `${"a".repeat(1020)}.jpg`],
  ["a name of two-byte characters", `${"ä".repeat(510)}.jpg`],
  ["a name of four-byte characters", `x${"😀".repeat(250)}.jpg`],
  ["a folder that leaves no room for a name", `${"d/".repeat(510)}a.jpg`],
])("cuts %s between characters, so that the key has at most 1024 bytes", (_what, key) => {
  const output = outputKey(upload(key), "thumbnail", "jpg");

  const bytes = Buffer.byteLength(output);
  expect(bytes).toBeLessThanOrEqual(1024);
  expect(bytes).toBeGreaterThan(1020);
  expect(output).toMatch(/_thumbnail_[0-9a-f]{8}\.jpg$/);
  expect(key.startsWith(output.slice(0, output.lastIndexOf("_thumbnail_")))).toBe(true);
  expect(() => encodeURIComponent(output)).not.toThrow();
});

it.each(["photo.jpg", "a b/c+d=e.png", "~!@#$%^&*()"])("leaves %s unchanged in a header", (key) => {
  expect(headerText(key)).toBe(key);
});

it.each([
  ["ä.png", "=?UTF-8?B?w6QucG5n?="],
  ["a\nb.png", "=?UTF-8?B?YQpiLnBuZw==?="],
  [" a.png", "=?UTF-8?B?IGEucG5n?="],
  ["a  b.png", "=?UTF-8?B?YSAgYi5wbmc=?="],
  ["=?x", "=?UTF-8?B?PT94?="],
])("encodes %j in a header", (key, text) => {
  expect(headerText(key)).toBe(text);
});

it("fits the longest key into S3's 2 KB of metadata", () => {
  expect(headerText("\u00e4".repeat(512)).length).toBeLessThan(1400);
});
