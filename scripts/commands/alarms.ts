/** `npm run alarms`: lists, tests and resets the alarms of a deployed environment. */
import { Command, Option } from "commander";
import pc from "picocolors";
import { stackName } from "../../modules/naming";
import {
  type AccountAlarm,
  type AlarmList,
  fullName,
  listAlarms,
  resetAlarm,
  type TestResult,
  testAlarm,
} from "../aws/account-alarms";
import { type Clients, clientsFor } from "../aws/clients";
import { onAccount } from "../aws/local-run";
import { environmentNamed } from "../build/environments";
import { ago } from "../terminal/ago";
import { runCommand, UsageError } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { endpointOption, environmentArgument } from "../terminal/options";

const COLOURS = { ALARM: pc.red, INSUFFICIENT_DATA: pc.yellow, OK: pc.green } as const;

const row = ({ name, state, since, reason, actionsEnabled }: AccountAlarm, width: number, now: number): string =>
  [
    COLOURS[state](state.padEnd("INSUFFICIENT_DATA".length)),
    name.padEnd(width),
    (since === undefined ? "" : ago(now - since.getTime())).padEnd("59 min ago".length),
    actionsEnabled ? reason : `${pc.yellow("notifies no one: its actions are disabled.")} ${reason}`,
  ]
    .join("  ")
    .trimEnd();

/** @returns the lines of a table, followed by missing and extra alarms */
export const alarmLines = ({ alarms, missing, extra }: AlarmList, now = Date.now()): string[] => {
  const width = Math.max(0, ...alarms.map(({ name }) => name.length));
  return [
    ...alarms.map((alarm) => row(alarm, width, now)),
    ...missing.map((name) => `${pc.red("missing")}  ${name}: the environment defines it, the account does not have it`),
    ...extra.map((name) => `${pc.yellow("extra")}    ${name}: the account has it, the environment does not define it`),
  ];
};

/** @returns the steps of a test, one on each line, and the result */
export const testLines = (name: string, { before, actions, expected, end }: TestResult): string[] => {
  const failed = actions.filter(({ succeeded }) => !succeeded).length;
  const verdict =
    failed > 0
      ? pc.red(`${failed} of ${actions.length} actions failed`)
      : actions.length < expected
        ? pc.red(`Expected ${expected} actions for ${name} but got ${actions.length}`)
        : pc.green(`${actions.length} of ${expected} actions succeeded`);
  return [
    `${name}  ${before} -> ALARM`,
    ...actions.map(({ at, summary, succeeded }) => `  ${at.toISOString()}  ${succeeded ? summary : pc.red(summary)}`),
    `${name}  ALARM -> ${end.state}, by ${end.by}: ${end.reason}`,
    verdict,
  ];
};

const passed = ({ actions, expected }: TestResult): boolean =>
  actions.length >= expected && actions.every(({ succeeded }) => succeeded);

interface Options {
  readonly json?: true;
  /** Seconds. */
  readonly wait: number;
  readonly endpointUrl?: string;
}

type Verb = (
  client: Clients["cloudwatch"],
  environment: Awaited<ReturnType<typeof environmentNamed>>,
  name: string,
  options: Options,
) => Promise<void>;

const list: Verb = async (client, environment, _, { json }) => {
  const found = await listAlarms(client, environment);
  const { aws_region: region } = environment;
  if (json) console.log(JSON.stringify({ environment: stackName(environment), region, ...found }, undefined, 2));
  else for (const line of alarmLines(found)) console.log(line);
  if (found.missing.length > 0) process.exitCode = 1;
};

const test: Verb = async (client, environment, name, { wait }) => {
  const alarm = fullName(environment, name);
  await interruptible(async (signal) => {
    const result = await testAlarm({ client, environment, name: alarm }, { limitMs: wait * 1000, signal });
    for (const line of testLines(alarm, result)) console.log(line);
    if (!passed(result)) process.exitCode ??= 1;
  });
};

const reset: Verb = async (client, environment, name) => {
  const alarm = fullName(environment, name);
  const { before, after } = await resetAlarm({ client, environment, name: alarm });
  console.log(`${alarm}  ${before.StateValue} -> OK, until CloudWatch evaluates it again`);
  if (after.StateValue !== "OK")
    console.log(`${alarm}  OK -> ${after.StateValue}, by CloudWatch: ${after.StateReason}`);
};

const VERBS: Readonly<Record<string, { readonly run: Verb; readonly takesName: boolean }>> = {
  list: { run: list, takesName: false },
  test: { run: test, takesName: true },
  reset: { run: reset, takesName: true },
};

const run = async (env: string, verb: string, name: string | undefined, options: Options): Promise<void> => {
  const chosen = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  const verbs = Object.keys(VERBS).join(", ");
  if (!chosen) throw new UsageError(`Expected one of ${verbs} for <verb> but got ${JSON.stringify(verb)}`);
  if (chosen.takesName !== (name !== undefined)) {
    const wanted = chosen.takesName ? "the name of an alarm" : "no name";
    throw new UsageError(`Expected ${wanted} for ${verb} but got ${JSON.stringify(name) ?? "nothing"}`);
  }
  const environment = await environmentNamed(env);
  const { endpointUrl } = options;
  const aws = clientsFor(environment.aws_region, endpointUrl);
  const done = chosen.run(aws.cloudwatch, environment, name ?? "", options);
  await onAccount(done, { aws, environment, endpointUrl });
};

const seconds = (text: string): number => {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`Expected a whole number of seconds from 1 to 999 for --wait but got ${JSON.stringify(text)}`);
};

export const command = new Command("npm run alarms --")
  .description("Lists, tests and resets the alarms of an environment in its AWS account, with the shell's credentials.")
  .addArgument(environmentArgument())
  .argument(
    "<verb>",
    "list: every alarm and its state; test: sets ALARM, shows the alarm's actions, and restores the state; reset: sets OK",
  )
  .argument("[name]", "alarm for test and reset, such as timeout-errors, or its full name")
  .option("--json", "list: print JSON")
  .addOption(
    new Option("--wait <seconds>", "test: how long to wait for the alarm's actions").argParser(seconds).default(60),
  )
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: an alarm is missing, or an action failed or was not executed in time.")
  .action(run);

if (require.main === module) void runCommand(command);
