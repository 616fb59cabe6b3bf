/** The settings of the function, and the state of one invocation. */
import type { Context } from "aws-lambda";
import { readSettings, type Settings } from "../contract/settings";
import { type Deadline, startDeadline } from "./deadline";
import { asError } from "./errors";
import { createLog, type Log } from "./logger";
import { createMetricsRecorder, createTransport, type MetricsRecorder } from "./metrics";

const initSettings = (): Settings => {
  try {
    return readSettings(process.env);
  } catch (error) {
    createLog({ LOG_LEVEL: "ERROR", REFUSAL_LOG_LEVEL: "ERROR" })("settings.refused", {
      problem: asError(error).message,
    });
    throw error;
  }
};

/** Read once per execution environment. */
export const settings = initSettings();
const transport = createTransport(settings);

/** The state of one invocation. */
export interface Invocation {
  readonly requestId: string;
  readonly log: Log;
  readonly recorder: MetricsRecorder;
  readonly deadline: Deadline;
}

/** What the function needs of Lambda's context. */
export type InvocationContext = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/** Does the work of one invocation, and stops its timers afterwards. */
export const withInvocation = async <T>(
  context: InvocationContext,
  work: (invocation: Invocation) => Promise<T>,
): Promise<T> => {
  const { awsRequestId: requestId } = context;
  const deadline = startDeadline(context.getRemainingTimeInMillis());
  const log = createLog(settings, requestId);
  const recorder = createMetricsRecorder(transport, log, requestId, deadline.reporting);
  try {
    return await work({ requestId, log, recorder, deadline });
  } finally {
    deadline.end();
  }
};
