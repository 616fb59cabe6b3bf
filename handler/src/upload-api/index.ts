/** The Lambda entry point of the upload API: issues upload links, and reports the state of an upload. */
import type { Context } from "aws-lambda";
import { readLedger } from "../../contract/settings";
import {
  DOWNLOAD_SECONDS,
  ISSUED_VERSION,
  ROUTES,
  UNUSED_RECORD_SECONDS,
  UPLOAD_API_SETTINGS,
} from "../../contract/upload-api";
import { asError, oneLine } from "../errors";
import { createLog, type Log } from "../logger";
import { createRecordWriter } from "../records-table";
import { type Authorizer, callerHash } from "./caller";
import { downloadLink, issueLink } from "./links";
import { RequestRefused } from "./request-refused";
import { findRecord, type StoredRecord } from "./stored-records";
import { wantedUpload } from "./wanted-upload";

/** A request of an HTTP API in payload format 2.0: the parts that are used here. */
interface Request {
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly authorizer?: Authorizer };
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const settings = readLedger(UPLOAD_API_SETTINGS, process.env);
/** A client waits longer for its link than an image for its record: two requests that stall fit into the function's timeout. */
const writeRecord = createRecordWriter(settings.RECORDS_TABLE, 2_500);

/** Links are secrets for some minutes, so no cache may keep an answer. */
const answer = (statusCode: number, body: object): Response => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});

const bodyOf = ({ body = "", isBase64Encoded = false }: Request): string =>
  isBase64Encoded ? Buffer.from(body, "base64").toString() : body;

/** The longest wait for the record of a link. */
const RECORD_TIMEOUT_MS = 6_000;

/** Without its record, an upload could not be found again: it is written before the client gets the link. */
const postUpload = async (request: Request, log: Log): Promise<Response> => {
  const caller = callerHash(request.requestContext.authorizer);
  const wanted = wantedUpload(bodyOf(request));
  const { UPLOAD_BUCKET: bucket, MAX_IMAGE_BYTES: maxBytes } = settings;
  const { id, key, url, fields, expiresMs } = await issueLink(bucket, caller, wanted, maxBytes);
  const expiresAt = Math.ceil(Date.now() / 1_000) + UNUSED_RECORD_SECONDS;
  const record = { key, version: ISSUED_VERSION, state: "issued", at: new Date().toISOString() } as const;
  await writeRecord({ ...record, fields: { expiresAt } }, AbortSignal.timeout(RECORD_TIMEOUT_MS));
  log("link.issued", { bucket, key });
  return answer(201, { id, url, fields, expiresAt: new Date(expiresMs).toISOString() });
};

const linksTo = async (variants: NonNullable<StoredRecord["variants"]>) => {
  const links = Object.entries(variants).map(async ([name, { key, bytes }]) => [
    name,
    { url: await downloadLink(settings.PROCESSED_BUCKET, key), bytes },
  ]);
  return Object.fromEntries(await Promise.all(links));
};

const getImage = async (request: Request): Promise<Response> => {
  const { id = "" } = request.pathParameters ?? {};
  const caller = callerHash(request.requestContext.authorizer);
  const record = /^[0-9a-f]{32}$/.test(id) ? await findRecord(settings.RECORDS_TABLE, `${caller}/${id}`) : undefined;
  // The same answer for an id of another caller: it does not tell which ids exist.
  if (record === undefined) throw new RequestRefused(404, `Image ${JSON.stringify(id.slice(0, 40))} does not exist`);
  const { state, reason, detail, sizeBytes, format, widthPx, heightPx, variants, updatedAt } = record;
  const known = { id, state, updatedAt, reason, detail, sizeBytes, format, widthPx, heightPx };
  if (state !== "processed" || variants === undefined) return answer(200, known);
  const linksExpireAt = new Date(Date.now() + DOWNLOAD_SECONDS * 1_000).toISOString();
  return answer(200, { ...known, variants: await linksTo(variants), linksExpireAt });
};

const HANDLERS: Readonly<Record<string, (request: Request, log: Log) => Promise<Response>>> = {
  [ROUTES.issueLink]: postUpload,
  [ROUTES.getImage]: getImage,
};

/** @returns the answer to a client; 500 if a service failed, so that API Gateway counts it */
export const handler = async (request: Request, { awsRequestId }: Pick<Context, "awsRequestId">): Promise<Response> => {
  const log = createLog({ LOG_LEVEL: settings.LOG_LEVEL, REFUSAL_LOG_LEVEL: "ERROR" }, awsRequestId);
  const { routeKey: operation } = request;
  try {
    const handle = HANDLERS[operation];
    if (handle === undefined) throw new RequestRefused(404, `Expected one of ${Object.values(ROUTES).join(", ")}`);
    return await handle(request, log);
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof RequestRefused) {
      log("request.refused", { operation, statusCode: error.status, problem: error.message });
      return answer(error.status, { message: error.message });
    }
    log("request.failed", { operation, errorName: error.name, errorMessage: oneLine(error) });
    return answer(500, { message: "The service failed. Try again." });
  }
};
