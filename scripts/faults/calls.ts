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

export const isStorage = ({ action }: Pick<ApiCall, "action">) => action.startsWith("s3:");

const after = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** S3 refuses every call. @param queue refusal of the dead-letter queue. @default other services answer */
export const storageRefuses =
  (refusal: ApiRefusal, queue?: ApiRefusal): OnCall =>
  async (call) =>
    isStorage(call) ? refusal : queue;

/** Every service but S3 refuses. */
export const othersRefuse =
  (refusal: ApiRefusal): OnCall =>
  async (call) =>
    isStorage(call) ? undefined : refusal;

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
