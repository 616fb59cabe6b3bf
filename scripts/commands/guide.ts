/** `npm run guide`: every command of DEMO_GUIDE.md that needs no account, as a newcomer would type it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Command } from "commander";
import pc from "picocolors";
import { PROJECT } from "../build/stacks";
import { runCommand } from "../terminal/cli";
import { guideCommands } from "../trials/guide/commands";

/** The port that the guide names; a free one takes its place. */
const PORT = "4566";

/** It is what brought this program here. */
const INSTALL = "npm ci";

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" ? address?.port : "");
};

/** In a group of its own, so that npm and what it starts end together. */
const shell = (command: string, stdout: "inherit" | "pipe"): ChildProcess =>
  spawn(command, { shell: true, cwd: PROJECT, detached: true, stdio: ["ignore", stdout, "inherit"] });

/** @throws Error where the command fails */
const runToEnd = async (command: string): Promise<void> => {
  const [code] = await once(shell(command, "inherit"), "exit");
  if (code !== 0) throw new Error(`Expected exit code 0 for ${command} but got ${code}`);
};

/** @returns how to stop it, when it listens. @throws Error where it ends before */
const startServer = async (command: string): Promise<() => Promise<void>> => {
  const child = shell(command, "pipe");
  const ended = once(child, "exit");
  let printed = "";
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      printed += chunk;
      if (printed.includes("stop with Ctrl-C")) resolve();
    });
  });
  const early = ended.then(([code]) => {
    throw new Error(`Expected ${command} to listen but it ended with ${code}`);
  });
  await Promise.race([listening, early]);
  early.catch(() => {});
  return async () => {
    process.kill(-(child.pid as number), "SIGINT");
    await ended;
  };
};

const guide = async (): Promise<void> => {
  const port = await freePort();
  const commands = guideCommands("Without an account").filter((command) => command !== INSTALL);
  const stops: (() => Promise<void>)[] = [];
  try {
    for (const written of commands) {
      const command = written.replaceAll(PORT, port);
      console.log(`${pc.bold(pc.cyan("$"))} ${pc.bold(command)}`);
      if (command.includes("--port ")) stops.push(await startServer(command));
      else await runToEnd(command);
      console.log();
    }
  } finally {
    for (const stop of stops) await stop();
  }
  console.log(`${pc.green("✓")} ${commands.length} commands of DEMO_GUIDE.md did what it says`);
};

export const command = new Command("npm run guide --")
  .description("Runs every command of DEMO_GUIDE.md that needs no account, one after the other.")
  .addHelpText("after", "\nExit code 1: a command of the guide failed.")
  .action(guide);

if (require.main === module) void runCommand(command);
