/** `npm run test:browser`: tests the console of `npm start` in a real browser. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Command } from "commander";
import { findBrowser } from "../terminal/browser";
import { runCommand } from "../terminal/cli";

const JEST = join(__dirname, "../../node_modules/jest/bin/jest.js");

/** Not named `.test.ts`, so that `npm test` needs no browser. */
const PATTERN = "**/*.browser.ts";

/** A browser is slow on a busy machine. */
const LONGEST_TEST_MS = "300000";

const test = async (): Promise<void> => {
  const env = { ...process.env, CHROME: findBrowser() };
  const args = [JEST, "--runInBand", "--testTimeout", LONGEST_TEST_MS, "--testMatch", PATTERN];
  const [code] = await once(spawn(process.execPath, args, { env, stdio: "inherit" }), "exit");
  if (code !== 0) process.exitCode = 1;
};

export const command = new Command("npm run test:browser")
  .description("Tests the console of npm start in Chromium, and keeps a picture of each view in out/console.")
  .addHelpText("after", "\nExit code 1: a test fails. Exit code 3: there is no Chromium.")
  .action(test);

if (require.main === module) void runCommand(command);
