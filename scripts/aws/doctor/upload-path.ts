/** Checks of what an upload needs to be processed: the function, its event notification, permission and concurrency. */
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, GetPolicyCommand } from "@aws-sdk/client-lambda";
import { GetBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { answerTo } from "../account";
import { findBuckets } from "../account-uploads";
import { type Check, deploy, type Finding, ifFound, ok, problem, warning } from "./check";

const functionState: Check["look"] = async ({ environment, names: { functionName }, aws }) => {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const found = await answerTo("GetFunctionConfiguration", aws.lambda.send(command));
  const { State = "Active", StateReason, LastUpdateStatus = "Successful", LastUpdateStatusReason } = found;
  if (State !== "Active")
    return [problem(`${functionName} is ${State}: ${StateReason}`, `invoke it once, or ${deploy(environment)}`)];
  if (LastUpdateStatus !== "Successful")
    return [
      problem(`its last update has the status ${LastUpdateStatus}: ${LastUpdateStatusReason}`, deploy(environment)),
    ];
  return [ok(`${functionName} is active: ${found.MemorySize} MB, ${found.Timeout} s, ${found.Architectures?.join()}`)];
};

/** @param arn of a function, with or without an alias */
const isOf = (arn: string | undefined, functionName: string): boolean => arn?.split(":")[6] === functionName;

const notification: Check["look"] = async ({ environment, names: { functionName }, aws }) => {
  const { upload } = await findBuckets(aws.s3, environment);
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: upload });
  const { LambdaFunctionConfigurations = [] } = await answerTo(
    "GetBucketNotificationConfiguration",
    aws.s3.send(command),
  );
  const own = LambdaFunctionConfigurations.find(
    ({ LambdaFunctionArn: arn, Events, Filter }) =>
      isOf(arn, functionName) && Events?.includes("s3:ObjectCreated:*") && Filter === undefined,
  );
  return own === undefined
    ? [
        problem(
          `${upload} has no event notification that invokes ${functionName} for every upload`,
          deploy(environment),
        ),
      ]
    : [ok(`uploads to ${upload} invoke ${own.LambdaFunctionArn?.split(":").slice(6).join(":")}`)];
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

const permission: Check["look"] = async ({ environment, names: { functionName, aliasName }, aws }) => {
  const { upload } = await findBuckets(aws.s3, environment);
  // With an alias, uploads invoke the alias, which has a policy of its own.
  const Qualifier = environment.enable_release_alias ? aliasName : undefined;
  const command = new GetPolicyCommand({ FunctionName: functionName, Qualifier });
  const found = await ifFound(answerTo("GetPolicy", aws.lambda.send(command)));
  return allowsInvoke(found?.Policy ?? '{"Statement":[]}', `arn:aws:s3:::${upload}`)
    ? [ok(`S3 may invoke it for ${upload}`)]
    : [problem(`S3 may not invoke ${functionName} for ${upload}`, deploy(environment))];
};

/**
 * @param limit the account's limit of concurrent executions @param unreserved the part that no function has reserved
 * @returns whether high-concurrency goes to ALARM before Lambda throttles
 */
export const concurrencyFinding = (threshold: number, limit: number, unreserved: number): Finding => {
  const quota = "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384)";
  if (unreserved > threshold) return ok(`${unreserved} of ${limit} concurrent executions are unreserved`);
  return warning(
    `${unreserved} of ${limit} concurrent executions are unreserved: high-concurrency, at ${threshold}, cannot fire before Lambda throttles`,
    `${quota}, or lower concurrent_executions_threshold`,
  );
};

const concurrency: Check["look"] = async ({ environment, aws }) => {
  const { reserved_concurrent_executions: reserved } = environment;
  if (reserved >= 0) return [ok(`${reserved} concurrent executions are reserved for the function`)];
  const { AccountLimit } = await answerTo("GetAccountSettings", aws.lambda.send(new GetAccountSettingsCommand({})));
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = limit } = AccountLimit ?? {};
  return [concurrencyFinding(environment.concurrent_executions_threshold, limit, unreserved)];
};

export const UPLOAD_CHECKS: readonly Check[] = [
  { name: "function", look: functionState },
  { name: "notification", look: notification },
  { name: "permission", look: permission },
  { name: "concurrency", look: concurrency },
];
