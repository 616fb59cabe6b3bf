/**
 * A local HTTP API: serves the routes of a synthesized stack as API Gateway does, with its authorizers, throttling, CORS and
 * metrics. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiBlueprint, RouteBlueprint } from "./api-blueprint";
import { FUNCTION_SECRET } from "./api-call";
import { type AskApi, apiClient } from "./api-client";
import { allowedBy, corsHeaders, crossOriginOf, preflightHeaders } from "./cors";
import type { Answer } from "./lambda";
import type { SentDatum } from "./sent";
import { signerOf } from "./signed-request";
import { createThrottle } from "./throttle";
import { type Claims, createTokenIssuer } from "./tokens";

export interface HttpApiOptions {
  readonly api: ApiBlueprint;
  /** @default a free port */
  readonly port?: number;
  /** Clock for throttling and metrics, in milliseconds since 1970. */
  readonly now: () => number;
  /** Clock of clients, for tokens and signatures. @default Date.now */
  readonly clientNow?: (() => number) | undefined;
  /** Called for each request, when it is answered. @default nothing is called */
  readonly onRequest?: ((request: ApiRequest) => void) | undefined;
  /** Invokes a function synchronously. */
  readonly call: (functionName: string, event: unknown) => Promise<Answer>;
  /** Called for every datum of the namespace AWS/ApiGateway. */
  readonly onDatum: (datum: SentDatum) => void;
}

/** A request that the API has answered. */
export interface ApiRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface HttpApi {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** @returns a token that the API accepts, with these claims. @throws Error if no route needs one */
  issueToken(claims: Claims): string;
  /** Sends a request as a caller that the API accepts. */
  readonly ask: AskApi;
  stop(): Promise<void>;
}

interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const message = (status: number, text: string): Response => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: text }),
});

/** API Gateway's own answers. */
const NOT_FOUND = message(404, "Not Found");
const UNAUTHORIZED = message(401, "Unauthorized");
const FORBIDDEN = message(403, "Forbidden");
const TOO_LARGE = message(413, "Request Entity Too Large");
const TOO_MANY = message(429, "Too Many Requests");
const FAILED = message(500, "Internal Server Error");
const UNAVAILABLE = message(503, "Service Unavailable");

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 ** 2;

