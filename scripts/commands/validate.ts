/** `npm run validate`: checks every environment with Terraform and the real provider's schema. */
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { clientsFor } from "../aws/clients";
import { checkAlarmOrder } from "../aws/terraform/alarm-order";
import { startMoto } from "../aws/terraform/moto";
import { variantsOf } from "../aws/terraform/plain-variants";
import { createExisting, sameness } from "../aws/terraform/sameness";
import { NEEDS, requireTerraform } from "../aws/terraform/tools";
import { validatePlain, validateStacks } from "../aws/terraform/validation";
import { environmentNamed } from "../build/environments";
import { buildHandler } from "../build/handler-package";
import { PROJECT } from "../build/stacks";
import { synth } from "../build/synth";
import { modulePairs } from "../docs/terraform/module-pairs";
import { movedBlocks } from "../docs/terraform/moved";
import { runCommand } from "../terminal/cli";
import { judge } from "../terminal/findings";
import { temporaryFolder } from "../terminal/processes";
import { foreignProblems } from "../trials/drill/foreign";
import { tryExamples } from "../trials/rehearsal/plain-examples";
import { tryUpgrade, upgraded } from "../trials/rehearsal/upgrade";

interface Options {
  readonly providerVersion?: string;
  readonly everySwitch?: true;
}

/** Both forms must plan the same. The emulator answers the questions about the account. */
const checkPlain = async (everySwitch: boolean): Promise<void> => {
  const moto = await startMoto(0);
  await createExisting(clientsFor("us-east-1", moto.endpoint));
  const chosen = variantsOf(await readEnvironments(ENVIRONMENTS, {}), everySwitch);
  const pairs = modulePairs(join(PROJECT, "package.json"));
  const { resources, attributes, differences } = await sameness(chosen, pairs, moto.endpoint);
  await moto.stop();
  for (const difference of differences) console.error(`${pc.red("✗")} ${difference}`);
  if (differences.length > 0) process.exitCode = 1;
  const counted = `${chosen.length} variants, ${pairs.length} cases of modules alone, ${resources} resources, ${attributes} attributes`;
  const title = "terraform/  plans the same as the stacks";
  console.log(`${differences.length === 0 ? pc.green("✓") : pc.red("✗")} ${title} ${pc.dim(`(${counted})`)}`);
};

/** Applied to emulators: each example of plain Terraform, and plain Terraform over the state of a stack. */
const checkApplied = async (): Promise<void> => {
  const { file } = await buildHandler({ target: "host" });
  const environment = upgraded(await environmentNamed("prod"));
  const [examples, upgrade] = await Promise.all([
    tryExamples(file),
    tryUpgrade(environment, file, movedBlocks(environment)),
  ]);
  console.log(pc.bold("terraform/ on an emulator"));
  for (const { findings } of examples) judge(findings);
  const foreign = examples.find(({ name }) => name === "foreign-lambda")?.state ?? {};
  judge([
    {
      title: "the alarms of examples/foreign-lambda watch its function, and its log lines move them",
      expected: [],
      got: foreignProblems(temporaryFolder(), "invoices-worker", "eu-west-1", foreign),
    },
    ...upgrade,
  ]);
};

/** With `alarm_routing = "incident"`, which has the composite alarms. */
const checkOrder = async (): Promise<void> => {
  const title = "alarms     no alarm is deleted before the composite alarm that names it is updated";
  try {
    const lines = await checkAlarmOrder(await environmentNamed("prod"));
    console.log(`${pc.green("✓")} ${title}`);
    for (const line of lines) console.log(pc.dim(`  ${line}`));
  } catch (error) {
    console.error(`${pc.red("✗")} ${title}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
};

const checkValid = async (stacks: readonly string[], providerVersion: string | undefined): Promise<void> => {
  const results = await Promise.allSettled([
    ...(await validateStacks(stacks, providerVersion)),
    validatePlain(providerVersion),
  ]);
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

const validate = async ({ providerVersion, everySwitch }: Options): Promise<void> => {
  await requireTerraform(NEEDS.mocks);
  const stacks = (await synth()).map(({ folder }) => folder);
  const inTurn = async () => {
    await checkValid(stacks, providerVersion);
    await checkOrder();
    await checkPlain(everySwitch === true);
  };
  // Emulators and the provider's waits take time but little of the processor.
  for (const result of await Promise.allSettled([inTurn(), checkApplied()]))
    if (result.status === "rejected") throw result.reason;
};

export const command = new Command("npm run validate --")
  .description("Checks every environment with terraform init, validate and test, in a temporary copy.")
  .option("--provider-version <constraint>", "provider version constraint, for example ~> 6.0")
  .option("--every-switch", "compare both forms with each switch of prod in another position, too: takes minutes")
  .addHelpText("after", "\nExit code 1: Terraform rejects an environment, or an assertion about it fails.")
  .action(validate);

if (require.main === module) void runCommand(command);
