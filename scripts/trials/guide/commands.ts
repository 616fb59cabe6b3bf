/** The commands of DEMO_GUIDE.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const GUIDE = join(__dirname, "../../../DEMO_GUIDE.md");

/** The guide's halves, by their headings. */
export type Half = "Without an account" | "With an account";

/** @returns the lines of the half's shell blocks, in their order */
export const guideCommands = (half: Half): string[] => {
  const [, section = ""] = readFileSync(GUIDE, "utf8").split(`\n## ${half}\n`);
  const [text = ""] = section.split(/\n## /);
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
};
