/** A check of `npm run doctor`: its input, and its findings. */
import { type naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
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

/** Names of errors that mean that a resource does not exist. */
const NOT_FOUND = [
  "ResourceNotFoundException",
  "NotFoundException",
  "NotFound",
  "NoSuchBucket",
  "QueueDoesNotExist",
  "ResourceNotFound",
];

/** @returns the answer, or undefined if the resource does not exist */
export const ifFound = async <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: Error & { readonly cause?: Error }) => {
    if (NOT_FOUND.includes((error.cause ?? error).name)) return undefined;
    throw error;
  });

const DENIED = /^(AccessDenied|AccessDeniedException|AuthorizationError|UnauthorizedOperation|Forbidden)$/;

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The name and status of an error are those of its cause, the SDK's own error. */
const unknown = (error: ServiceError & { readonly cause?: unknown }): Finding => {
  const { name, $metadata } = (error.cause ?? error) as ServiceError;
  const isDenied = DENIED.test(name) || $metadata?.httpStatusCode === 403;
  return {
    state: "unknown",
    what: error.message.replaceAll(/\s+/g, " "),
    remedy: isDenied ? "allow this call to your credentials, or use credentials that may make it" : "try again",
  };
};

/** @returns the findings of a check; if the account does not answer, one finding that says so */
export const findingsOf = async ({ look }: Check, subject: Subject): Promise<readonly Finding[]> =>
  look(subject).catch((error: Error) => [
    error instanceof BucketsUnclear ? problem(error.message, deploy(subject.environment)) : unknown(error),
  ]);
