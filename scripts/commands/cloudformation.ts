/** `npm run cloudformation`: environments as CloudFormation templates, with the zips beside them. */
import { join, relative } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { stackName } from "../../modules/naming";
import { warnings } from "../../modules/warnings";
import { environmentNamed } from "../build/environments";
import { type Synthesized, synth } from "../build/synth";
import { writeTemplate } from "../cloudformation/files";
import { lintProblems, requireCfnLint } from "../cloudformation/lint";
import { runCommand } from "../terminal/cli";

/** CloudFormation takes a longer template only from a bucket. */
const INLINE_BYTES = 51_200;

const write = ({ environment, folder }: Synthesized) => {
  const name = stackName(environment);
  const outDir = join(folder, "../../cloudformation", name);
  const { template, bytes } = writeTemplate(folder, { outDir, name, isProtected: environment.protected });
  return {
    name,
    outDir,
    bytes,
    resources: Object.keys(template.Resources).length,
    template,
    region: environment.aws_region,
  };
};

const lineOf = ({ name, outDir, bytes, resources, template }: ReturnType<typeof write>): string => {
  const parameters = Object.keys(template.Parameters ?? {}).length;
  const from = bytes > INLINE_BYTES ? ", deploy it from a bucket" : "";
  return `${pc.bold(name)}  ${relative(process.cwd(), outDir)}  ${resources} resources, ${parameters} addresses, ${Math.ceil(bytes / 1024)} KiB${from}`;
};

const run = async (env: string | undefined, { lint }: { lint?: true }): Promise<void> => {
  if (lint) await requireCfnLint();
  const synthesized = await synth(env === undefined ? undefined : [await environmentNamed(env)]);
  const written = synthesized.map(write);
  const remarks = warnings(synthesized.map(({ environment }) => environment));
  console.log([...written.map(lineOf), ...remarks.map((remark) => `${pc.yellow("warning:")} ${remark}`)].join("\n"));
  if (!lint) return;
  for (const { outDir, region } of written) {
    const problems = await lintProblems(join(outDir, "template.json"), region);
    if (problems !== "") throw new Error(`cfn-lint found: ${problems}`);
  }
  console.log("cfn-lint found nothing");
};

export const command = new Command("npm run cloudformation --")
  .description(
    "Writes every environment as a CloudFormation template to cdktf.out/cloudformation/<environment>, with the zips of the functions.",
  )
  .argument("[env]", "only this environment, or one region of it")
  .option("--lint", "check the templates with cfn-lint, version 1")
  .addHelpText(
    "after",
    "\nExit code 1: an environment is not valid, CloudFormation has no counterpart for something in it, or cfn-lint found a problem.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
