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

/** A signature can be used for so long. */
const VALID_MS = 5 * 60_000;

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** RFC 3986: everything but unreserved characters. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"));

/**
 * @param secret of every key on this machine
 * @returns the key id that signed the request for the service; undefined if the signature is wrong or older than five minutes
 */
export const signerOf = (
  { method, url, headers, body }: SignedRequest,
  { service, secret, nowMs }: { readonly service: string; readonly secret: string; readonly nowMs: number },
): string | undefined => {
  const parts = AUTHORIZATION.exec(String(headers.authorization ?? ""))?.groups;
  const time = String(headers["x-amz-date"] ?? "");
  if (parts === undefined || parts.service !== service || !time.startsWith(`${parts.date}T`)) return undefined;
  if (!(Math.abs(nowMs - timeOf(time)) <= VALID_MS)) return undefined;
  const { keyId = "", date = "", region = "", names = "", signature } = parts;
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const query = [...searchParams].map((pair) => pair.map(escaped).join("=")).sort();
  const path = pathname.split("/").map(escaped).join("/");
  const values = names.split(";").map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replace(/ +/g, " ")}\n`,
  );
  const canonical = [method, path, query.join("&"), values.join(""), names, sha256(body)].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  return hmac(key, text).toString("hex") === signature ? keyId : undefined;
};
