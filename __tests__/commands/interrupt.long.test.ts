/** Commands that are interrupted in the middle of their work leave no files and no processes. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const ROOT = join(__dirname, "../..");
/** For temporary files, and for what `npm start` saves. */
const [folder, out] = [mkdtempSync(join(tmpdir(), "interrupt-")), mkdtempSync(join(tmpdir(), "out-"))];

afterAll(() => {
  for (const each of [folder, out]) rmSync(each, { recursive: true });
});

const temporaryFiles = (): string[] => readdirSync(folder);

/** Processes that run code in the folder; a zombie has ended. */
const processes = (): string[] =>
  execFileSync("ps", ["-A", "-o", "stat=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${folder}/`) && !line.startsWith("Z"));

/** To list processes takes as much CPU time as the command that the test waits for, so it is done a few times a second. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(200);
};

// biome-ignore format: a table is read down its columns
const CASES = [
  ["SIGTERM", 143,  ["soak"]],
  ["SIGINT",  130,  ["fuzz", "--inputs", "100000"]],
  ["SIGKILL", null, ["start", "--no-console"]],
  ["SIGINT",  130,  ["start", "--no-console"]],
  ["SIGTERM", 143,  ["drill"]],
  ["SIGKILL", null, ["drill"]],
] as const;

describe("a command that is interrupted", () => {
  it.each(CASES)(
    "by %s ends with %j and leaves nothing (%j)",
    async (signal, code, [script, ...args]) => {
      const child = spawn(process.execPath, [...RUN_TYPESCRIPT, `scripts/commands/${script}.ts`, ...args], {
        cwd: ROOT,
        env: { ...process.env, TMPDIR: folder, INIT_CWD: out },
        stdio: "ignore",
      });
      const isAtWork = () =>
        script === "fuzz" ? children(child.pid) > 1 : temporaryFiles().length > 0 && processes().length > 0;
      await until(isAtWork);

      child.kill(signal);
      const [exitCode] = await once(child, "exit");

      expect(exitCode).toBe(code);
      await until(() => temporaryFiles().length === 0 && processes().length === 0 && children(child.pid) === 0);
    },
    180_000,
  );
});

const children = (pid: number | undefined): number =>
  execFileSync("ps", ["-A", "-o", "ppid=,stat="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.trim().startsWith(`${pid} `) && !line.includes("Z")).length;
