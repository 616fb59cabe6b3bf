/** The memory of a process that makes the variants of many pictures, one after the other. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PROCESS_ENVIRONMENT } from "../../../handler/contract/runtime";
import type { Peaks } from "./long-run";
import { bundled } from "./processes";

/** @param rounds times that all files are processed, in a process with the environment of the function */
export const peaksOf = async (files: readonly string[], rounds: number): Promise<Peaks> => {
  const program = await bundled("long-run.ts");
  try {
    const env = { ...process.env, ...PROCESS_ENVIRONMENT };
    const run = promisify(execFile)(process.execPath, [program.file, String(rounds), ...files], { env });
    return JSON.parse((await run).stdout) as Peaks;
  } finally {
    await program.remove();
  }
};
