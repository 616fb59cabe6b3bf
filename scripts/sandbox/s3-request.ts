/** What requests to the local S3 ask for, and its error responses. */
import { type ApiCall, callerOf } from "./api-call";
import type { ObjectRequest } from "./removals";
import type { Creation } from "./s3-events";

/** The parts of the server's request that are used here. */
export interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export const targetOf = ({ params }: Request): { bucket: string; key: string } => {
  const { bucket = "", "*": key = "" } = params as Record<string, string | undefined>;
  return { bucket, key };
};

/** The server has no route for OPTIONS, and so no parameters. */
export const bucketIn = (url: string): string => decodeURIComponent(/^\/([^/?]*)/.exec(url)?.[1] ?? "");

export const objectRequest = (request: Request): ObjectRequest => ({
  ...targetOf(request),
  method: request.method,
  query: request.query as ObjectRequest["query"],
});

/** Requests that create an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
export const creationBy = (request: Request): Creation | undefined => {
  const query = request.query as Record<string, string | undefined>;
  if (targetOf(request).key === "") return undefined;
  if (request.method === "POST") return query.uploadId === undefined ? undefined : "CompleteMultipartUpload";
  if (request.method !== "PUT" || query.uploadId !== undefined) return undefined;
  if (request.headers[BY_FORM] !== undefined) return "Post";
  return request.headers["x-amz-copy-source"] === undefined ? "Put" : "Copy";
};

export const XML = "application/xml";

/** Marks the PUT that stores the file of a form. */
export const BY_FORM = "x-sandbox-form";

export const isForm = ({ headers }: Request): boolean =>
  String(headers["content-type"]).startsWith("multipart/form-data");

export const READING = ["GET", "HEAD"];

const ACTIONS: Readonly<Record<string, string>> = { GET: "Get", HEAD: "Get", DELETE: "Delete" };

export const callOf = (request: Request): ApiCall => {
  const { bucket, key } = targetOf(request);
  const { versionId } = request.query as Record<string, string | undefined>;
  // A presigned link has the credential in its address.
  const credential = (request.query as Record<string, string | undefined>)["X-Amz-Credential"];
  const caller = callerOf((request.headers.authorization as string | undefined) ?? `Credential=${credential}`);
  if (bucket === "") return { caller, action: "s3:ListAllMyBuckets" };
  if (key === "") return { caller, action: request.method === "PUT" ? "s3:CreateBucket" : "s3:ListBucket", bucket };
  const action = `s3:${ACTIONS[request.method] ?? "Put"}Object${versionId === undefined ? "" : "Version"}`;
  return { caller, action, bucket, key };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const errorXml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

export const NO_SUCH_VERSION = errorXml("NoSuchVersion", "The specified version does not exist.");

export const pathOf = (bucket: string, key: string): string => `/${bucket}/${encodeURIComponent(key)}`;
