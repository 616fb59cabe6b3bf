/** Processes and temporary folders of a command are gone when it ends, even after SIGKILL. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run, serve } from "../../scripts/terminal/processes";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const PROJECT = join(__dirname, "../..");

/** Makes a folder, starts a process that starts another, prints the ids of all three, and waits. */
const OWNER = `
  const { temporaryFolder, serve } = require("./scripts/terminal/processes");
  const folder = temporaryFolder();
  serve({ program: "sh", args: ["-c", "sleep 600 & echo pids $$ $!; wait"], limitSeconds: 20 }, /pids (\\d+) (\\d+)/)
    .then(({ match }) => { console.log(JSON.stringify({ folder, pids: match.slice(1).map(Number) })); setInterval(() => {}, 1000); });
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A zombie has ended, too: only its parent has not read its exit code yet. */
const isRunning = async (pid: number): Promise<boolean> => {
  if (!isAlive(pid)) return false;
  const { stdout } = await run({ program: "ps", args: ["-o", "stat=", "-p", String(pid)], limitSeconds: 10 });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
};

const startOwner = async (): Promise<{ owner: ChildProcess; folder: string; pids: number[] }> => {
  const owner = spawn(process.execPath, [...RUN_TYPESCRIPT, "-e", OWNER], { cwd: PROJECT });
  const line = await new Promise<string>((resolve) => owner.stdout.setEncoding("utf8").once("data", resolve));
  return { owner, ...JSON.parse(line) };
};

const until = async (condition: () => Promise<boolean>): Promise<boolean> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await condition()) return true;
    await sleep(50);
  }
  return false;
};

describe("processes and folders", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("are gone after %s", async (signal) => {
    const { owner, folder, pids } = await startOwner();
    const before = [existsSync(folder), ...(await Promise.all(pids.map(isRunning)))];

    owner.kill(signal);

    expect(before).toEqual([true, true, true]);
    expect(await until(async () => !existsSync(folder))).toBe(true);
    expect(await until(async () => !(await Promise.all(pids.map(isRunning))).includes(true))).toBe(true);
  });

  it("end at their time limit, with all that they started", async () => {
    const command = { program: "sh", args: ["-c", "sleep 600 & wait"], limitSeconds: 0.2 };

    await expect(run(command)).rejects.toThrow("Expected an end within 0.2 s for sh -c but got none");
  });

  it("tell what they printed and how they ended", async () => {
    const outcome = await run({ program: "sh", args: ["-c", "echo out; echo err >&2; exit 7"], limitSeconds: 10 });

    expect(outcome).toEqual({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  it("are refused as servers if they end before they serve", async () => {
    const command = { program: "sh", args: ["-c", "echo no port left; exit 1"], limitSeconds: 10 };

    await expect(serve(command, /ready/)).rejects.toThrow("Expected sh -c to serve but got no port left");
  });
});
