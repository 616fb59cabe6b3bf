/** Reads and moves the Lambda alias that uploads invoke. */
import {
  type AliasConfiguration,
  GetAliasCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import type { Environment } from "../../../modules/variables";
import { answerTo, deployedAnswerTo } from "../account";

export interface AliasAddress {
  readonly environment: Environment;
  readonly lambda: LambdaClient;
  readonly functionName: string;
  readonly aliasName: string;
}

export interface AliasState {
  readonly version: string;
  /** The version that gets a share of the invocations: a release is in progress, or was interrupted. */
  readonly next?: { readonly version: string; readonly percent: number };
  /** The version before this one, as the last release noted it in the alias's description. */
  readonly previous?: string;
}

const NOTE = "previous version: ";

const percentOf = (weight: number): number => Math.round(weight * 100);

const stateOf = ({ FunctionVersion: version = "", Description: note = "", RoutingConfig }: AliasConfiguration) => {
  const [next] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    version,
    ...(next && { next: { version: next[0], percent: percentOf(next[1]) } }),
    ...(note.startsWith(NOTE) && { previous: note.slice(NOTE.length) }),
  };
};

/** @throws NotDeployed if the alias does not exist; Error of one line */
export const readAlias = async ({
  environment,
  lambda,
  functionName,
  aliasName,
}: AliasAddress): Promise<AliasState> => {
  const command = new GetAliasCommand({ FunctionName: functionName, Name: aliasName });
  const missing = `alias ${aliasName} of ${functionName}`;
  const alias = await deployedAnswerTo("GetAlias", lambda.send(command), { environment, missing });
  const state = stateOf(alias);
  if (alias.Name === aliasName && /^\d+$/.test(state.version)) return state;
  throw new Error(`Expected a version of ${aliasName} from GetAlias but got ${alias.Name} at ${state.version}`);
};

/** @throws Error unless the alias sends all invocations to the version */
export const requireInService = async (address: AliasAddress, version: string): Promise<void> => {
  const { version: got, next } = await readAlias(address);
  if (got === version && next === undefined) return;
  const share = next === undefined ? "" : ` and ${next.version} at ${next.percent} %`;
  throw new Error(
    `Expected version ${version} in service but got ${got}${share}: look at ${address.functionName} in the AWS console`,
  );
};

/** @returns the numbers of all published versions, newest first */
export const readVersions = async ({ lambda: client, functionName: FunctionName }: AliasAddress): Promise<number[]> => {
  const read = async (): Promise<number[]> => {
    const versions: number[] = [];
    for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, { FunctionName }))
      versions.push(...Versions.map(({ Version }) => Number(Version)).filter(Number.isInteger));
    return versions.sort((a, b) => b - a);
  };
  return answerTo("ListVersionsByFunction", read());
};

/** Sends the share of `next` to that version and the rest to `version`. Keeps the noted previous version unless one is given. */
export const moveAlias = async ({ lambda, functionName, aliasName }: AliasAddress, live: AliasState): Promise<void> => {
  const { version, next, previous } = live;
  const command = new UpdateAliasCommand({
    FunctionName: functionName,
    Name: aliasName,
    FunctionVersion: version,
    // Without RoutingConfig, Lambda would keep the weights.
    RoutingConfig: { AdditionalVersionWeights: next ? { [next.version]: next.percent / 100 } : {} },
    ...(previous !== undefined && { Description: previous === "" ? "" : `${NOTE}${previous}` }),
  });
  const moved = stateOf(await answerTo("UpdateAlias", lambda.send(command)));
  if (moved.version === version && moved.next?.version === next?.version && moved.next?.percent === next?.percent)
    return;
  throw new Error(`Expected version ${version} from UpdateAlias but got ${moved.version}`);
};

/** Notes the version in service, for a later rollback. CodeDeploy moves the alias itself. */
export const notePrevious = async (
  { lambda, functionName, aliasName }: AliasAddress,
  previous: string,
): Promise<void> => {
  const command = new UpdateAliasCommand({
    FunctionName: functionName,
    Name: aliasName,
    Description: `${NOTE}${previous}`,
  });
  await answerTo("UpdateAlias", lambda.send(command));
};
