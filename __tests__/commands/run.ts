/** Runs a command of `scripts/` as a person does, but with no credentials and no colours. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @returns the process, and how it ends */
export const start = (script: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } => {
  const child = spawn(process.execPath, ["--import", "tsx", `scripts/commands/${script}.ts`, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ENVIRONMENTS_FOLDER: process.env.ENVIRONMENTS_FOLDER,
      NO_COLOR: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
  return { child, ended };
};

export const run = (script: string, ...args: string[]): Promise<Ended> => start(script, ...args).ended;
