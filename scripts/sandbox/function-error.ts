/** The error message of a failed invocation: the handler's own, or Lambda's if the process ended without one. */
import type { FunctionBlueprint } from "./blueprint";
import type { End } from "./execution-environment";

/** @returns the text in the error payload and in the dead-letter queue message; undefined for a success */
export const errorMessage = (
  { status, errorType, payload }: End,
  requestId: string,
  { timeoutSeconds }: FunctionBlueprint,
): string | undefined => {
  if (status === "success") return undefined;
  if (payload !== undefined) return String(JSON.parse(payload).errorMessage);
  if (status === "timeout")
    return `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  const how = errorType === "Runtime.OutOfMemory" ? "signal: killed" : "exit status";
  return `RequestId: ${requestId} Error: Runtime exited with error: ${how}`;
};

/** @returns the error payload for a synchronous caller if the handler sent none */
export const errorPayload = (end: End, requestId: string, fn: FunctionBlueprint): string =>
  JSON.stringify({
    errorType: end.status === "timeout" ? "Sandbox.Timedout" : end.errorType,
    errorMessage: errorMessage(end, requestId, fn),
  });
