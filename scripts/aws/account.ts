/** Shared by commands that talk to an account: finds the environment by its name, and turns SDK errors into one line. */
import { readEnvironments } from "../../modules/environment";
import { ENVIRONMENTS } from "../../modules/environments";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { UsageError } from "../terminal/cli";

// The clients' versions are fixed in package.json, so the SDK's warning about this Node is of no use to the reader.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** @throws UsageError that lists the environments there are; InvalidEnvironments */
export const environmentNamed = async (name: string): Promise<Environment> => {
  const environments = await readEnvironments(ENVIRONMENTS, process.env);
  const found = environments.find((environment) => stackName(environment) === name);
  if (found !== undefined) return found;
  const names = environments.map(stackName).join(", ");
  throw new UsageError(`Expected one of ${names} for <env> but got ${JSON.stringify(name)}`);
};

const explained = (operation: string, error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }) => {
  if (error.name === "CredentialsProviderError")
    return "Expected AWS credentials in the shell but got none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  // Some emulators answer unknown calls with an HTML page.
  if (error instanceof SyntaxError)
    return `Expected an answer to ${operation} but got HTTP ${error.$metadata?.httpStatusCode} and no JSON: the endpoint may not know it`;
  const name = error.name === "Error" ? "" : `${error.name}: `;
  return `Expected an answer to ${operation} but got ${name}${error.message}`;
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
