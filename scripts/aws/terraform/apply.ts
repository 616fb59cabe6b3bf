/** Runs `terraform apply` of a saved plan or of a destruction, shows its progress, and reports what exists if it fails. */
import { InterruptedError } from "../../terminal/cli";
import { onInterrupt, run } from "../../terminal/processes";
import { diagnose } from "./diagnosis";
import type { Target } from "./target";
import { terraformBinary } from "./tools";
import { type Place, terraform } from "./working-copy";

const LIMIT_SECONDS = 1800;

/** Lines that show progress; everything else that Terraform prints is hidden. */
const PROGRESS = /: ((Creation|Modifications|Destruction) complete|Still )|^(Apply|Destroy) complete!/;

/** @returns a function that takes chunks of output and prints the lines that show progress */
const showProgress = (): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((each) => each.replace(/ \[id=.*\]$/, ""))) if (PROGRESS.test(line)) console.log(line);
  };
};

/** A killed Terraform loses track of resources it has created, so the first Ctrl-C only asks it to stop gracefully. */
const stopGently = (terraformPid: number): void => {
  console.error("Terraform finishes the operations in progress, and then stops. Press Ctrl-C again to kill it.");
  process.kill(terraformPid, "SIGINT");
};

/**
 * @param args after `terraform apply`
 * @throws Error of one line, after printing how many resources exist
 */
export const apply = async (target: Target, place: Place, args: readonly string[]): Promise<void> => {
  const { name } = target;
  let interruptedBy: NodeJS.Signals | undefined;
  const outcome = await run({
    program: terraformBinary(place.env),
    args: ["apply", "-input=false", "-no-color", ...args],
    cwd: place.folder,
    env: place.env,
    limitSeconds: LIMIT_SECONDS,
    onOutput: showProgress(),
    onStart: (pid) =>
      onInterrupt((signal) => {
        interruptedBy = signal;
        stopGently(pid);
      }),
  }).finally(() => onInterrupt(undefined));
  if (outcome.code === 0) return;
  const exists = await existing(place).catch(() => undefined);
  if (exists !== undefined)
    console.error(
      `${whatExists(target, exists)} Run the same command to continue, or npm run destroy -- ${name} to remove them.`,
    );
  if (interruptedBy !== undefined) throw new InterruptedError(`terraform apply of ${name}`, interruptedBy);
  throw diagnose(`terraform apply of ${name}`, `${outcome.stdout}\n${outcome.stderr}`);
};

/** @returns the addresses of all resources in the state, without data sources */
export const existing = async (place: Place): Promise<string[]> => {
  const { code, stdout } = await terraform(place, ["state", "list", "-no-color"], 120, [0, 1]);
  return code === 0 ? stdout.split("\n").filter((address) => address !== "" && !address.startsWith("data.")) : [];
};

/** @returns one sentence with the number of resources */
export const whatExists = ({ name, state }: Target, addresses: readonly string[]): string =>
  addresses.length === 0
    ? `No resource of ${name} exists, according to ${state}.`
    : `${addresses.length} resources of ${name} exist, according to ${state}.`;
