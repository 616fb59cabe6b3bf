/** Reads and moves the Lambda alias that uploads invoke. */
import {
  GetAliasCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { answerTo } from "../account";

export interface AliasAddress {
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

export const readAlias = async ({ lambda, functionName, aliasName }: AliasAddress): Promise<AliasState> => {
  const command = new GetAliasCommand({ FunctionName: functionName, Name: aliasName });
  const alias = await answerTo("GetAlias", lambda.send(command));
  const [next] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  const { FunctionVersion: version = "", Description: note = "" } = alias;
  return {
    version,
    ...(next && { next: { version: next[0], percent: percentOf(next[1]) } }),
    ...(note.startsWith(NOTE) && { previous: note.slice(NOTE.length) }),
  };
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
  await answerTo("UpdateAlias", lambda.send(command));
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
