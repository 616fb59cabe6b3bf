/** Checks of what an upload needs to be processed: the function, its event notification, permission and concurrency. */
import {
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
} from "@aws-sdk/client-lambda";
import { GetBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { singleAlarms } from "../../../modules/alarm-rows";
import { stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { answerTo, deployedAnswerTo, ifFound } from "../account";
import { findBuckets } from "../account-uploads";
import { type Check, deploy, type Finding, ok, problem, type Subject, warning } from "./check";

/** @param qualifier a version or alias @default $LATEST @throws NotDeployed */
export const functionConfiguration = async (
  { environment, names: { functionName }, aws }: Subject,
  qualifier?: string,
): Promise<FunctionConfiguration> => {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: qualifier });
  const missing = `function ${functionName}${qualifier === undefined ? "" : `:${qualifier}`}`;
  const found = await deployedAnswerTo("GetFunctionConfiguration", aws.lambda.send(command), { environment, missing });
  if (found.FunctionName === functionName) return found;
  throw new Error(`Expected ${functionName} from GetFunctionConfiguration but got ${found.FunctionName}`);
};

/** What the variables of an environment set, by the name in GetFunctionConfiguration. */
const settingsOf = (environment: Environment) => ({
  MemorySize: environment.lambda_memory_size,
  Timeout: environment.lambda_timeout,
  Runtime: environment.lambda_runtime,
  Architectures: [environment.lambda_architecture],
});

/** @returns the settings that differ, as `Timeout 30 instead of 60` */
export const differingSettings = (found: FunctionConfiguration, environment: Environment): string[] =>
  Object.entries(settingsOf(environment)).flatMap(([name, expected]) => {
    const got = found[name as keyof ReturnType<typeof settingsOf>];
    return String(got) === String(expected) ? [] : [`${name} ${got} instead of ${expected}`];
  });

const functionState: Check["look"] = async (subject) => {
  const { environment, names } = subject;
  const found = await functionConfiguration(subject);
  const { State = "Active", StateReason, LastUpdateStatus = "Successful", LastUpdateStatusReason } = found;
  if (State !== "Active")
    return [problem(`${names.functionName} is ${State}: ${StateReason}`, `invoke it once, or ${deploy(environment)}`)];
  if (LastUpdateStatus === "InProgress") return [warning("an update is in progress", "wait, then run doctor again")];
  if (LastUpdateStatus !== "Successful")
    return [problem(`its last update is ${LastUpdateStatus}: ${LastUpdateStatusReason}`, deploy(environment))];
  const differing = differingSettings(found, environment);
  if (differing.length > 0) return [problem(`it has ${differing.join(", ")}`, deploy(environment))];
  const { MemorySize, Timeout, Architectures } = found;
  return [ok(`${names.functionName} is active: ${MemorySize} MB, ${Timeout} s, ${Architectures?.join()}`)];
};

/** Uploads invoke the alias. A deployment changes $LATEST only. */
const inService: Check["look"] = async (subject) => {
  const { environment, names } = subject;
  const [latest, live] = [await functionConfiguration(subject), await functionConfiguration(subject, names.aliasName)];
  const differing = differingSettings(live, environment);
  const hasOtherCode = live.CodeSha256 !== latest.CodeSha256;
  if (differing.length === 0 && !hasOtherCode) return [ok(`version ${live.Version} is the deployed one`)];
  const what = [...(hasOtherCode ? ["other code than the last deployment"] : []), ...differing].join(", ");
  return [warning(`version ${live.Version} has ${what}`, `npm run release -- ${stackName(environment)}`)];
};

/** @returns the ARN that uploads invoke */
const invokedArn = async (subject: Subject): Promise<string> => {
  const { FunctionArn = "" } = await functionConfiguration(subject);
  return subject.environment.enable_release_alias ? `${FunctionArn}:${subject.names.aliasName}` : FunctionArn;
};

const notification: Check["look"] = async (subject) => {
  const { environment, aws } = subject;
  const { upload } = await findBuckets(aws.s3, environment);
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: upload });
  const { LambdaFunctionConfigurations = [] } = await answerTo(
    "GetBucketNotificationConfiguration",
    aws.s3.send(command),
  );
  const invoked = await invokedArn(subject);
  const invokes = LambdaFunctionConfigurations.some(
    ({ LambdaFunctionArn, Events, Filter }) =>
      LambdaFunctionArn === invoked && Events?.includes("s3:ObjectCreated:*") && Filter === undefined,
  );
  const name = invoked.split(":").slice(6).join(":");
  return invokes
    ? [ok(`every upload to ${upload} invokes ${name}`)]
    : [problem(`${upload} has no event notification that invokes ${name} for every upload`, deploy(environment))];
};

