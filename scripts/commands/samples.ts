/** `npm run samples`: paints the sample pictures. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { FOLDER, SAMPLES, staleSamples } from "../images/samples";
import { runCommand } from "../terminal/cli";

const writeSamples = async (): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, make] of Object.entries(SAMPLES)) {
    const file = await make();
    await writeFile(join(FOLDER, name), file);
    console.log(`scripts/images/samples/${name}  ${(file.length / 1000).toFixed(0)} kB`);
  }
};

const checkSamples = async (): Promise<void> => {
  const stale = await staleSamples();
  if (stale.length > 0) {
    throw new Error(
      `Expected the files that npm run samples paints for scripts/images/samples but got others for ${stale.join(", ")}`,
    );
  }
  console.log(`scripts/images/samples: ${Object.keys(SAMPLES).length} files, all as this script makes them`);
};

export const command = new Command("npm run samples --")
  .description("Paints the sample pictures into scripts/images/samples.")
  .option("--check", "write nothing; fail if the files there are not what this script makes", false)
  .addHelpText("after", "\nExit code 1: with --check, a sample differs from what the script paints.")
  .action(({ check }: { check: boolean }) => (check ? checkSamples() : writeSamples()));

if (require.main === module) void runCommand(command);
