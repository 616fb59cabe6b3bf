/** `npm run doctor`: checks a deployed environment and its monitoring, and prints a remedy for each problem. */
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { Command } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import { answerTo } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { BACKFILL_CHECKS } from "../aws/doctor/backfill";
import { type Finding, findingsOf, type State, type Subject } from "../aws/doctor/check";
import { ENCRYPTION_CHECKS } from "../aws/doctor/encryption";
import { MONITORING_CHECKS } from "../aws/doctor/monitoring";
import { NOTIFICATION_CHECKS } from "../aws/doctor/notifications";
import { RECORD_CHECKS } from "../aws/doctor/records";
import { UPLOAD_API_CHECKS } from "../aws/doctor/upload-api";
import { functionConfiguration, UPLOAD_CHECKS } from "../aws/doctor/upload-path";
import { onAccount } from "../aws/local-run";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

/** In the order in which a person would look for a problem: add a row to one of the lists. */
const CHECKS = [
  ...UPLOAD_CHECKS,
  ...ENCRYPTION_CHECKS,
  ...RECORD_CHECKS,
  ...UPLOAD_API_CHECKS,
  ...BACKFILL_CHECKS,
  ...MONITORING_CHECKS,
  ...NOTIFICATION_CHECKS,
];

const MARKS: Readonly<Record<State, string>> = {
  ok: pc.green("✓"),
  warning: pc.yellow("!"),
  problem: pc.red("✗"),
  unknown: pc.dim("?"),
};

/** @returns a line with the finding, and a second one with the remedy if there is one */
export const findingLines = (name: string, { state, what, remedy }: Finding): string[] => [
  `${MARKS[state]} ${name.padEnd(13)}  ${what}`,
  ...(remedy === undefined ? [] : [`  ${"".padEnd(13)}  ${pc.dim("→")} ${remedy}`]),
];

export interface Diagnosis {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Runs every check that applies, in parallel. */
export const diagnose = (subject: Subject): Promise<Diagnosis[]> =>
  Promise.all(
    CHECKS.filter(({ appliesTo }) => appliesTo?.(subject.environment) ?? true).map(async (check) => ({
      check: check.name,
      findings: await findingsOf(check, subject),
    })),
  );

const run = async (env: string, options: { json?: true; endpointUrl?: string }): Promise<void> => {
  const environment = await environmentNamed(env);
  const names = naming(environment);
  const aws = clientsFor(environment.aws_region, options.endpointUrl);
  const { Account, Arn } = await answerTo("GetCallerIdentity", aws.sts.send(new GetCallerIdentityCommand({})));
  const subject = { environment, names, aws };
  // Without the function the other checks are pointless.
  await onAccount(functionConfiguration(subject), { aws, environment, endpointUrl: options.endpointUrl });
  const diagnoses = await diagnose(subject);
  const hasProblem = diagnoses.some(({ findings }) => findings.some(({ state }) => state === "problem"));
  if (options.json) console.log(JSON.stringify({ environment: env, account: Account, diagnoses }, undefined, 2));
  else {
    console.log(findingLines("credentials", { state: "ok", what: `${Arn} in ${environment.aws_region}` }).join("\n"));
    for (const { check, findings } of diagnoses)
      for (const finding of findings) console.log(findingLines(check, finding).join("\n"));
  }
  if (hasProblem) process.exitCode = 1;
};

export const command = new Command("npm run doctor --")
  .description("Checks a deployed environment and its monitoring, and prints what to do. Changes nothing.")
  .addArgument(environmentArgument())
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText(
    "after",
    "\nExit code 1: a check found a problem (✗). Warnings (!) and unanswered checks (?) do not count.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
