/** What a check of `npm run doctor` sees, and what it may find. */
import { type naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { BucketsUnclear } from "../account-uploads";
import type { Clients } from "../clients";

/** A deployed environment, and the clients to ask about it. */
export interface Patient {
  readonly environment: Environment;
  readonly names: ReturnType<typeof naming>;
  readonly aws: Clients;
}

/** "unknown": the account would not say. Only "wrong" makes the command fail. */
export type State = "right" | "doubtful" | "wrong" | "unknown";

export interface Finding {
  readonly state: State;
  readonly what: string;
  /** What to do about it. @default nothing needs to be done */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  /** Whether the environment has what is looked at. @default it has */
  readonly appliesTo?: (environment: Environment) => boolean;
  readonly look: (patient: Patient) => Promise<readonly Finding[]>;
}

export const right = (what: string): Finding => ({ state: "right", what });
export const doubtful = (what: string, remedy: string): Finding => ({ state: "doubtful", what, remedy });
export const wrong = (what: string, remedy: string): Finding => ({ state: "wrong", what, remedy });

export const deploy = (environment: Environment): string => `npm run deploy -- ${stackName(environment)}`;

/** Errors by which services say that something does not exist. */
const ABSENT = [
  "ResourceNotFoundException",
  "NotFoundException",
  "NotFound",
  "NoSuchBucket",
  "QueueDoesNotExist",
  "ResourceNotFound",
];

/** @returns the answer, or nothing where the service says that there is no such thing */
export const ifThere = async <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: Error & { readonly cause?: Error }) => {
    if (ABSENT.includes((error.cause ?? error).name)) return undefined;
    throw error;
  });

const DENIED = /^(AccessDenied|AccessDeniedException|AuthorizationError|UnauthorizedOperation|Forbidden)$/;

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Why there is no answer: the client's own error, below the line that was made of it. */
const unknown = (error: ServiceError & { readonly cause?: unknown }): Finding => {
  const { name, $metadata } = (error.cause ?? error) as ServiceError;
  const isDenied = DENIED.test(name) || $metadata?.httpStatusCode === 403;
  return {
    state: "unknown",
    what: error.message.replaceAll(/\s+/g, " "),
    remedy: isDenied ? "allow it to these credentials, or ask somebody who may" : "try again",
  };
};

/** @returns what is found, or that the account does not say */
export const findingsOf = async ({ look }: Check, patient: Patient): Promise<readonly Finding[]> =>
  look(patient).catch((error: Error) => [
    error instanceof BucketsUnclear ? wrong(error.message, deploy(patient.environment)) : unknown(error),
  ]);
