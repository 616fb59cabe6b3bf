/** How a command ends once nothing is left to do. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const ROOT = join(__dirname, "../..");

describe("a command", () => {
  it("ends by process.exit with its exit code, after everything that it waits for", () => {
    const code = `
      const { Command } = require("commander");
      const { runCommand } = require("./scripts/terminal/cli");
      const exit = process.reallyExit;
      process.reallyExit = (code) => { console.log("exit"); exit.call(process, code); };
      void runCommand(new Command("npm run example --").action(() => {
        setTimeout(() => console.log("last"), 50);
        process.exitCode = 1;
      }));
    `;
    const { stdout, status } = spawnSync(process.execPath, [...RUN_TYPESCRIPT, "-e", code], {
      cwd: ROOT,
      encoding: "utf8",
    });

    expect([stdout, status]).toEqual(["last\nexit\n", 1]);
  });
});
