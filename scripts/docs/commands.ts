/** Every command of package.json: what it does, and what its exit code 1 means, as its own `--help` says. */
import { join } from "node:path";
import type { Command } from "commander";
import { expected } from "../../handler/src/errors";
import { scripts } from "../../package.json";
import { code, table } from "../terminal/markdown";

const ROOT = join(__dirname, "../..");

/** What npm runs without `run`. */
const SHORT: readonly string[] = ["start", "test"];

/** @returns the command of a script in `scripts/`, or nothing where it is another program's */
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

/** As Markdown shows it, and not as HTML. */
const plain = (text: string): string => text.replaceAll("<", "\\<").replaceAll("|", "\\|");

const row = async ([script, shell]: [string, string]): Promise<string[]> => {
  const npm = SHORT.includes(script) ? `npm ${script}` : `npm run ${script}`;
  const command = await commandOf(shell);
  if (command === undefined) return [code(npm), `Runs ${code(shell)}.`, "as that says"];
  const taken = argumentsOf(command);
  return [code(taken === "" ? npm : `${npm} --${taken}`), plain(command.description()), plain(failureOf(command))];
};

export const commandsTable = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const each of Object.entries(scripts)) rows.push(await row(each));
  return table(["command", "does", "exit code 1"], rows);
};