interface Statement {
  readonly Effect: string;
  readonly Principal: { readonly Service?: string } | string;
  readonly Action: string;
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string>> };
}

/** @param policy of the function, as GetPolicy returns it @returns whether S3 may invoke the function for this bucket */
export const allowsInvoke = (policy: string, bucketArn: string): boolean =>
  (JSON.parse(policy).Statement as Statement[]).some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === "Allow" &&
      typeof Principal === "object" &&
      Principal.Service === "s3.amazonaws.com" &&
      Action === "lambda:InvokeFunction" &&
      Condition?.ArnLike?.["AWS:SourceArn"] === bucketArn,
  );

const permission: Check["look"] = async (subject) => {
  const { environment, names, aws } = subject;
  const { functionName, aliasName } = names;
  const { upload } = await findBuckets(aws.s3, environment);
  const partition = (await invokedArn(subject)).split(":")[1];
  // With an alias, uploads invoke the alias, which has a separate policy.
  const Qualifier = environment.enable_release_alias ? aliasName : undefined;
  const command = new GetPolicyCommand({ FunctionName: functionName, Qualifier });
  const found = await ifFound(answerTo("GetPolicy", aws.lambda.send(command)));
  return allowsInvoke(found?.Policy ?? '{"Statement":[]}', `arn:${partition}:s3:::${upload}`)
    ? [ok(`S3 may invoke it for ${upload}`)]
    : [problem(`S3 may not invoke ${functionName} for ${upload}`, deploy(environment))];
};

/**
 * @param threshold of high-concurrency; undefined where the environment does not have that alarm
 * @param limit the account's limit of concurrent executions
 * @param unreserved the part that no function has reserved
 * @returns whether high-concurrency goes to ALARM before Lambda throttles
 */
export const unreservedFinding = (threshold: number | undefined, limit: number, unreserved: number): Finding => {
  const quota = "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384)";
  if (threshold === undefined || unreserved > threshold)
    return ok(`${unreserved} of ${limit} concurrent executions are unreserved`);
  return warning(
    `${unreserved} of ${limit} concurrent executions are unreserved: high-concurrency, at ${threshold}, cannot fire before Lambda throttles`,
    `${quota}, or lower concurrent_executions_threshold`,
  );
};

/** @param got the function's reserved concurrency in the account @default none is reserved @returns undefined if it is as configured and not reserved */
export const reservedFinding = (environment: Environment, functionName: string, got?: number): Finding | undefined => {
  const { reserved_concurrent_executions: configured } = environment;
  const restore =
    configured < 0
      ? `aws lambda delete-function-concurrency --function-name ${functionName}`
      : `aws lambda put-function-concurrency --function-name ${functionName} --reserved-concurrent-executions ${configured}`;
  const remedy = `${restore} --region ${environment.aws_region}; ${deploy(environment)} does it too`;
  if (got === 0)
    return problem("its reserved concurrency is 0 (set in the console?): Lambda throttles every invocation", remedy);
  if ((got ?? -1) !== configured)
    return problem(`its reserved concurrency is ${got ?? "not set"} instead of ${configured}`, remedy);
  return got === undefined ? undefined : ok(`${got} concurrent executions are reserved for the function`);
};

const concurrency: Check["look"] = async ({ environment, names: { functionName }, aws }) => {
  const command = new GetFunctionConcurrencyCommand({ FunctionName: functionName });
  const { ReservedConcurrentExecutions } = await answerTo("GetFunctionConcurrency", aws.lambda.send(command));
  const reserved = reservedFinding(environment, functionName, ReservedConcurrentExecutions);
  if (reserved !== undefined) return [reserved];
  const { AccountLimit } = await answerTo("GetAccountSettings", aws.lambda.send(new GetAccountSettingsCommand({})));
  const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved = limit } = AccountLimit ?? {};
  if (limit === undefined || unreserved === undefined)
    throw new Error("Expected ConcurrentExecutions from GetAccountSettings but got none");
  const threshold = singleAlarms(environment).find(({ name }) => name === "high-concurrency")?.threshold;
  return [unreservedFinding(threshold, limit, unreserved)];
};

export const UPLOAD_CHECKS: readonly Check[] = [
  { name: "function", look: functionState },
  { name: "in service", appliesTo: ({ enable_release_alias }) => enable_release_alias, look: inService },
  { name: "notification", look: notification },
  { name: "permission", look: permission },
  { name: "concurrency", look: concurrency },
];
