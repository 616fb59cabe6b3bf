/** `npm run validate`: checks every environment with Terraform and the real provider's schema. */
import { Command } from "commander";
import pc from "picocolors";
import { NEEDS, requireTerraform } from "../aws/terraform/tools";
import { validateStacks } from "../aws/terraform/validation";
import { synth } from "../build/synth";
import { runCommand } from "../terminal/cli";

const validate = async ({ providerVersion }: { providerVersion?: string }): Promise<void> => {
  await requireTerraform(NEEDS.mocks);
  const stacks = (await synth()).map(({ folder }) => folder);
  const results = await Promise.allSettled(await validateStacks(stacks, providerVersion));
  for (const result of results) {
    if (result.status === "rejected") {
      console.error(`${pc.red("✗")} ${result.reason.message}`);
      process.exitCode = 1;
    } else {
      const { name, providerVersion, seconds } = result.value;
      const title = `${pc.green("✓")} ${name.padEnd(10)} valid, and all assertions of its tests hold`;
      console.log(`${title} ${pc.dim(`(hashicorp/aws ${providerVersion}, ${seconds.toFixed(1)} s)`)}`);
    }
  }
};

export const command = new Command("npm run validate --")
  .description("Checks every environment with terraform init, validate and test, in a temporary copy.")
  .option("--provider-version <constraint>", "provider version constraint, for example ~> 6.0")
  .addHelpText("after", "\nExit code 1: Terraform rejects an environment, or an assertion about it fails.")
  .action(validate);

if (require.main === module) void runCommand(command);
