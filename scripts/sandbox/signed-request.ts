/** Checks the Signature Version 4 of a request, as API Gateway does: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac } from "node:crypto";

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<keyId>[^/]+)\/(?<date>\d{8})\/(?<region>[\w-]+)\/(?<service>[\w-]+)\/aws4_request, ?SignedHeaders=(?<names>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/** How long a signature is valid. */
const VALID_MS = 5 * 60_000;

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** RFC 3986: everything but unreserved characters. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** What a signature is made with. */
interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly secret: string;
  /** As in the header `x-amz-date`. */
  readonly time: string;
  /** Names of the signed headers, in lower case and in order. */
  readonly names: readonly string[];
}

const signatureOf = ({ method, url, headers, body }: SignedRequest, scope: Scope): string => {
  const { date, region, service, secret, time, names } = scope;
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const query = [...searchParams].map((pair) => pair.map(escaped).join("=")).sort();
  const path = pathname.split("/").map(escaped).join("/");
  const values = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replace(/ +/g, " ")}\n`,
  );
  const canonical = [method, path, query.join("&"), values.join(""), names.join(";"), sha256(body)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request");
  const text = ["AWS4-HMAC-SHA256", time, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  return hmac(key, text).toString("hex");
};

/**
 * @param secret of every key on this machine
 * @returns the key id that signed the request for the service; undefined if the signature is wrong or older than five minutes
 */
export const signerOf = (
  request: SignedRequest,
  { service, secret, nowMs }: { readonly service: string; readonly secret: string; readonly nowMs: number },
): string | undefined => {
  const { headers } = request;
  const parts = AUTHORIZATION.exec(String(headers.authorization ?? ""))?.groups;
  const time = String(headers["x-amz-date"] ?? "");
  if (parts === undefined || parts.service !== service || !time.startsWith(`${parts.date}T`)) return undefined;
  if (!(Math.abs(nowMs - timeOf(time)) <= VALID_MS)) return undefined;
  const { keyId = "", date = "", region = "", names = "", signature } = parts;
  const scope = { date, region, service, secret, time, names: names.split(";") };
  return signatureOf(request, scope) === signature ? keyId : undefined;
};

/** @returns the headers to send with the request, with its signature */
export const signedHeaders = (
  { method, url, body }: Pick<SignedRequest, "method" | "url" | "body">,
  { keyId, nowMs, ...of }: Pick<Scope, "service" | "region" | "secret"> & { keyId: string; nowMs: number },
): Record<string, string> => {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { host: new URL(url).host, "x-amz-date": time };
  const scope = { ...of, time, date: time.slice(0, 8), names: Object.keys(headers) };
  const signature = signatureOf({ method, url, headers, body }, scope);
  const credential = `${keyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${scope.names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
};