/** @returns the parameters of the path; undefined if it does not match the route */
const parametersOf = (routeKey: string, method: string, path: string): Record<string, string> | undefined => {
  const [wanted, pattern = ""] = routeKey.split(" ");
  if (wanted !== method) return undefined;
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const found = new RegExp(`^${pattern.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path)?.slice(1);
  return found && Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i] ?? "")]));
};

/** @returns the body; undefined if it is too large */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
};

interface Received {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, version 2.0 */
const eventOf = (
  { request, path, body }: Received,
  route: RouteBlueprint,
  { parameters, authorizer, api, nowMs }: { parameters: object; authorizer?: object; api: ApiBlueprint; nowMs: number },
) => ({
  version: "2.0",
  routeKey: route.routeKey,
  rawPath: path,
  rawQueryString: (request.url ?? "").split("?")[1] ?? "",
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(",")])),
  ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
  requestContext: {
    ...{ accountId: "000000000000", apiId: api.id, routeKey: route.routeKey, stage: api.stage },
    ...{ requestId: randomUUID(), timeEpoch: nowMs, ...(authorizer && { authorizer }) },
    http: { method: request.method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
  },
  ...(body.length > 0 && { body: body.toString() }),
  isBase64Encoded: false,
});

const responseOf = ({ status, payload }: Answer): Response => {
  if (status === "throttled") return UNAVAILABLE;
  if (status !== "success") return status === "timeout" ? UNAVAILABLE : FAILED;
  const { statusCode, headers, body } = JSON.parse(payload) ?? {};
  return typeof statusCode === "number" ? { status: statusCode, headers, body } : FAILED;
};

/** @throws Error if the port is in use */
export const startHttpApi = async (options: HttpApiOptions): Promise<HttpApi> => {
  const { api, now, clientNow = Date.now, call, onDatum, onRequest, port = 0 } = options;
  const jwt = api.routes.find((route) => route.jwt !== undefined)?.jwt;
  const issuer = jwt && createTokenIssuer(jwt.issuer, clientNow);
  const throttles = new Map(api.routes.map((route) => [route, createThrottle(route.throttle, now)]));

  /** @returns what the function learns about the caller, or the refusal */
  const authorize = (route: RouteBlueprint, { request, body }: Received): { authorizer?: object } | Response => {
    if (route.authorization === "NONE") return {};
    if (route.jwt !== undefined) {
      const token = /^(?:Bearer )?(\S+)$/.exec(request.headers.authorization ?? "")?.[1];
      const claims = token === undefined ? undefined : issuer?.claimsOf(token, route.jwt);
      return claims === undefined ? UNAUTHORIZED : { authorizer: { jwt: { claims, scopes: null } } };
    }
    const { method = "", url = "", headers } = request;
    const expected = { service: "execute-api", secret: FUNCTION_SECRET, nowMs: clientNow() };
    const userId = signerOf({ method, url, headers, body }, expected);
    const iam = { accountId: "000000000000", accessKey: userId, userId, cognitoIdentity: null };
    return userId === undefined ? FORBIDDEN : { authorizer: { iam } };
  };

  const answer = async (request: IncomingMessage, path: string): Promise<Response> => {
    const body = await bodyOf(request);
    for (const route of api.routes) {
      const parameters = parametersOf(route.routeKey, request.method ?? "", path);
      if (parameters === undefined) continue;
      if (!throttles.get(route)?.()) return TOO_MANY;
      if (body === undefined) return TOO_LARGE;
      const received = { request, path, body };
      const allowed = authorize(route, received);
      if ("status" in allowed) return allowed;
      const event = eventOf(received, route, { parameters, ...allowed, api, nowMs: now() });
      return responseOf(await call(route.functionName, event));
    }
    return NOT_FOUND;
  };

  const measure = (status: number, latencyMs: number): void => {
    const counts = { Count: 1, "4xx": Number(status >= 400 && status < 500), "5xx": Number(status >= 500) };
    const dimensions = { ApiId: api.id, Stage: api.stage };
    const sentMs = now();
    const publish = (name: string, unit: string, value: number) =>
      onDatum({
        ...{ namespace: "AWS/ApiGateway", name, dimensions, unit, value },
        ...{ timestampMs: sentMs, sentMs, channel: "apiMetric" },
      });
    for (const [name, value] of Object.entries(counts)) publish(name, "Count", value);
    publish("Latency", "Milliseconds", latencyMs);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = now();
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const crossOrigin = crossOriginOf(request.method ?? "", request.headers);
    const rule = crossOrigin && allowedBy(api.cors ? [api.cors] : [], crossOrigin);
    if (request.method === "OPTIONS" && api.cors !== undefined) {
      request.resume();
      response.writeHead(204, rule && crossOrigin ? preflightHeaders(rule, crossOrigin) : {}).end();
      return;
    }
    const { status, headers = {}, body = "" } = await answer(request, path).catch(() => FAILED);
    response.writeHead(status, { ...headers, ...(rule && crossOrigin && corsHeaders(rule, crossOrigin)) }).end(body);
    const durationMs = now() - startedMs;
    measure(status, durationMs);
    onRequest?.({ atMs: startedMs, method: request.method ?? "", path, status, durationMs });
  };

  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issueToken = (claims: Claims): string => {
    if (issuer === undefined) throw new Error(`Expected a route with tokens for API ${api.name} but got none`);
    return issuer.issue({ aud: jwt?.audience[0], ...claims });
  };
  return {
    url,
    issueToken,
    ask: apiClient({ api, url, now: clientNow, issueToken }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
