/** `npm run fuzz`: damaged pictures of every kind through the handler's own code, which must refuse them or make them right. */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../terminal/cli";
import { withProgress } from "../terminal/progress";
import { defuse } from "../trials/fuzz/bomb-squad";
import { type Failure, runCampaign } from "../trials/fuzz/campaign";
import { inputOf } from "../trials/fuzz/mutations";
import { bombReport, campaignReport } from "../trials/fuzz/report";
import { makeSeeds } from "../trials/fuzz/seeds";

interface Options {
  readonly seed: number;
  readonly inputs: number;
  readonly seconds: number;
  readonly only?: number;
  readonly bombs: boolean;
  readonly json: boolean;
}

const FOLDER = join(__dirname, "../../.cache/fuzz");

const fileOf = (seed: number, number: number, format: string): string => join(FOLDER, `${seed}-${number}.${format}`);

/** Kept, so that a failure can be looked at with other tools too. */
const save = async (seed: number, failures: readonly Pick<Failure, "input">[]): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  for (const { input } of failures) await writeFile(fileOf(seed, input.number, input.format), input.bytes);
};

const runBombs = async (json: boolean): Promise<void> => {
  const defusals = await defuse();
  console.log(json ? JSON.stringify(defusals, undefined, 2) : bombReport(defusals));
  if (!defusals.every(({ isRight }) => isRight)) process.exitCode = 1;
};

const run = async ({ seed, inputs, seconds, only, bombs, json }: Options): Promise<void> => {
  if (bombs) return runBombs(json);
  const numbers = only === undefined ? Array.from({ length: inputs }, (_, number) => number) : [only];
  const processes = Math.min(availableParallelism(), numbers.length);
  const campaign = await withProgress({ label: "inputs", total: numbers.length }, (onDone) =>
    runCampaign({ seed, numbers, processes, seconds, onDone }),
  );
  const kept = only === undefined ? campaign.failures : [{ input: inputOf(await makeSeeds(), seed, only) }];
  await save(seed, kept);
  const { failures, ...rest } = campaign;
  const rows = failures.map(({ input: { bytes, original, ...input }, ...failure }) => ({
    ...input,
    ...failure,
    file: relative(process.cwd(), fileOf(seed, input.number, input.format)),
  }));
  if (json) console.log(JSON.stringify({ ...rest, failures: rows }, undefined, 2));
  else {
    const where = ({ input }: Failure) => relative(process.cwd(), fileOf(seed, input.number, input.format));
    console.log(campaignReport(campaign, where));
  }
  if (failures.length > 0) process.exitCode = 1;
};

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError(`Expected a whole number but got ${JSON.stringify(text)}`);
  return Number(text);
};

export const command = new Command("npm run fuzz --")
  .description("Sends damaged pictures of every format through the handler's code, in processes of their own.")
  .option("--seed <number>", "which inputs", whole, 1)
  .option("--inputs <number>", "how many", whole, 20_000)
  .option("--seconds <number>", "when to stop at the latest", whole, 600)
  .option("--only <number>", "one of them, and save it", whole)
  .option("--bombs", "instead, files that claim or unpack to far too much: each within 1 s and 200 MB", false)
  .option("--json", "everything, for machines", false)
  .addHelpText(
    "after",
    "\nExit code 1: a file was neither refused for a reason nor made right, or a process crashed or hung.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
