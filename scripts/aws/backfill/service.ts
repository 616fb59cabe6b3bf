/** Checks that a backfill would run the code that is in service. */
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { deployedAnswerTo } from "../account";
import type { Clients } from "../clients";
import { readAlias } from "../release/alias";
import { runningDeployment } from "../release/deployment";

interface Configuration {
  readonly arn: string;
  readonly codeSha256: string;
  /** Timeout of an invocation in seconds. */
  readonly timeoutSeconds: number;
}

/** @throws NotDeployed if the function or the version does not exist */
const configurationOf = async (
  { lambda }: Pick<Clients, "lambda">,
  environment: Environment,
  FunctionName: string,
  Qualifier?: string,
): Promise<Configuration> => {
  const command = new GetFunctionConfigurationCommand({ FunctionName, Qualifier });
  const missing = `function ${FunctionName}`;
  const answer = lambda.send(command);
  const found = await deployedAnswerTo("GetFunctionConfiguration", answer, { environment, missing });
  const { FunctionArn: arn, CodeSha256: codeSha256, Timeout: timeoutSeconds } = found;
  if (arn === undefined || codeSha256 === undefined || timeoutSeconds === undefined)
    throw new Error(
      `Expected ARN, hash and timeout from GetFunctionConfiguration but got ${arn}, ${codeSha256} and ${timeoutSeconds}`,
    );
  return { arn, codeSha256, timeoutSeconds };
};

/** @returns the version that live uploads run; undefined without an alias @throws Error during a release */
const versionInService = async (clients: Clients, environment: Environment): Promise<string | undefined> => {
  if (!environment.enable_release_alias) return undefined;
  const { functionName, aliasName, releases } = naming(environment);
  const wait = "wait until it ends, or stop it: npm run release --";
  const deployment = environment.enable_codedeploy
    ? await runningDeployment({ codedeploy: clients.codedeploy, names: releases })
    : undefined;
  if (deployment !== undefined)
    throw new Error(`The release ${deployment} is in progress: ${wait} ${stackName(environment)} --status`);
  const { version, next } = await readAlias({ environment, lambda: clients.lambda, functionName, aliasName });
  if (next === undefined) return version;
  throw new Error(
    `A release is in progress, which gives version ${next.version} ${next.percent} % of the uploads: ${wait} ${stackName(environment)} --status`,
  );
};

/** @throws NotDeployed */
export const backfillFunctionOf = (clients: Clients, environment: Environment): Promise<Configuration> =>
  configurationOf(clients, environment, naming(environment).backfill.functionName);

/**
 * @throws Error if live uploads run other code than a backfill would, or a release is in progress
 */
export const requireCodeInService = async (clients: Clients, environment: Environment): Promise<void> => {
  const { functionName } = naming(environment);
  const version = await versionInService(clients, environment);
  const live = await configurationOf(clients, environment, functionName, version);
  const own = await backfillFunctionOf(clients, environment);
  if (live.codeSha256 === own.codeSha256) return;
  const stack = stackName(environment);
  throw new Error(
    version === undefined
      ? `${functionName} and ${own.arn} run different packages: deploy again with npm run deploy -- ${stack}`
      : `A backfill would run the newest package, but uploads run version ${version}: release it first with npm run release -- ${stack}`,
  );
};
