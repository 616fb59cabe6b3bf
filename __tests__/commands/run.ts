/** Runs commands of `scripts/commands` without credentials or colours: in this process, or as separate processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { Console } from "node:console";
import { join } from "node:path";
import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { runCommand } from "../../scripts/terminal/cli";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const ROOT = join(__dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const STREAMS = ["stdout", "stderr"] as const;

const streamTo = (name: (typeof STREAMS)[number]): Writable =>
  new Writable({
    write: (text, _encoding, done) => {
      process[name].write(text);
      done();
    },
  });

/** @returns what a piece of work writes to stdout and stderr, which are no terminals for it */
const outputOf = async (work: () => Promise<void>): Promise<Pick<Ended, "stdout" | "stderr">> => {
  const output = { stdout: "", stderr: "" };
  const restores = STREAMS.map((name) => {
    const stream = process[name];
    const listeners = stream.listeners("error");
    const own = { write: stream.write, isTTY: stream.isTTY, columns: stream.columns };
    const write = (text: string | Uint8Array): boolean => {
      output[name] += stripVTControlCharacters(String(text));
      return true;
    };
    Object.assign(stream, { write, isTTY: false, columns: undefined });
    return () => {
      Object.assign(stream, own);
      for (const each of stream.listeners("error"))
        if (!listeners.includes(each)) stream.off("error", each as () => void);
    };
  });
  const { console } = globalThis;
  globalThis.console = new Console({ stdout: streamTo("stdout"), stderr: streamTo("stderr") });
  try {
    await work();
  } finally {
    globalThis.console = console;
    for (const restore of restores) restore();
  }
  return output;
};

const runHere = async (variables: Readonly<Record<string, string>>, script: string, args: readonly string[]) => {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  process.exitCode = undefined;
  try {
    const output = await outputOf(async () => {
      const { command }: { command: Command } = await import(`../../scripts/commands/${script}`);
      await runCommand(command, [process.execPath, script, ...args]);
    });
    return { code: Number(process.exitCode ?? 0), ...output };
  } finally {
    process.exitCode = undefined;
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
};

/** Commands in one process share its streams, so they run one after the other. */
let previous: Promise<unknown> = Promise.resolve();

/** @param variables of the shell, beside those of all tests */
export const runIn = (
  variables: Readonly<Record<string, string>>,
  script: string,
  ...args: readonly string[]
): Promise<Ended> => {
  const ended = previous.then(() => runHere(variables, script, args));
  previous = ended.catch(() => undefined);
  return ended;
};

/** Runs a command in this process, which is much quicker than a separate process. */
export const run = (script: string, ...args: readonly string[]): Promise<Ended> => runIn({}, script, ...args);

/** @returns the process of a command, and how it ends */
export const start = (script: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } => {
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, `scripts/commands/${script}.ts`, ...args], { cwd: ROOT });
  const output = { stdout: "", stderr: "" };
  for (const stream of STREAMS)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
  return { child, ended };
};
