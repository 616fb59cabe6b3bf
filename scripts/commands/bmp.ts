/** `npm run bmp`: records how Pillow and ImageMagick decode every kind of BMP, for the test of the handler's decoder. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { CORPUS } from "../images/bmp/corpus";
import { runCommand, SkippedError } from "../terminal/cli";

interface Options {
  readonly python: string;
  readonly convert: string;
}

const FOLDER = join(__dirname, "../../.cache/bmp");
const EXPECTATIONS = join(__dirname, "../images/bmp/expectations.json");

const outputOf = async (command: string, ...words: string[]): Promise<string> =>
  (await promisify(execFile)(command, words, { maxBuffer: 2 ** 24 })).stdout;

/** @throws SkippedError that names the missing program */
const findPrograms = async ({ python, convert }: Options): Promise<void> => {
  const pillow = await outputOf(python, "-c", "import PIL").catch(() => undefined);
  if (pillow === undefined) throw new SkippedError(`Expected a Python with Pillow for --python but got ${python}`);
  const version = await outputOf(convert, "-version").catch(() => "");
  if (!version.includes("ImageMagick"))
    throw new SkippedError(`Expected ImageMagick's convert for --convert but got ${convert}`);
};

const run = async (options: Options): Promise<void> => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const [name, make] of Object.entries(CORPUS)) await writeFile(join(FOLDER, `${name}.bmp`), make());
  await findPrograms(options);
  const script = join(__dirname, "../images/bmp/expect.py");
  await writeFile(EXPECTATIONS, await outputOf(options.python, script, FOLDER, options.convert));
  console.log(`scripts/images/bmp/expectations.json: ${Object.keys(CORPUS).length} kinds`);
};

export const command = new Command("npm run bmp --")
  .description("Decodes every kind of BMP with Pillow and ImageMagick, and records the pixels.")
  .option("--python <command>", "a Python that has Pillow", "python3")
  .option("--convert <command>", "ImageMagick's convert", "convert")
  .addHelpText("after", "\nExit code 1: a program could not read one of the files.")
  .action(run);

if (require.main === module) void runCommand(command);
