/** One API call to the local services, and the hook that can delay or refuse it. */

export interface ApiCall {
  /** The access key id that signed the call: `FUNCTION_ACCESS_KEY_ID` for the function under test. */
  readonly caller: string;
  /** The IAM action that the call needs: `s3:GetObject`, `cloudwatch:PutMetricData`. */
  readonly action: string;
  /** @default the call names no bucket */
  readonly bucket?: string;
  /** @default the call names no object */
  readonly key?: string;
  /** ARN. @default the call names no queue */
  readonly queueArn?: string;
  /** ARN. @default the call names no table */
  readonly tableArn?: string;
}

export interface ApiRefusal {
  /** HTTP status. */
  readonly status: number;
  /** For example AccessDenied, SlowDown or InternalError. */
  readonly code: string;
  readonly message: string;
}

/** Called before each API call runs. It can delay the call (slow service), never resolve (no answer), or return a refusal. */
export type Intercept = (call: ApiCall) => Promise<ApiRefusal | undefined>;

/** The function that uploads invoke signs its calls with this key id, which distinguishes it from other callers. */
export const FUNCTION_ACCESS_KEY_ID = "FUNCTION";

/** @returns the key id with which another function signs its calls */
export const accessKeyIdOf = ({ name }: { readonly name: string }): string => `${FUNCTION_ACCESS_KEY_ID}-${name}`;

/** The secret key and the session token of every function. */
export const FUNCTION_SECRET = "local";

/** @param authorization the Authorization header of a request signed with Signature Version 4 */
export const callerOf = (authorization: string | undefined): string =>
  /Credential=([^/]+)\//.exec(authorization ?? "")?.[1] ?? "anonymous";
