/** Which requests are answered, and the headers of every answer. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Scripts, styles, pictures and connections of this server only; nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

export const protect = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
};

/** Names of this machine only. Another site can make its own name resolve to 127.0.0.1, but the browser sends that name. */
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** @returns why a request is refused, or undefined */
export const refusalOf = ({ headers, method }: IncomingMessage, port: number): string | undefined => {
  const { host = "", origin } = headers;
  if (!LOOPBACK.some((name) => host === `${name}:${port}`)) {
    return `Expected ${LOOPBACK[0]}:${port} for the Host header but got ${JSON.stringify(host)}`;
  }
  const own = `http://${host}`;
  const isState = method !== "GET" && method !== "HEAD";
  if (origin === undefined ? isState : origin !== own) {
    return `Expected ${own} for the Origin header but got ${JSON.stringify(origin ?? "")}`;
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return `Expected same-origin for the Sec-Fetch-Site header but got ${JSON.stringify(site)}`;
  }
  return undefined;
};
