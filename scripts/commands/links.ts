/** `npm run links`: prints links to an environment in the AWS console. */
import { Command } from "commander";
import pc from "picocolors";
import { homeOf, naming } from "../../modules/naming";
import { consoleUrl } from "../../modules/partitions";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { openLink } from "../terminal/open-link";
import { environmentArgument } from "../terminal/options";

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
  if (options.open) await openLink(Object.values(links)[0] as string);
};

export const command = new Command("npm run links --")
  .description("Prints links to an environment in the AWS console, its dashboard first.")
  .addArgument(environmentArgument())
  .option("--open", "open the first link in the browser")
  .option("--json", "print JSON")
  .addHelpText("after", "\nExit code 1: the environment is not valid.")
  .action(run);

if (require.main === module) void runCommand(command);
