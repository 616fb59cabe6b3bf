/** Child processes and temporary folders that are gone when this process is, however it ends. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

type Signal = (typeof SIGNALS)[number];

const groups = new Set<number>();
const folders = new Set<string>();
let cleanupShell: ChildProcess | undefined;
let folderOfRun: string | undefined;
let isListening = false;
let interrupt: ((signal: Signal) => void) | undefined;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Shell commands that kill every process group and remove every folder of this run. */
const cleanupScript = (): string => {
  const kills = [...groups].map((group) => `kill -s KILL -- -${group} 2>/dev/null`);
  const removal = [...folders].map((folder) => `rm -rf ${quoted(folder)} 2>/dev/null`);
  // A process may still write while it is being killed, so the folders are removed again.
  const again = kills.length > 0 && removal.length > 0 ? ["sleep 0.3", ...removal] : [];
  return [...kills, ...removal, ...again, "true"].join("; ");
};

/** Ends this process cleanly at a signal, unless the signal has a handler; the second signal always does. */
const listen = (): void => {
  if (isListening) return;
  isListening = true;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      const handler = interrupt;
      interrupt = undefined;
      if (handler) handler(signal);
      else process.exit(exitCodeOfSignal(signal));
    });
};

/**
 * Cleans up when this process ends. SIGKILL gives this process no chance to do so: a shell in a separate session reads the
 * script, and runs the last one it got when its input closes.
 */
const registerCleanup = (): void => {
  if (!cleanupShell) {
    cleanupShell = spawn("sh", ["-c", 'while IFS= read -r line; do last=$line; done; eval "$last"'], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    cleanupShell.unref();
    (cleanupShell.stdin as Socket).unref();
    listen();
    process.once("exit", () => {
      // Without processes that may still write, a shell is not needed.
      if (groups.size === 0) for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      else execFileSync("sh", ["-c", cleanupScript()]);
    });
  }
  cleanupShell.stdin?.write(`${cleanupScript()}\n`);
};

/** Removes a folder when this process ends, however it ends. */
export const removeAtExit = (folder: string): void => {
  folders.add(folder);
  registerCleanup();
};

/** @returns a new empty folder that is removed when this process ends */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "image-processor-"));
  removeAtExit(folder);
  return folder;
};

/** From now on, all temporary files of this process and its children are in one folder, which is removed at the end. */
export const collectTemporaryFiles = (): void => {
  folderOfRun ??= temporaryFolder();
  process.env.TMPDIR = folderOfRun;
};

/**
 * @param handler what the next Ctrl-C or termination does instead of ending this process; undefined for nothing else. The
 *   signal after that ends this process
 */
export const onInterrupt = (handler: ((signal: Signal) => void) | undefined): void => {
  listen();
  interrupt = handler;
};

/** @returns the exit code of a process that a signal has ended, as shells report it */
export const exitCodeOfSignal = (signal: Signal): number => 128 + constants.signals[signal];

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The process and everything that it started are killed after this time. */
  readonly limitSeconds: number;
  /** Called with each piece of output. @default the output is available only at the end */
  readonly onOutput?: (text: string) => void;
  /** Called with its process id, which is also that of its group. */
  readonly onStart?: (pid: number) => void;
}

export interface Outcome {
  /** -1 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const title = ({ program, args }: Command): string => [program, args[0] ?? ""].join(" ").trim();

/** Starts a process in a separate process group; its output is collected as text. */
const launch = (command: Command) => {
  const { program, args, cwd, env } = command;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
      command.onOutput?.(text);
    });
  const stop = (): void => {
    if (child.pid === undefined || !groups.has(child.pid)) return;
    groups.delete(child.pid);
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nothing of the group is left.
    }
    registerCleanup();
  };
  if (child.pid !== undefined) {
    groups.add(child.pid);
    command.onStart?.(child.pid);
  }
  registerCleanup();
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      stop();
      resolve({ code: code ?? -1, ...output });
    });
  });
  return { child, output, ended, stop };
};

/** @throws Error of the operating system if the program cannot be started; Error of one line after the time limit */
export const run = async (command: Command): Promise<Outcome> => {
  const { ended, stop } = launch(command);
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    stop();
  }, command.limitSeconds * 1000);
  const outcome = await ended.finally(() => clearTimeout(timer));
  if (over) throw new Error(`Expected an end within ${command.limitSeconds} s for ${title(command)} but got none`);
  return outcome;
};

export interface Server {
  /** What `ready` matched in the server's output. */
  readonly match: RegExpMatchArray;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server and waits until its output matches.
 * @param command its time limit is for the start only
 * @throws Error with the server's last line of output if it ends or is not ready in time
 */
export const serve = async (command: Command, ready: RegExp): Promise<Server> => {
  const { child, output, ended, stop } = launch(command);
  const words = () => `${output.stdout}${output.stderr}`;
  const match = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const fail = () => reject(new Error(`Expected ${title(command)} to serve but got ${lastLine(words())}`));
    const timer = setTimeout(fail, command.limitSeconds * 1000);
    const look = () => {
      const found = words().match(ready);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    ended.then(fail, reject).finally(() => clearTimeout(timer));
  }).catch((error) => {
    stop();
    throw error;
  });
  // The server does not keep this process running; it ends with it.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref();
  return {
    match,
    stop: async () => {
      child.ref();
      stop();
      await ended;
    },
  };
};

const lastLine = (text: string): string => text.trim().split("\n").at(-1)?.trim() || "no output";
