/** Cross-origin requests as API Gateway and S3 answer them: https://fetch.spec.whatwg.org/#http-cors-protocol */
import type { CorsBlueprint } from "./api-blueprint";

type Headers = Readonly<Record<string, string>>;

/** What a browser says about a request to another origin. */
export interface CrossOriginRequest {
  readonly origin: string;
  readonly method: string;
  /** In lower case. */
  readonly headers: readonly string[];
}

/** `*` in an origin or header stands for any text. */
const covers = (pattern: string, text: string): boolean => {
  const [start = "", end] = pattern.split("*");
  return end === undefined ? pattern === text : text.startsWith(start) && text.endsWith(end);
};

/** @param headers of an incoming request @returns undefined if the request is not from another origin */
export const crossOriginOf = (
  method: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): CrossOriginRequest | undefined => {
  const { origin } = headers;
  if (typeof origin !== "string") return undefined;
  const asked = String(headers["access-control-request-headers"] ?? "");
  return {
    origin,
    method: String(headers["access-control-request-method"] ?? method),
    headers: asked.split(",").flatMap((name) => name.trim().toLowerCase() || []),
  };
};

/** @returns the first rule that allows the request */
export const allowedBy = (rules: readonly CorsBlueprint[], request: CrossOriginRequest): CorsBlueprint | undefined =>
  rules.find(
    ({ origins, methods, headers }) =>
      origins.some((pattern) => covers(pattern, request.origin)) &&
      methods.some((method) => method === "*" || method === request.method) &&
      request.headers.every((name) => headers.some((pattern) => covers(pattern, name))),
  );

/** @returns the headers of an answer that the page may read */
export const corsHeaders = ({ origins, exposed }: CorsBlueprint, { origin }: CrossOriginRequest): Headers => ({
  "access-control-allow-origin": origins.includes("*") ? "*" : origin,
  vary: "Origin",
  ...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
});

/** @returns the headers of the answer to a preflight request */
export const preflightHeaders = (rule: CorsBlueprint, request: CrossOriginRequest): Headers => ({
  ...corsHeaders(rule, request),
  "access-control-allow-methods": rule.methods.join(", "),
  ...(request.headers.length > 0 && { "access-control-allow-headers": request.headers.join(", ") }),
  "access-control-max-age": String(rule.maxAgeSeconds),
});
