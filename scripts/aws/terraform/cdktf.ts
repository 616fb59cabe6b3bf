/** `cdktf deploy` and `cdktf destroy` of one stack, and what exists when they stop half-way. */
import { basename, join } from "node:path";
import { PROJECT } from "../../build/stacks";
import { onInterrupt, run } from "../../terminal/processes";
import { diagnose } from "./diagnosis";
import type { Target } from "./target";
import { terraformBinary } from "./tools";
import { terraform } from "./working-copy";

const CDKTF = join(PROJECT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

const LIMIT_SECONDS = 1800;

/** Of all that cdktf and Terraform print, what tells how far they are; the plan is for `npm run plan`. */
const PROGRESS = /: ((Creation|Modifications|Destruction) complete|Still )|^(Apply|Destroy) complete!/;

/** @returns a function that takes text as it comes and shows those lines of it that tell of progress */
const showProgress = (): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((each) => each.replace(/^\w*\s+/, "").replace(/ \[id=.*\]$/, "")))
      if (PROGRESS.test(line)) console.log(line);
  };
};

/** A deployment that is killed forgets what it made, so the first Ctrl-C only asks Terraform to finish what it has begun. */
const stopGently = (cdktf: number, program: string): void => {
  console.error("Terraform ends what it has begun, and then stops; Ctrl-C again to kill it.");
  // Only Terraform is told, which cdktf runs in a session of its own: cdktf itself would end at once and leave it alone.
  void run({ program: "pkill", args: ["-INT", "-P", String(cdktf), "-x", program], limitSeconds: 10 });
};

/**
 * @param verb with `--auto-approve`: whatever has to be asked was asked before
 * @throws Error of one line, after what exists was told
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
      `${whatExists(target, exists)} The same command goes on from there; npm run destroy -- ${name} ends it.`,
    );
  if (interrupted) throw new Error(`Expected cdktf ${verb} of ${name} to end but it was interrupted`);
  throw diagnose(`cdktf ${verb} of ${name}`, output);
};

/** @returns the addresses of everything that the state knows, data sources left out */
export const existing = async (target: Target): Promise<string[]> => {
  const { code, stdout } = await terraform(target, ["state", "list", "-no-color"], 120, [0, 1]);
  return code === 0 ? stdout.split("\n").filter((address) => address !== "" && !address.startsWith("data.")) : [];
};

/** @returns one sentence: how much of the stack there is */
export const whatExists = ({ name, state }: Target, addresses: readonly string[]): string =>
  addresses.length === 0
    ? `Nothing of ${name} exists, as far as ${state} knows.`
    : `${addresses.length} resources of ${name} exist, as ${state} lists them.`;
