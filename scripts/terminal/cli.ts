/** What every command has in common: `--help`, errors of one line, and exit codes. */
import { type Command, CommanderError } from "commander";
import pc from "picocolors";

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

/** What the command needs is not on this machine, so nothing was tried: exit 3, which is never a pass. */
export class SkippedError extends Error {
  override readonly name = "SkippedError";
}

/**
 * Runs a command to its end and sets `process.exitCode`: 0, 1 (failed), 2 (wrong command line) or 3 (skipped).
 * An action that failed without throwing sets `process.exitCode` itself.
 * Errors are one line on stderr; `DEBUG=1` adds the stack.
 */
export const runCommand = async (command: Command, argv: readonly string[] = process.argv): Promise<void> => {
  // Whoever reads the output may stop reading, as `head` does: there is nobody left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ outputError: () => {} });
  try {
    await command.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (process.exitCode !== 0) process.stderr.write(`${report(error)}\n`);
    if (process.exitCode === 1 && process.env.DEBUG) console.error(error);
  }
};

const exitCodeOf = (error: unknown): number => {
  const { ok, failed, usage, skipped } = EXIT_CODES;
  if (error instanceof CommanderError) return (error.exitCode === 0 ? ok : usage).code;
  if (error instanceof SkippedError) return skipped.code;
  return (error instanceof UsageError ? usage : failed).code;
};

/** Mistakes in the environments stand one on each line, beginning with their file. The class is not imported: it would load the HCL parser. */
const report = (error: unknown): string =>
  error instanceof Error && error.name === "InvalidEnvironments" ? error.message : `${label(error)} ${oneLine(error)}`;

const label = (error: unknown): string => (error instanceof SkippedError ? pc.yellow("skipped:") : pc.red("error:"));

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
