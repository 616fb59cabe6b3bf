/** Checks of the way of an upload: the function, what invokes it, and what lets it. */

import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, GetPolicyCommand } from "@aws-sdk/client-lambda";
import { GetBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { answerTo } from "../account";
import { findBuckets } from "../account-uploads";
import { type Check, deploy, doubtful, type Finding, ifThere, right, wrong } from "./check";

const functionState: Check["look"] = async ({ environment, names: { functionName }, aws }) => {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const found = await answerTo("GetFunctionConfiguration", aws.lambda.send(command));
  const { State = "Active", StateReason, LastUpdateStatus = "Successful", LastUpdateStatusReason } = found;
  if (State !== "Active")
    return [wrong(`${functionName} is ${State}: ${StateReason}`, `invoke it once, or ${deploy(environment)}`)];
  if (LastUpdateStatus !== "Successful")
    return [wrong(`its last update is ${LastUpdateStatus}: ${LastUpdateStatusReason}`, deploy(environment))];
  return [
    right(`${functionName} is active: ${found.MemorySize} MB, ${found.Timeout} s, ${found.Architectures?.join()}`),
  ];
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
        wrong(
          `not all uploads to ${upload} invoke ${functionName}`,
          `its notification was changed: ${deploy(environment)}`,
        ),
      ]
    : [right(`uploads to ${upload} invoke ${own.LambdaFunctionArn?.split(":").slice(6).join(":")}`)];
};

interface Statement {
  readonly Effect: string;
  readonly Principal: { readonly Service?: string } | string;
  readonly Action: string;
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string>> };
}

/** @param policy of the function, as GetPolicy gives it @returns whether S3 may invoke it for this bucket */
export const admits = (policy: string, bucketArn: string): boolean =>
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
  // What uploads invoke is what must be open to S3.
  const Qualifier = environment.enable_release_alias ? aliasName : undefined;
  const command = new GetPolicyCommand({ FunctionName: functionName, Qualifier });
  const found = await ifThere(answerTo("GetPolicy", aws.lambda.send(command)));
  return admits(found?.Policy ?? '{"Statement":[]}', `arn:aws:s3:::${upload}`)
    ? [right(`S3 may invoke it for ${upload}`)]
    : [wrong(`S3 may not invoke ${functionName} for ${upload}`, deploy(environment))];
};

/**
 * @param limit of the account's executions at the same time @param unreserved what of it no function has reserved
 * @returns whether they are enough for the alarm on many executions to ring before Lambda turns any away
 */
export const roomFor = (threshold: number, limit: number, unreserved: number): Finding => {
  const quota = "ask Service Quotas for more concurrent executions of Lambda (L-B99A9384)";
  if (unreserved > threshold) return right(`${unreserved} of ${limit} concurrent executions are unreserved`);
  return doubtful(
    `${unreserved} of ${limit} concurrent executions are unreserved: high-concurrency, at ${threshold}, rings too late`,
    `${quota}, or lower concurrent_executions_threshold`,
  );
};

const concurrency: Check["look"] = async ({ environment, aws }) => {
  const { reserved_concurrent_executions: reserved } = environment;
  if (reserved >= 0) return [right(`${reserved} concurrent executions are reserved for it`)];
  const { AccountLimit } = await answerTo("GetAccountSettings", aws.lambda.send(new GetAccountSettingsCommand({})));
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = limit } = AccountLimit ?? {};
  return [roomFor(environment.concurrent_executions_threshold, limit, unreserved)];
};

export const PATH: readonly Check[] = [
  { name: "function", look: functionState },
  { name: "notification", look: notification },
  { name: "permission", look: permission },
  { name: "concurrency", look: concurrency },
];
