/** Questions on the terminal, and their answers on the command line where there is no terminal. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "./cli";

export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** @returns the typed line; undefined if the input ends. Ctrl-C ends this process as always. */
export const ask = async (question: string): Promise<string | undefined> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const closed = new Promise<undefined>((resolve) => terminal.once("close", () => resolve(undefined)));
  return Promise.race([terminal.question(question), closed]).finally(() => terminal.close());
};

export interface NameConfirmation {
  /** What has to be typed. */
  readonly name: string;
  /** `--yes-destroy` */
  readonly option: string;
  /** The option's value. @default it was not given */
  readonly given?: string;
  /** Why a confirmation is needed: "destroys prod, which is protected" */
  readonly why: string;
}

/** @throws UsageError if the option does not have the name, or is missing where nothing can be typed */
export const requireNameOrTerminal = ({ name, option, given, why }: NameConfirmation): void => {
  if (given === name || (given === undefined && hasTerminal())) return;
  throw new UsageError(`Expected ${name} for ${option} but got ${JSON.stringify(given) ?? "nothing"}: this ${why}`);
};

/**
 * Asks for a yes unless it was given on the command line.
 *
 * @param what would happen: "processes 12 objects"
 * @throws UsageError for any other answer, and where nothing can be typed
 */
export const confirmYes = async (what: string, isGiven: boolean): Promise<void> => {
  if (isGiven) return;
  if (!hasTerminal()) throw new UsageError(`Expected --yes but got nothing: this ${what}`);
  const typed = await ask(`This ${what}. Type yes to continue: `);
  if (typed?.trim() !== "yes")
    throw new UsageError(`Expected yes but got ${JSON.stringify(typed) ?? "nothing"}: nothing was done`);
};

/** Asks for the name unless the option has it. @throws UsageError for any other answer */
export const confirmName = async (confirmation: NameConfirmation): Promise<void> => {
  requireNameOrTerminal(confirmation);
  const { name, option, given, why } = confirmation;
  if (given === name) return;
  const typed = await ask(`This ${why}. Type ${name} to continue: `);
  if (typed?.trim() === name) return;
  throw new UsageError(
    `Expected ${name} for ${option} but got ${JSON.stringify(typed) ?? "nothing"}: nothing was done`,
  );
};
