/** The Runtime API of one execution environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RuntimeApiOptions {
  readonly functionArn: string;
  /** Whether X-Ray samples each invocation. */
  readonly isTraced: boolean;
  /** The process asks for an invocation: its handler has loaded, or has finished the previous one. */
  readonly onNext: () => void;
  /** The handler returned (no error type) or threw; `payload` is its result or error, as JSON. */
  readonly onAnswer: (requestId: string, payload: string, errorType?: string) => void;
  /** The handler failed to load. */
  readonly onInitError: (payload: string, errorType: string) => void;
}

export interface RuntimeApi {
  /** host:port, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Sends an invocation to the process. Call it after `onNext`. */
  deliver(requestId: string, event: unknown, deadlineMs: number): void;
  stop(): Promise<void>;
}

const PREFIX = "/2018-06-01/runtime/";

export const startRuntimeApi = async (options: RuntimeApiOptions): Promise<RuntimeApi> => {
  let waiting: ServerResponse | undefined;

  const server = createServer(async (request, response) => {
    const path = request.url?.replace(PREFIX, "") ?? "";
    if (path === "invocation/next") {
      waiting = response;
      options.onNext();
      return;
    }
    const payload = await bodyOf(request);
    const errorType = String(request.headers["lambda-runtime-function-error-type"] ?? "Runtime.Unknown");
    const [, requestId = "", outcome] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (path === "init/error") options.onInitError(payload, errorType);
    else if (outcome !== undefined) options.onAnswer(requestId, payload, outcome === "error" ? errorType : undefined);
    response.writeHead(requestId || path === "init/error" ? 202 : 404).end();
  });
  // No time-outs: the request for the next invocation can wait for hours, and an invocation can take minutes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliver: (requestId, event, deadlineMs) => {
      waiting
        ?.writeHead(200, {
          "Content-Type": "application/json",
          "Lambda-Runtime-Aws-Request-Id": requestId,
          "Lambda-Runtime-Deadline-Ms": deadlineMs,
          "Lambda-Runtime-Invoked-Function-Arn": options.functionArn,
          "Lambda-Runtime-Trace-Id": traceId(options.isTraced),
        })
        .end(JSON.stringify(event));
      waiting = undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
};

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const traceId = (isSampled: boolean): string => {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=${isSampled ? 1 : 0}`;
};
