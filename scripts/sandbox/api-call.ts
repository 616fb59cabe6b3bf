/** One call to the local AWS, and what may be done to it on its way. */

export interface ApiCall {
  /** The access key id that signed the call: `FUNCTION_ACCESS_KEY_ID` for the function under test. */
  readonly caller: string;
  /** Named as the IAM action it needs: `s3:GetObject`, `cloudwatch:PutMetricData`. */
  readonly action: string;
  /** @default the call is about no bucket */
  readonly bucket?: string;
  /** @default the call is about no object */
  readonly key?: string;
  /** ARN. @default the call is about no queue */
  readonly queueArn?: string;
}

export interface ApiRefusal {
  /** HTTP status. */
  readonly status: number;
  /** Such as AccessDenied, SlowDown, InternalError. */
  readonly code: string;
  readonly message: string;
}

/** Sees every call before it is carried out: may delay it (a slow service), never settle (a silent one), or refuse it. */
export type Intercept = (call: ApiCall) => Promise<ApiRefusal | undefined>;

/** With these keys the function signs its calls, so that it can be told from other callers. */
export const FUNCTION_ACCESS_KEY_ID = "FUNCTION";

/** @param authorization header of a request signed with Signature Version 4 */
export const callerOf = (authorization: string | undefined): string =>
  /Credential=([^/]+)\//.exec(authorization ?? "")?.[1] ?? "anonymous";
