/** `npm run fuzz`: damaged pictures through the handler's code, which must refuse them or process them correctly. */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../terminal/cli";
import { withProgress } from "../terminal/progress";
import { runBombs } from "../trials/fuzz/bomb-run";
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

/** Saves the inputs of failures, so that you can open them with other tools. */
const save = async (seed: number, failures: readonly Pick<Failure, "input">[]): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  for (const { input } of failures) await writeFile(fileOf(seed, input.number, input.format), input.bytes);
};

const checkBombs = async (json: boolean): Promise<void> => {
  const results = await runBombs();
  console.log(json ? JSON.stringify(results, undefined, 2) : bombReport(results));
  if (!results.every(({ isRight }) => isRight)) process.exitCode = 1;
};

const run = async ({ seed, inputs, seconds, only, bombs: isBombRun, json }: Options): Promise<void> => {
  if (isBombRun) return checkBombs(json);
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
  .description("Sends damaged pictures of every format through the handler's code, in separate processes.")
  .option("--seed <number>", "selects the inputs; the same seed gives the same inputs", whole, 1)
  .option("--inputs <number>", "number of inputs", whole, 20_000)
  .option("--seconds <number>", "stop after this time", whole, 600)
  .option("--only <number>", "run the input with this number only, and save it", whole)
  .option("--bombs", "run decompression bombs instead: each must be refused within 1 s and 200 MB", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code 1: a file was neither refused with a reason nor processed correctly, or a process crashed or hung.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
