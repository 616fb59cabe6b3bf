/** `npm run build`: the Lambda package, one zip for each architecture, and that of the upload API. */
import { relative } from "node:path";
import { Command, Option } from "commander";
import { type BuiltHandler, buildHandler, buildUploadApi, TARGETS, type Target } from "../build/handler-package";
import { runCommand } from "../terminal/cli";

const report = async (build: () => Promise<BuiltHandler>): Promise<string> => {
  const start = performance.now();
  const { file, rebuilt, bytes, sha256 } = await build();
  const took = rebuilt ? `${((performance.now() - start) / 1000).toFixed(1)} s` : "fresh";
  return `${relative(process.cwd(), file)}  ${(bytes / 1e6).toFixed(2)} MB  sha256 ${sha256}  ${took}`;
};

export const command = new Command("npm run build --")
  .description("Builds the Lambda package, one zip for each architecture, and that of the upload API.")
  .addOption(
    new Option("--architecture <name...>", "what to build for; host is this machine, for the local run")
      .choices(TARGETS)
      .default(["arm64"]),
  )
  .option("--force", "build although nothing changed", false)
  .addHelpText("after", "\nExit code 1: the package cannot be built.")
  .action(async ({ architecture, force }: { architecture: Target[]; force: boolean }) => {
    for (const target of new Set(architecture)) console.log(await report(() => buildHandler({ target, force })));
    console.log(await report(() => buildUploadApi({ force })));
  });

if (require.main === module) void runCommand(command);
