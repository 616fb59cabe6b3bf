/** Checks of `npm run doctor` on the backfill: its state machine, the bucket of its lists, and the concurrency that it reserves. */
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { stackName } from "../../../modules/naming";
import { answerTo, deployedAnswerTo } from "../account";
import { backfillOf } from "../backfill/runs";
import { backfillFunctionOf } from "../backfill/service";
import { type Check, deploy, type Finding, ok, problem, type Subject } from "./check";

const machine = async (subject: Subject): Promise<Finding> => {
  const { environment, aws } = subject;
  const { arn } = await backfillFunctionOf(aws, environment);
  const { stateMachineArn, bucket } = await backfillOf(aws, environment, arn);
  const answer = aws.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const missing = `state machine ${stateMachineArn}`;
  const { name, status } = await deployedAnswerTo("DescribeStateMachine", answer, { environment, missing });
  return status === "ACTIVE"
    ? ok(
        `the state machine ${name} is active, with the bucket ${bucket}: npm run backfill -- ${stackName(environment)}`,
      )
    : problem(`the state machine ${name} is ${status}`, deploy(environment));
};

const concurrency = async ({ environment, names, aws }: Subject): Promise<Finding> => {
  const { functionName } = names.backfill;
  const { backfill_max_concurrency: wanted } = environment;
  const command = new GetFunctionConcurrencyCommand({ FunctionName: functionName });
  const { ReservedConcurrentExecutions: got } = await answerTo("GetFunctionConcurrency", aws.lambda.send(command));
  if (got !== wanted)
    return problem(
      `${functionName} reserves ${got ?? "no"} concurrent executions instead of ${wanted}: batches are throttled, or take them from live uploads`,
      deploy(environment),
    );
  const { AccountLimit } = await answerTo("GetAccountSettings", aws.lambda.send(new GetAccountSettingsCommand({})));
  const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: left } = AccountLimit ?? {};
  if (limit === undefined) throw new Error("Expected ConcurrentExecutions from GetAccountSettings but got none");
  return ok(`${got} of ${limit} concurrent executions are reserved for batches; ${left ?? limit} are unreserved`);
};

export const BACKFILL_CHECKS: readonly Check[] = [
  {
    name: "backfill",
    appliesTo: ({ enable_backfill: isOn }) => isOn,
    look: async (subject) => [await machine(subject)],
  },
  {
    name: "batches",
    appliesTo: ({ enable_backfill: isOn }) => isOn,
    look: async (subject) => [await concurrency(subject)],
  },
];
