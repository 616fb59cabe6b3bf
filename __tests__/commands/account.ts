/** An account on this machine: every call of the commands is answered from a table, in the service's own protocol. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { ServiceError } from "./aws-json";

type Input = Readonly<Record<string, unknown>>;

/** An HTTP response, for what a body alone cannot say. */
export interface Raw {
  readonly raw: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

/** An object for protocols in JSON, the inner XML for those in XML, bytes for an object of S3. */
export type Answer = object | string | Buffer | Raw;

/** Answers by the operation's name in the API reference. An operation without one is answered like moto does: HTTP 500 and HTML. */
export type Answers = Readonly<Record<string, (input: Input) => Answer>>;

/** Operations in REST, by method and path with its query. The first row that matches counts. */
// biome-ignore format: a ledger is read down its columns
const REST: readonly (readonly [request: RegExp, operation: string])[] = [
  [/^GET \/\d{4}-[\d-]+\/functions\/[^/]+\/configuration/,  "GetFunctionConfiguration"],
  [/^GET \/\d{4}-[\d-]+\/functions\/[^/]+\/concurrency/,    "GetFunctionConcurrency"],
  [/^GET \/\d{4}-[\d-]+\/account-settings/,                 "GetAccountSettings"],
  [/^GET \/\d{4}-[\d-]+\/functions\/[^/]+\/policy/,         "GetPolicy"],
  [/^GET \/\d{4}-[\d-]+\/functions\/[^/]+\/aliases\//,      "GetAlias"],
  [/^PUT \/\d{4}-[\d-]+\/functions\/[^/]+\/aliases\//,      "UpdateAlias"],
  [/^GET \/\d{4}-[\d-]+\/functions\/[^/]+\/versions/,       "ListVersionsByFunction"],
  [/^POST \/\d{4}-[\d-]+\/functions\/[^/]+\/invocations/,   "Invoke"],
  [/^GET \/v2\/apis(\?|$)/,                                 "GetApis"],
  [/^GET \/v2\/apis\/[^/]+\/routes/,                        "GetRoutes"],
  [/^GET \/v2\/apis\/[^/]+\/stages\//,                     "GetStage"],
  [/^POST \/uploads$/,                                      "POST /uploads"],
  [/^GET \/(\?[^/]*)?$/,                                    "ListBuckets"],
  [/^GET \/[^/?]+\/?\?.*\bnotification\b/,                  "GetBucketNotificationConfiguration"],
  [/^GET \/[^/?]+\/?\?.*\bencryption\b/,                    "GetBucketEncryption"],
  [/^GET \/[^/?]+\/?\?.*\bcors\b/,                          "GetBucketCors"],
  [/^GET \/[^/?]+\/?\?.*\breplication\b/,                   "GetBucketReplication"],
  [/^GET \/[^/?]+\/?\?.*\bversions\b/,                      "ListObjectVersions"],
  [/^GET \/[^/?]+\/?\?.*\blist-type=2/,                     "ListObjectsV2"],
  [/^POST \/[^/?]+\/?\?.*\bdelete\b/,                       "DeleteObjects"],
  [/^PUT \/[^/?]+\/[^?]+/,                                  "PutObject"],
  [/^GET \/[^/?]+\/[^?]+/,                                  "GetObject"],
  [/^DELETE \/[^/?]+\/[^?]+/,                               "DeleteObject"],
];

interface Call {
  readonly operation: string;
  readonly protocol: "json" | "query" | "rest";
  readonly input: Input;
}

const inputOf = (text: string): Input => {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
};

const callOf = ({ method, url = "", headers }: IncomingMessage, body: string): Call => {
  const target = headers["x-amz-target"];
  if (target !== undefined)
    return { protocol: "json", operation: String(target).split(".")[1] ?? "", input: inputOf(body) };
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { protocol: "query", operation: input.Action ?? "", input };
  }
  const [, operation = `${method} ${url}`] = REST.find(([request]) => request.test(`${method} ${url}`)) ?? [];
  return { protocol: "rest", operation, input: { url, ...inputOf(body) } };
};

const bodyOf = ({ operation, protocol }: Call, answer: Answer): { type: string; body: string | Buffer } => {
  if (Buffer.isBuffer(answer)) return { type: "image/jpeg", body: answer };
  if (typeof answer !== "string") return { type: "application/json", body: JSON.stringify(answer) };
  const result = `<${operation}Result>${answer}</${operation}Result>`;
  const body = protocol === "query" ? `<${operation}Response>${result}</${operation}Response>` : answer;
  return { type: "application/xml", body };
};

const isRaw = (answer: Answer): answer is Raw => typeof answer === "object" && "raw" in answer;

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const answered = (answers: Answers, call: Call): Answered => {
  const answer = answers[call.operation];
  if (answer === undefined) return { status: 500, type: "text/html", body: "<!doctype html>" };
  try {
    const given = answer(call.input);
    if (isRaw(given)) return { status: 200, type: "application/json", body: "", ...given.raw };
    return { status: 200, ...bodyOf(call, given) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const body = JSON.stringify({ __type: error.name, message: error.message });
    return { status: 400, type: "application/json", body };
  }
};

/** @returns the received calls in order, the server's address, and how to stop it */
export const startAccount = async (answers: Answers) => {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = callOf(request, Buffer.concat(chunks).toString());
    calls.push(call);
    const { status, type, body, headers } = answered(answers, call);
    response.writeHead(status, { "content-type": type, ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { calls, endpoint: `http://127.0.0.1:${port}`, stop };
};
