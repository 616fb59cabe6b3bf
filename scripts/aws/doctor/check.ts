/** A check of `npm run doctor`: its input, and its findings. */
import { type naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { NotDeployed, remedyFor } from "../account";
import { BucketsUnclear } from "../account-uploads";
import type { Clients } from "../clients";

/** A deployed environment, and the clients of its account. */
export interface Subject {
  readonly environment: Environment;
  readonly names: ReturnType<typeof naming>;
  readonly aws: Clients;
}

/** "unknown": the account did not answer. Only "problem" makes the command fail. */
export type State = "ok" | "warning" | "problem" | "unknown";

export interface Finding {
  readonly state: State;
  readonly what: string;
  /** What to do. @default nothing */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  /** @default it applies to every environment */
  readonly appliesTo?: (environment: Environment) => boolean;
  readonly look: (subject: Subject) => Promise<readonly Finding[]>;
}

export const ok = (what: string): Finding => ({ state: "ok", what });
export const warning = (what: string, remedy: string): Finding => ({ state: "warning", what, remedy });
export const problem = (what: string, remedy: string): Finding => ({ state: "problem", what, remedy });

export const deploy = (environment: Environment): string => `npm run deploy -- ${stackName(environment)}`;

/** The account did not answer. A retry is suggested only if it can help. */
const unanswered = (error: Error): Finding => {
  const remedy = remedyFor(error);
  return { state: "unknown", what: error.message.replaceAll(/\s+/g, " "), ...(remedy !== undefined && { remedy }) };
};

/** @returns the findings of a check; if the account does not answer, one finding that says so */
export const findingsOf = async ({ look }: Check, subject: Subject): Promise<readonly Finding[]> =>
  look(subject).catch((error: Error) => [
    error instanceof NotDeployed || error instanceof BucketsUnclear
      ? problem(error.message, deploy(subject.environment))
      : unanswered(error),
  ]);
