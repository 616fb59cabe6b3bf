/** A client of the stack's HTTP API on this machine, with the token or the signature that its routes ask for. */
import type { ApiBlueprint } from "./api-blueprint";
import { FUNCTION_SECRET } from "./api-call";
import { signedHeaders } from "./signed-request";
import type { Claims } from "./tokens";

/** Sends a request as this caller. @param body is sent as JSON. @default no body */
export type AskApi = (method: string, path: string, body?: object) => Promise<Response>;

export interface ApiClientOptions {
  readonly api: ApiBlueprint;
  readonly url: string;
  /** Clock of tokens and signatures, in milliseconds since 1970. */
  readonly now: () => number;
  readonly issueToken: (claims: Claims) => string;
}

/** Key id and subject of the caller. */
const CALLER = "CLIENT";

export const apiClient = ({ api, url, now, issueToken }: ApiClientOptions): AskApi => {
  const [{ authorization } = { authorization: "NONE" }] = api.routes;
  const credentialsFor = (method: string, address: string, body: string): Record<string, string> => {
    if (authorization === "NONE") return {};
    if (authorization === "JWT") return { authorization: `Bearer ${issueToken({ sub: CALLER })}` };
    const scope = { service: "execute-api", region: "us-east-1", secret: FUNCTION_SECRET, keyId: CALLER, nowMs: now() };
    const { host: _, ...headers } = signedHeaders({ method, url: address, body: Buffer.from(body) }, scope);
    return headers;
  };
  return (method, path, body) => {
    const address = `${url}${path}`;
    const text = body === undefined ? "" : JSON.stringify(body);
    return fetch(address, {
      method,
      headers: { ...credentialsFor(method, address, text), ...(text && { "content-type": "application/json" }) },
      ...(text && { body: text }),
    });
  };
};
