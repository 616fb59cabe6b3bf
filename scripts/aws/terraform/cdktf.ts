/** Runs `cdktf deploy` and `cdktf destroy` for one stack, and reports what exists if they fail. */
import { basename, join } from "node:path";
import { PROJECT } from "../../build/stacks";
import { onInterrupt, run } from "../../terminal/processes";
import { diagnose } from "./diagnosis";
import type { Target } from "./target";
import { terraformBinary } from "./tools";
import { terraform } from "./working-copy";

const CDKTF = join(PROJECT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

const LIMIT_SECONDS = 1800;

/** Lines that show progress; everything else that cdktf and Terraform print is hidden. */
const PROGRESS = /: ((Creation|Modifications|Destruction) complete|Still )|^(Apply|Destroy) complete!/;

/** @returns a function that takes chunks of output and prints the lines that show progress */
const showProgress = (): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((each) => each.replace(/^\w*\s+/, "").replace(/ \[id=.*\]$/, "")))
      if (PROGRESS.test(line)) console.log(line);
  };
};

/** A killed deployment loses track of resources it has created, so the first Ctrl-C only asks Terraform to stop gracefully. */
const stopGently = (cdktf: number, program: string): void => {
  console.error("Terraform finishes the operations in progress, and then stops. Press Ctrl-C again to kill it.");
  // Signal Terraform only. cdktf runs it in a session of its own, and would end at once without waiting for it.
  void run({ program: "pkill", args: ["-INT", "-P", String(cdktf), "-x", program], limitSeconds: 10 });
};

/**
 * Runs with `--auto-approve`: the caller has asked for confirmation.
 * @throws Error of one line, after printing how many resources exist
 */
export const cdktf = async (verb: "deploy" | "destroy", target: Target): Promise<void> => {
  const { name, outdir, env } = target;
  const offline = env.TF_PLUGIN_MIRROR ? ["--skip-provider-lock"] : [];
  let interrupted = false;
  const outcome = await run({
    program: process.execPath,
    args: [CDKTF, verb, name, "--auto-approve", "--skip-synth", "--no-color", "--output", outdir, ...offline],
    cwd: PROJECT,
    env: { ...env, CI: "true", FORCE_COLOR: "0" },
    limitSeconds: LIMIT_SECONDS,
    onOutput: showProgress(),
    onStart: (pid) =>
      onInterrupt(() => {
        interrupted = true;
        stopGently(pid, basename(terraformBinary(env)));
      }),
  }).finally(() => onInterrupt(undefined));
  if (outcome.code === 0) return;
  const output = `${outcome.stdout}\n${outcome.stderr}`.replaceAll(new RegExp(`^${name}\\s`, "gm"), "");
  const exists = await existing(target).catch(() => undefined);
  if (exists !== undefined)
    console.error(
      `${whatExists(target, exists)} Run the same command to continue, or npm run destroy -- ${name} to remove them.`,
    );
  if (interrupted) throw new Error(`cdktf ${verb} of ${name} was interrupted`);
  throw diagnose(`cdktf ${verb} of ${name}`, output);
};

/** @returns the addresses of all resources in the state, without data sources */
export const existing = async (target: Target): Promise<string[]> => {
  const { code, stdout } = await terraform(target, ["state", "list", "-no-color"], 120, [0, 1]);
  return code === 0 ? stdout.split("\n").filter((address) => address !== "" && !address.startsWith("data.")) : [];
};

/** @returns one sentence with the number of resources */
export const whatExists = ({ name, state }: Target, addresses: readonly string[]): string =>
  addresses.length === 0
    ? `No resource of ${name} exists, according to ${state}.`
    : `${addresses.length} resources of ${name} exist, according to ${state}.`;
