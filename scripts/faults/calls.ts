/** How the function's calls behave during a fault: refused, slow, or held until a gate opens. */
import type { ApiCall, ApiRefusal } from "../sandbox/api-call";

/** Delays or refuses one call of the function. */
export type OnCall = (call: ApiCall) => Promise<ApiRefusal | undefined>;

export const DENIED: ApiRefusal = { status: 403, code: "AccessDenied", message: "Access Denied" };
export const UNAVAILABLE: ApiRefusal = {
  status: 503,
  code: "ServiceUnavailable",
  message: "Please reduce your request rate.",
};

/** DynamoDB answers a denied request with status 400. */
export const TABLE_DENIED: ApiRefusal = {
  status: 400,
  code: "AccessDeniedException",
  message: "User is not authorized to perform: dynamodb:UpdateItem",
};
export const TABLE_THROTTLED: ApiRefusal = {
  status: 400,
  code: "ThrottlingException",
  message: "Throughput exceeds the current capacity of your table or index.",
};
export const TABLE_UNAVAILABLE: ApiRefusal = {
  status: 500,
  code: "InternalServerError",
  message: "The request processing has failed because of an internal error.",
};

export const isStorage = ({ action }: Pick<ApiCall, "action">) => action.startsWith("s3:");

const after = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** S3 refuses every call. @param queue refusal of the dead-letter queue. @default other services answer */
export const storageRefuses =
  (refusal: ApiRefusal, queue?: ApiRefusal): OnCall =>
  async (call) =>
    isStorage(call) ? refusal : call.action.startsWith("sqs:") ? queue : undefined;

/** Every call to a service is refused. @param service as in the names of its actions */
export const serviceRefuses =
  (service: "cloudwatch" | "dynamodb", refusal: ApiRefusal): OnCall =>
  async ({ action }) =>
    action.startsWith(`${service}:`) ? refusal : undefined;

/** A service accepts calls and does not answer them. */
export const serviceStalls =
  (service: "cloudwatch" | "dynamodb"): OnCall =>
  ({ action }) =>
    action.startsWith(`${service}:`) ? new Promise(() => {}) : Promise.resolve(undefined);

/** S3 answers each call after a delay. */
export const storageDelays =
  (ms: number): OnCall =>
  (call) =>
    isStorage(call) ? after(ms) : Promise.resolve(undefined);

/**
 * S3 delays storing the variants until the invocation has lasted `lastsMs`. The delay counts from the download, so
 * processing time is part of it and a busy machine makes no difference.
 */
export const slowStore = (lastsMs: number): OnCall => {
  let begunAt = 0;
  return ({ action }) => {
    if (action.startsWith("s3:Get")) begunAt = performance.now();
    return action === "s3:PutObject" ? after(begunAt + lastsMs - performance.now()) : Promise.resolve(undefined);
  };
};

/** DynamoDB answers each call after a delay. */
export const tableDelays =
  (ms: number): OnCall =>
  ({ action }) =>
    action.startsWith("dynamodb:") ? after(ms) : Promise.resolve(undefined);
