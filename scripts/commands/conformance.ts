/** `npm run conformance`: the CloudWatch engine against recorded answers of the service. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { runCommand, UsageError } from "../terminal/cli";
import { MalformedCase, readCases } from "../trials/conformance/cases";
import { conformanceOf } from "../trials/conformance/conformance";

const ROOT = join(__dirname, "../..");
/** From the folder that npm runs commands in. */
const COMMITTED = relative(process.cwd(), join(ROOT, "__tests__/fixtures/cloudwatch/cases.jsonl"));

const contentOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`${file} cannot be read (the committed cases are in ${COMMITTED})`, { cause });
  }
};

const casesOf = (file: string) => {
  try {
    return readCases(file, contentOf(file));
  } catch (error) {
    if (error instanceof MalformedCase) throw new UsageError(error.message, { cause: error });
    throw error;
  }
};

const compare = (files: readonly string[]): void => {
  const cases = (files.length === 0 ? [COMMITTED] : files).flatMap(casesOf);
  const { agree, differ, notSupported, lines } = conformanceOf(cases);
  for (const line of lines) console.log(line);
  console.log(`${agree} agree, ${differ} differ, ${notSupported} not supported`);
  if (differ > 0) process.exitCode = 1;
};

export const command = new Command("npm run conformance --")
  .description("Compares the local CloudWatch engine with recorded answers of the service.")
  .argument("[file...]", "files with one JSON case per line (default: the committed cases)")
  .addHelpText(
    "after",
    "\nExit code 1: an answer differs.\nExit code 2: a file cannot be read, or one of its lines is not a case; the message names it.",
  )
  .action(compare);

if (require.main === module) void runCommand(command);
