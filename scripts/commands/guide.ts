/** `npm run guide`: runs every command of DEMO_GUIDE.md that needs no AWS account. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Command } from "commander";
import pc from "picocolors";
import { PROJECT } from "../build/stacks";
import { runCommand } from "../terminal/cli";
import { guideCommands } from "../trials/guide/commands";

/** The port in the guide; it is replaced by a free one. */
const PORT = "4566";

/** Already done, or this program could not run. */
const INSTALL = "npm ci";

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" ? address?.port : "");
};

/** Its own process group, so that npm and its child processes end together. */
const shell = (command: string, stdout: "inherit" | "pipe"): ChildProcess =>
  spawn(command, { shell: true, cwd: PROJECT, detached: true, stdio: ["ignore", stdout, "inherit"] });

/** @throws Error if the command fails */
const runToEnd = async (command: string): Promise<void> => {
  const [code] = await once(shell(command, "inherit"), "exit");
  if (code !== 0) throw new Error(`Expected exit code 0 for ${command} but got ${code}`);
};

/** Resolves when the server listens. @returns a function that stops it. @throws Error if it ends early */
const startServer = async (command: string): Promise<() => Promise<void>> => {
  const child = shell(command, "pipe");
  const ended = once(child, "exit");
  let printed = "";
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      printed += chunk;
      if (printed.includes("S3 listens at")) resolve();
    });
  });
  const early = ended.then(([code]) => {
    throw new Error(`${command} ended with exit code ${code} before it listened`);
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
  console.log(`${pc.green("✓")} ${commands.length} commands of DEMO_GUIDE.md succeeded`);
};

export const command = new Command("npm run guide --")
  .description("Runs every command of DEMO_GUIDE.md that needs no AWS account, in order.")
  .addHelpText("after", "\nExit code 1: a command of the guide failed.")
  .action(guide);

if (require.main === module) void runCommand(command);
