/** Shared by commands that talk to an account: turns SDK errors into one line. */
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";

// The clients' versions are fixed in package.json, so the SDK's warning about this Node.js version does not help the reader.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** An error of an SDK client, or the Error of one line that `answerTo` makes of it. */
interface ServiceError extends Error {
  readonly code?: string;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: object;
}

/** @returns the SDK client's own error */
const originalOf = (error: Error): ServiceError =>
  error.cause instanceof Error ? originalOf(error.cause) : (error as ServiceError);

/** Some emulators answer unknown calls with an HTML page, which the SDK cannot parse. */
const isUnreadable = (error: ServiceError): boolean =>
  error instanceof SyntaxError || error.message.includes("Deserialization error");

const explained = (operation: string, error: ServiceError): string => {
  if (error.name === "CredentialsProviderError")
    return "Expected AWS credentials in the shell but got none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (isUnreadable(error))
    return `Expected an answer to ${operation} but got HTTP ${error.$metadata?.httpStatusCode} and no JSON: the endpoint may not know it`;
  const name = error.name === "Error" ? "" : `${error.name}: `;
  return `Expected an answer to ${operation} but got ${name}${error.message || error.code}`;
};

/**
 * @param operation as the service's API reference calls it
 * @returns what the service answers
 * @throws Error of one line, whose cause is the client's error
 */
export const answerTo = async <T>(operation: string, answer: Promise<T>): Promise<T> =>
  answer.catch((cause: Error) => {
    throw new Error(explained(operation, cause), { cause });
  });

/** What to do about a call that failed, by the error's name, code or HTTP status. The first row that matches counts. */
const REMEDIES: readonly {
  readonly matches: (error: ServiceError, status: number) => boolean;
  readonly remedy: string;
}[] = [
  {
    matches: ({ name }) => name === "CredentialsProviderError",
    remedy: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  },
  {
    matches: ({ name }) =>
      /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)/.test(
        name,
      ),
    remedy: "sign in again: the credentials have expired or are not valid",
  },
  {
    matches: ({ name }, status) =>
      /^(AccessDenied|AuthorizationError|UnauthorizedOperation|Forbidden|NotAuthorized)/.test(name) || status === 403,
    remedy: "allow this call to your credentials, or use credentials that may make it",
  },
  {
    matches: ({ code }) => ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"].includes(code ?? ""),
    remedy: "check the network connection, the region and the address of the endpoint",
  },
  {
    matches: (error, status) =>
      isUnreadable(error) ||
      /^(NotImplemented|Unknown(Operation|Action)|InvalidAction|UnsupportedOperation)/.test(error.name) ||
      status === 501,
    remedy: "look in the AWS console: this endpoint does not support the call",
  },
  {
    matches: ({ name, code, $retryable }, status) =>
      $retryable !== undefined ||
      /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Timeout/.test(name) ||
      ["ECONNRESET", "ETIMEDOUT", "EPIPE", "EAI_AGAIN"].includes(code ?? "") ||
      status >= 500,
    remedy: "try again",
  },
];

/** @returns what to do about a call that failed, or undefined if only its message says so */
export const remedyFor = (error: Error): string | undefined => {
  const original = originalOf(error);
  const { httpStatusCode: status = 0 } = original.$metadata ?? {};
  return REMEDIES.find(({ matches }) => matches(original, status))?.remedy;
};

/** Names of errors that mean that a resource does not exist. */
const NOT_FOUND = [
  "ResourceNotFoundException",
  "ResourceNotFound",
  "NotFoundException",
  "NotFound",
  "NoSuchBucket",
  "NoSuchCORSConfiguration",
  "ReplicationConfigurationNotFoundError",
  "QueueDoesNotExist",
  "StateMachineDoesNotExist",
  "ApplicationDoesNotExistException",
  "DeploymentGroupDoesNotExistException",
];

/** @returns the answer, or undefined if the resource does not exist */
export const ifFound = async <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: Error) => {
    if (NOT_FOUND.includes(originalOf(error).name)) return undefined;
    throw error;
  });

/** A resource of an environment does not exist in the account. */
export class NotDeployed extends Error {
  override readonly name = "NotDeployed";

  /** @param missing what does not exist: "function image-processor-dev-processor" */
  constructor(environment: Environment, missing: string) {
    super(
      `${stackName(environment)} is not deployed to ${environment.aws_region} of this account, or only in part: there is no ${missing}. Run npm run deploy -- ${stackName(environment)}`,
    );
  }
}

/** @throws NotDeployed if the resource does not exist; Error of one line */
export const deployedAnswerTo = async <T>(
  operation: string,
  answer: Promise<T>,
  { environment, missing }: { readonly environment: Environment; readonly missing: string },
): Promise<T> => {
  const found = await ifFound(answerTo(operation, answer));
  if (found === undefined) throw new NotDeployed(environment, missing);
  return found;
};
