/** What every command has in common: `--help`, errors of one line, exit codes, and cleanup. */
import { constants } from "node:os";
import { type Command, CommanderError } from "commander";
import pc from "picocolors";
import { collectTemporaryFiles } from "./processes";
import { startWorkingNotice } from "./working-notice";

/** How commands end: what their exit codes mean. */
// biome-ignore format: a ledger is read down its columns
export const EXIT_CODES = {
  ok:          { code: 0,   means: "success" },
  failed:      { code: 1,   means: "the command failed, or found a problem; `--help` says what that means for a command" },
  usage:       { code: 2,   means: "wrong command line; nothing was done" },
  skipped:     { code: 3,   means: "a required tool is missing on this machine; nothing was done" },
  interrupted: { code: 128, means: "ended by signal n, for example 130 after Ctrl-C; what had been started was stopped or undone" },
} as const satisfies Record<string, { code: number; means: string }>;

/** The command line itself is wrong: exit 2. Any other error means that the command failed: exit 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A tool that the command needs is missing on this machine, so nothing was tried: exit 3, which never counts as a pass. */
export class SkippedError extends Error {
  override readonly name = "SkippedError";
}

/** A signal ended the command early, but not in the middle of something: exit 128 and the signal's number. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly signal: NodeJS.Signals;
  constructor(what: string, signal: NodeJS.Signals) {
    super(`${what} was interrupted by ${signal}`);
    this.signal = signal;
  }
}

/**
 * Runs a command to its end and sets `process.exitCode`: 0, 1 (failed), 2 (wrong command line) or 3 (skipped).
 * An action that failed without throwing sets `process.exitCode` itself.
 * Errors are one line on stderr; `DEBUG=1` adds the stack.
 */
export const runCommand = async (command: Command, argv: readonly string[] = process.argv): Promise<void> => {
  // With an empty event loop, Node would close its own handles, and one of them may never close; `exit` does not wait for them.
  if (argv === process.argv) process.once("beforeExit", () => process.exit());
  // The reader may close the pipe early, as `head` does: exit quietly on EPIPE.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  let restore = () => {};
  command.hook("preAction", () => {
    collectTemporaryFiles();
    restore = startWorkingNotice(command.name());
  });
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ outputError: () => {} });
  try {
    await command.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (process.exitCode !== 0) process.stderr.write(`${report(error)}\n`);
    if (process.exitCode === 1 && process.env.DEBUG) console.error(error);
  } finally {
    restore();
  }
};

const exitCodeOf = (error: unknown): number => {
  const { ok, failed, usage, skipped, interrupted } = EXIT_CODES;
  if (error instanceof CommanderError) return (error.exitCode === 0 ? ok : usage).code;
  if (error instanceof SkippedError) return skipped.code;
  if (error instanceof InterruptedError) return interrupted.code + constants.signals[error.signal];
  return (error instanceof UsageError ? usage : failed).code;
};

/** A message about environments has a line for each mistake, which begins with the file. This room imports no other, so the class is known by its name. */
const report = (error: unknown): string =>
  error instanceof Error && error.name === "InvalidEnvironments" ? error.message : `${label(error)} ${oneLine(error)}`;

const label = (error: unknown): string => (error instanceof SkippedError ? pc.yellow("skipped:") : pc.red("error:"));

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
