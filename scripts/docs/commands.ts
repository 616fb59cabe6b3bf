/** The generated parts about commands: what each does and what its exit code 1 means, from its own `--help`. */
import { join } from "node:path";
import type { Command } from "commander";
import { expected } from "../../handler/src/errors";
import { scripts } from "../../package.json";
import { EXIT_CODES } from "../terminal/cli";
import { code, table } from "../terminal/markdown";

const ROOT = join(__dirname, "../..");

/** Scripts that npm runs without `run`. */
const SHORT: readonly string[] = ["start", "test"];

/** @returns the command behind a script of package.json; undefined where the script runs another program */
export const commandOf = async (shell: string): Promise<Command | undefined> => {
  const [, file] = /(scripts\/commands\/[\w-]+\.ts)$/.exec(shell) ?? [];
  if (file === undefined) return undefined;
  const { command } = require(join(ROOT, file)) as { command?: Command };
  if (command === undefined) throw expected("an exported command", file, command);
  return command;
};

const helpOf = (command: Command): string => {
  let help = "";
  command
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
    })
    .outputHelp();
  return help;
};

const failureOf = (command: Command): string => {
  const [, means] = /^Exit code 1: (.+)$/m.exec(helpOf(command)) ?? [];
  if (means === undefined) throw expected('a line "Exit code 1: …"', `the help of ${command.name()}`, means);
  return means;
};

const argumentsOf = (command: Command): string =>
  command.registeredArguments.map((each) => (each.required ? ` <${each.name()}>` : ` [${each.name()}]`)).join("");

/** Escaped, so that Markdown shows it as it is. */
const plain = (text: string): string => text.replaceAll("<", "\\<").replaceAll("|", "\\|");

/** Scripts that run another program, with what they do: a row for each. */
const OTHER_PROGRAMS: Readonly<Record<string, string>> = {
  lint: "Checks style and formatting with Biome.",
  format: "Fixes style and formatting with Biome.",
  types: "Checks types with TypeScript.",
  unused: "Finds files, exports and packages that nothing uses, with knip.",
  test: "Runs the tests with Jest, except for the long ones.",
  "test:long":
    "Runs the long tests with Jest: whole drills, soaks, months and commands, and more cases of other tests.",
};

const descriptionOf = (script: string, command: Command | undefined): string => {
  const description = command?.description() ?? OTHER_PROGRAMS[script];
  if (description === undefined) throw expected("a row of OTHER_PROGRAMS", `npm run ${script}`, description);
  return plain(description);
};

const typed = (script: string, command?: Command): string => {
  const npm = SHORT.includes(script) ? `npm ${script}` : `npm run ${script}`;
  const taken = command === undefined ? "" : argumentsOf(command);
  return code(taken === "" ? npm : `${npm} --${taken}`);
};

const row = async ([script, shell]: [string, string]): Promise<string[]> => {
  const command = await commandOf(shell);
  const failure = command === undefined ? "something is not as it should be." : plain(failureOf(command));
  return [typed(script, command), descriptionOf(script, command), failure];
};

export const commandsTable = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const each of Object.entries(scripts)) rows.push(await row(each));
  return table(["command", "what it does", "exit code 1 means"], rows);
};

/** The commands that most people need, for the README; each with its first sentence only. */
const MAIN_COMMANDS = [
  ...(["start", "drill", "test", "check", "cost"] as const),
  ...(["synth", "plan", "deploy", "destroy", "release"] as const),
  ...(["smoke", "doctor", "alarms", "logs", "links", "upload", "images", "redrive", "backfill"] as const),
] satisfies readonly (keyof typeof scripts)[];

export const mainCommandsTable = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const script of MAIN_COMMANDS) {
    const command = await commandOf(scripts[script]);
    rows.push([typed(script, command), descriptionOf(script, command).replace(/(?<=\.) .*$/s, "")]);
  }
  return table(["command", "what it does"], rows);
};

export const exitCodesTable = (): string =>
  table(
    ["exit code", "meaning"],
    Object.entries(EXIT_CODES).map(([name, { code: number, means }]) => [
      name === "interrupted" ? `${number} + n` : number,
      means,
    ]),
  );
