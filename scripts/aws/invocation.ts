/** Invokes a deployed function and waits for its answer. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { ObjectChange } from "../../handler/contract/upload-event";
import { fieldsOf } from "../terminal/log-line";
import { answerTo } from "./account";

export interface Callee {
  readonly lambda: LambdaClient;
  readonly functionName: string;
  /** A version or an alias. @default the latest version */
  readonly qualifier?: string;
}

export interface Invoked {
  readonly requestId: string;
  /** The function's error. @default it succeeded */
  readonly error?: string;
  /** The last lines that the invocation has logged: at most 4 KB, so the first one may be cut. */
  readonly log: readonly string[];
}

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @param payload JSON
 * @throws Error of one line if the function was not invoked
 */
export const invoke = async (
  { lambda, functionName: FunctionName, qualifier: Qualifier }: Callee,
  payload: string,
): Promise<Invoked> => {
  const command = new InvokeCommand({
    ...{ FunctionName, Qualifier, Payload: payload },
    InvocationType: "RequestResponse",
    LogType: "Tail",
  });
  const {
    StatusCode,
    FunctionError,
    Payload,
    LogResult = "",
    $metadata,
  } = await answerTo("Invoke", lambda.send(command));
  const { requestId = "" } = $metadata;
  const log = Buffer.from(LogResult, "base64").toString().split("\n");
  // 202 and 204 are answers to other types of invocation: the function has not run, or not yet.
  if (StatusCode !== 200) return { requestId, log, error: `Expected status 200 from Invoke but got ${StatusCode}` };
  if (FunctionError === undefined) return { requestId, log };
  const { errorMessage = FunctionError } = fieldsOf(Payload?.transformToString() ?? "");
  return { requestId, log, error: String(errorMessage) };
};

const encodedKey = (key: string): string => encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");

/** The uploads as S3 itself sends them: every version of the function can read that. */
export const s3Event = (uploads: readonly Omit<ObjectChange, "change" | "eventName">[]) => ({
  Records: uploads.map(({ bucket, key, sizeBytes, eTag, versionId, time }) => ({
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    eventTime: time,
    s3: { bucket: { name: bucket }, object: { key: encodedKey(key), size: sizeBytes, eTag, versionId } },
  })),
});
