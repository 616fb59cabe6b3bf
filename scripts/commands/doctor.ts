/** `npm run doctor`: what keeps a deployed environment from working or from telling so, each with the remedy. */
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { Command, Option } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import { answerTo, environmentNamed } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { deploy, type Finding, findingsOf, ifThere, type Patient, type State } from "../aws/doctor/check";
import { PATH } from "../aws/doctor/path";
import { WATCH } from "../aws/doctor/watch";
import { endpointUrl } from "../aws/terraform/target";
import { runCommand } from "../terminal/cli";

/** In the order in which a person looks for what is wrong: add a row to one of the two. */
const CHECKS = [...PATH, ...WATCH];

const MARKS: Readonly<Record<State, string>> = {
  right: pc.green("✓"),
  doubtful: pc.yellow("!"),
  wrong: pc.red("✗"),
  unknown: pc.dim("?"),
};

/** @returns one line for each finding, and a second one with the remedy where there is one */
export const findingLines = (name: string, { state, what, remedy }: Finding): string[] => [
  `${MARKS[state]} ${name.padEnd(13)}  ${what}`,
  ...(remedy === undefined ? [] : [`  ${"".padEnd(13)}  ${pc.dim("→")} ${remedy}`]),
];

export interface Diagnosis {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Without a function nothing else is worth a look. */
const isDeployed = async ({ names, aws }: Patient): Promise<boolean> => {
  const command = new GetFunctionConfigurationCommand({ FunctionName: names.functionName });
  return (await ifThere(answerTo("GetFunctionConfiguration", aws.lambda.send(command)))) !== undefined;
};

/** Makes every check that applies, all at the same time. */
export const diagnose = (patient: Patient): Promise<Diagnosis[]> =>
  Promise.all(
    CHECKS.filter(({ appliesTo }) => appliesTo?.(patient.environment) ?? true).map(async (check) => ({
      check: check.name,
      findings: await findingsOf(check, patient),
    })),
  );

const run = async (env: string, options: { json?: true; endpointUrl?: string }): Promise<void> => {
  const environment = await environmentNamed(env);
  const names = naming(environment);
  const aws = clientsFor(environment.aws_region, options.endpointUrl);
  const { Account, Arn } = await answerTo("GetCallerIdentity", aws.sts.send(new GetCallerIdentityCommand({})));
  const patient = { environment, names, aws };
  if (!(await isDeployed(patient)))
    throw new Error(
      `Expected the function ${names.functionName} in ${Account} but got none: run ${deploy(environment)} first`,
    );
  const diagnoses = await diagnose(patient);
  const isWrong = diagnoses.some(({ findings }) => findings.some(({ state }) => state === "wrong"));
  if (options.json) console.log(JSON.stringify({ environment: env, account: Account, diagnoses }, undefined, 2));
  else {
    console.log(
      findingLines("credentials", { state: "right", what: `${Arn} in ${environment.aws_region}` }).join("\n"),
    );
    for (const { check, findings } of diagnoses)
      for (const finding of findings) console.log(findingLines(check, finding).join("\n"));
  }
  if (isWrong) process.exitCode = 1;
};

export const command = new Command("npm run doctor --")
  .description("Looks for what keeps a deployed environment from working, and says what to do. Changes nothing.")
  .argument("<env>", "environment, such as dev")
  .option("--json", "for machines")
  .addOption(new Option("--endpoint-url <url>", "ask this emulator, not AWS").argParser(endpointUrl))
  .addHelpText(
    "after",
    "\nExit code 1: something is wrong (✗). What is only doubtful (!) or not told (?) does not count.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
