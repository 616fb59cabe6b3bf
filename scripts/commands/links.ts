/** `npm run links`: prints links to an environment in the AWS console. */
import { spawn } from "node:child_process";
import { Command } from "commander";
import pc from "picocolors";
import { homeOf, naming } from "../../modules/naming";
import { consoleUrl } from "../../modules/partitions";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { environmentArgument } from "../terminal/options";

/** Programs that open a link in the browser, by platform. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** @throws Error if the program is missing */
const open = async (url: string): Promise<void> => {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve).once("error", (cause: NodeJS.ErrnoException) => {
      reject(new Error(`Expected ${program} for --open but got ${cause.code}: open the link yourself`, { cause }));
    });
  });
  child.unref();
};

/** The console expects the log group's name URL-encoded twice, with $ in place of %. */
const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text)).replaceAll("%", "$");

/** @returns the links by what they show, the most useful first */
const linksOf = (environment: Environment) => {
  const { aws_region: region, enable_cloudwatch_dashboard } = environment;
  const { functionName, logGroupName } = naming(environment);
  const home = homeOf(environment);
  return {
    ...(enable_cloudwatch_dashboard && {
      dashboard: consoleUrl(home.aws_region, "cloudwatch", `dashboards:name=${naming(home).dashboardName}`),
    }),
    alarms: consoleUrl(region, "cloudwatch", `alarmsV2:?search=${functionName}`),
    log: consoleUrl(region, "cloudwatch", `logsV2:log-groups/log-group/${twice(logGroupName)}`),
    queries: consoleUrl(region, "cloudwatch", "logsV2:logs-insights"),
    function: consoleUrl(region, "lambda", `/functions/${functionName}`),
  };
};

const run = async (env: string, options: { open?: true; json?: true }): Promise<void> => {
  const links = linksOf(await environmentNamed(env));
  const width = Math.max(...Object.keys(links).map((name) => name.length));
  if (options.json) console.log(JSON.stringify(links, undefined, 2));
  else for (const [name, url] of Object.entries(links)) console.log(`${pc.dim(name.padEnd(width))}  ${url}`);
  if (options.open) await open(Object.values(links)[0] as string);
};

export const command = new Command("npm run links --")
  .description("Prints links to an environment in the AWS console, its dashboard first.")
  .addArgument(environmentArgument())
  .option("--open", "open the first link in the browser")
  .option("--json", "print JSON")
  .addHelpText("after", "\nExit code 1: the environment is not valid.")
  .action(run);

if (require.main === module) void runCommand(command);
