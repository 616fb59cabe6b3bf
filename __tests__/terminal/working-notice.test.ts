/** A command that is silent for a second says that it is working; one that writes something does not. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";

const ROOT = join(__dirname, "../..");

/** @param action body of the command's action */
const run = (action: string) => {
  const code = `
    const { Command } = require("commander");
    const { runCommand } = require("./scripts/terminal/cli");
    const { setTimeout: sleep } = require("node:timers/promises");
    void runCommand(new Command("npm run example --").action(async () => { ${action} }), ["node", "example"]);
  `;
  const env = { ...process.env, NOTICE_AFTER_MS: "10", NO_COLOR: "1" };
  const { stdout, stderr, status } = spawnSync(process.execPath, [...RUN_TYPESCRIPT, "-e", code], {
    cwd: ROOT,
    env,
    encoding: "utf8",
  });
  return { stdout, stderr, status };
};

describe("a command", () => {
  it("says once on stderr that it is working, if it is silent", () => {
    expect(run("await sleep(500); console.log('done')")).toEqual({
      stdout: "done\n",
      stderr: "npm run example is working …\n",
      status: 0,
    });
  });

  it("says nothing of the kind after its first output", () => {
    expect(run("console.log('begun'); await sleep(500)")).toEqual({ stdout: "begun\n", stderr: "", status: 0 });
  });

  it("says nothing of the kind if it ends at once", () => {
    expect(run("")).toEqual({ stdout: "", stderr: "", status: 0 });
  });
});
