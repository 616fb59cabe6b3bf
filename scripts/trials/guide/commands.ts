/** The commands of DEMO_GUIDE.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const GUIDE = join(__dirname, "../../../DEMO_GUIDE.md");

/** The two parts of the guide, by heading. */
export type GuidePart = "Without an account" | "With an account";

/** @returns the lines of the part's shell blocks, in order */
export const guideCommands = (part: GuidePart): string[] => {
  const [, section = ""] = readFileSync(GUIDE, "utf8").split(`\n## ${part}\n`);
  const [text = ""] = section.split(/\n## /);
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
};
