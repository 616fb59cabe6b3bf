/** The alias that uploads invoke, as the account has it: which versions it names, which there are, and how it is moved. */
import {
  GetAliasCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { answerTo } from "../account";

export interface Place {
  readonly lambda: LambdaClient;
  readonly functionName: string;
  readonly aliasName: string;
}

export interface Live {
  readonly version: string;
  /** The version that gets a share of the invocations: a release is under way, or was broken off. */
  readonly next?: { readonly version: string; readonly percent: number };
  /** What a release noted of the version before. */
  readonly previous?: string;
}

const NOTE = "previous version: ";

const percentOf = (weight: number): number => Math.round(weight * 100);

export const readLive = async ({ lambda, functionName, aliasName }: Place): Promise<Live> => {
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

/** @returns the numbers of all published versions, the newest first */
export const readVersions = async ({ lambda: client, functionName: FunctionName }: Place): Promise<number[]> => {
  const read = async (): Promise<number[]> => {
    const versions: number[] = [];
    for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, { FunctionName }))
      versions.push(...Versions.map(({ Version }) => Number(Version)).filter(Number.isInteger));
    return versions.sort((a, b) => b - a);
  };
  return answerTo("ListVersionsByFunction", read());
};

/** Gives one version all invocations but the share of `next`; what it says of the version before stays if it is not given. */
export const moveAlias = async ({ lambda, functionName, aliasName }: Place, live: Live): Promise<void> => {
  const { version, next, previous } = live;
  const command = new UpdateAliasCommand({
    FunctionName: functionName,
    Name: aliasName,
    FunctionVersion: version,
    // Left out, the weights of before would stay.
    RoutingConfig: { AdditionalVersionWeights: next ? { [next.version]: next.percent / 100 } : {} },
    ...(previous !== undefined && { Description: previous === "" ? "" : `${NOTE}${previous}` }),
  });
  await answerTo("UpdateAlias", lambda.send(command));
};

/** Notes which version is in service before a release, for the way back; CodeDeploy moves the rest. */
export const notePrevious = async ({ lambda, functionName, aliasName }: Place, previous: string): Promise<void> => {
  const command = new UpdateAliasCommand({
    FunctionName: functionName,
    Name: aliasName,
    Description: `${NOTE}${previous}`,
  });
  await answerTo("UpdateAlias", lambda.send(command));
};
