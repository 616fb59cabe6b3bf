/** Generated parts of documents, and the picture of the README. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processImage } from "../../handler/src/process";
import { filled } from "../../scripts/docs/generated";
import { readPicture, SAMPLE } from "../../scripts/docs/picture";

const ROOT = join(__dirname, "../..");

const LIMITS = { maxPixels: 1e8, maxSidePx: 65_535, maxFrames: 1 };

/** The documents change when the encoders do; the picture need not for every byte. */
const BYTES_TOLERANCE = 0.05;

describe("a generated part", () => {
  it("replaces what is between its markers and nothing else", async () => {
    const text = "before\n<!-- generated:one -->\nold\n<!-- /generated:one -->\nafter\n";

    const updated = await filled("x.md", text, { one: () => "new" });

    expect(updated).toBe("before\n<!-- generated:one -->\n\nnew\n\n<!-- /generated:one -->\nafter\n");
  });

  it("is refused where the document lacks its markers, or has others", async () => {
    const part = { one: () => "new" };

    await expect(filled("x.md", "text", part)).rejects.toThrow("Expected markers for one in x.md but got none");
    await expect(filled("x.md", "<!-- generated:two -->\n", part)).rejects.toThrow(
      "Expected markers for one in x.md but got two",
    );
    await expect(filled("x.md", "<!-- generated:one -->\n", part)).rejects.toThrow(
      "Expected <!-- /generated:one --> in x.md but got none",
    );
  });
});

describe("the picture of the README", () => {
  it("shows the variants that the handler makes of the sample today", async () => {
    const [, ...shown] = await readPicture();
    const { variants } = await processImage(readFileSync(join(ROOT, SAMPLE)), LIMITS, { keepsSmallerOriginal: true });

    const made = variants.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx }));
    const drift = variants.map(({ bytes }, at) => Math.abs(bytes.length / (shown[at]?.sizeBytes ?? 0) - 1));

    expect(shown.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx }))).toEqual(made);
    expect(Math.max(...drift)).toBeLessThan(BYTES_TOLERANCE);
  });
});
