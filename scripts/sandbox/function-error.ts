/** What Lambda tells of an invocation that failed: the handler's own words, or its own where the process could not speak. */
import type { FunctionBlueprint } from "./blueprint";
import type { End } from "./execution-environment";

/** As an error payload and a dead letter have it. @returns nothing for a success */
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

/** @returns what whoever waits gets in place of the handler's own error */
export const errorPayload = (end: End, requestId: string, fn: FunctionBlueprint): string =>
  JSON.stringify({
    errorType: end.status === "timeout" ? "Sandbox.Timedout" : end.errorType,
    errorMessage: errorMessage(end, requestId, fn),
  });
