/** Lambda's Invoke API for external callers: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import type { FunctionBlueprint } from "./blueprint";
import type { Lambda, Outcome } from "./lambda";

export const INVOKE_PATH = "/2015-03-31/functions/:name/invocations";

interface InvokeRequest {
  /** Name or ARN of the function, with or without a qualifier. */
  readonly name: string;
  /** RequestResponse, Event or DryRun. */
  readonly type: string;
  readonly payload: string;
  /** None or Tail. */
  readonly logType: string;
}

interface InvokeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Invoke = (request: InvokeRequest) => Promise<InvokeResponse>;

const refused = (status: number, type: string, message: string): InvokeResponse => ({
  status,
  headers: { "x-amzn-errortype": type },
  body: JSON.stringify({ Type: "User", Message: message }),
});

const parsed = (payload: string): unknown => {
  try {
    return JSON.parse(payload === "" ? "{}" : payload);
  } catch {
    return undefined;
  }
};

const isCalled = (name: string, { name: own, arn }: Invocable["blueprint"]): boolean =>
  [own, arn].some((each) => name === each || name.startsWith(`${each}:`));

/** A function that can be invoked. */
interface Invocable {
  readonly blueprint: Pick<FunctionBlueprint, "name" | "arn">;
  readonly lambda: Pick<Lambda, "call" | "invoke">;
}

/** Lambda answers with this many bytes of the log at most. */
const TAIL_BYTES = 4_096;

const tailOf = (lines: readonly string[]): string =>
  Buffer.from(lines.map((line) => `${line}\n`).join(""))
    .subarray(-TAIL_BYTES)
    .toString("base64");

/**
 * @param logOf lines that an invocation has logged
 * @param onQueued called with the outcome of each asynchronous invocation
 */
export const invokeApi =
  (
    functions: () => readonly Invocable[],
    logOf: (requestId: string) => readonly string[],
    onQueued: (outcome: Promise<Outcome>) => void,
  ): Invoke =>
  async ({ name, type, payload, logType }) => {
    const lambda = functions().find(({ blueprint }) => isCalled(name, blueprint))?.lambda;
    if (lambda === undefined) return refused(404, "ResourceNotFoundException", `Function not found: ${name}`);
    const event = parsed(payload);
    if (event === undefined)
      return refused(400, "InvalidRequestContentException", "Could not parse request body into json");
    if (type === "DryRun") return { status: 204, headers: {}, body: "" };
    if (type === "Event") {
      onQueued(lambda.invoke(event));
      return { status: 202, headers: {}, body: "" };
    }
    const { requestId, status, payload: body } = await lambda.call(event);
    if (status === "throttled") return refused(429, "TooManyRequestsException", "Rate Exceeded.");
    const failed: Record<string, string> = status === "success" ? {} : { "x-amz-function-error": "Unhandled" };
    const log: Record<string, string> = logType === "Tail" ? { "x-amz-log-result": tailOf(logOf(requestId)) } : {};
    const headers = { "x-amzn-requestid": requestId, "x-amz-executed-version": "$LATEST", ...failed, ...log };
    return { status: 200, headers, body };
  };
