/** What the embedded server of the local S3 lacks, as hooks on its requests. */
import type { ServerResponse } from "node:http";
import type { CorsBlueprint } from "./api-blueprint";
import type { ApiRefusal, Intercept } from "./api-call";
import { allowedBy, corsHeaders, crossOriginOf, preflightHeaders } from "./cors";
import { answerForm, readForm } from "./form-post";
import type { DescribeFunction } from "./function-api";
import { INVOKE_PATH, type Invoke } from "./invoke-api";
import { OperationRefused, type Operations } from "./operations";
import type { Credentials } from "./post-policy";
import { rawRequest } from "./raw-request";
import { BY_FORM, bucketIn, callOf, errorXml, isForm, pathOf, targetOf, XML } from "./s3-request";

export type Server = ReturnType<typeof import("fauxqs", { with: { "resolution-mode": "import" }}).buildApp>;

/** Services whose AWS JSON calls the embedded server answers. */
const SERVED = /^AmazonSQS\./;

const isOtherLambdaCall = (url: string): boolean =>
  /^\/\d{4}-\d{2}-\d{2}\/functions\//.test(url) && !/\/invocations(\?|$)/.test(url);

const NOT_AN_ACCOUNT = {
  __type: "NotAnAccount",
  message:
    "this address is a stack on this machine, not an AWS account; it answers S3, SQS, Query of DynamoDB, runs of Step Functions, Invoke, FilterLogEvents and GetMetricStatistics",
};

/** Calls of other services at the same address. All other calls of these services are refused. */
export const answerOtherServices = (app: Server, operations: Operations, describeFunction?: DescribeFunction): void => {
  app.addHook("preHandler", async (request, reply) => {
    const target = request.headers["x-amz-target"];
    const operation = operations[String(target)];
    if (operation === undefined) {
      const described = target === undefined ? describeFunction?.(request.method, request.url) : undefined;
      if (described !== undefined) return reply.type("application/json").send(JSON.stringify(described));
      const isUnknown = target === undefined ? isOtherLambdaCall(request.url) : !SERVED.test(String(target));
      return isUnknown ? reply.status(400).header("x-amzn-errortype", "NotAnAccount").send(NOT_AN_ACCOUNT) : undefined;
    }
    const { body } = request;
    // The server parses AWS JSON 1.0 (for SQS), but not 1.1.
    reply.header("content-type", request.headers["content-type"]);
    try {
      const answer = await operation(Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body);
      return reply.send(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof OperationRefused)) throw error;
      return reply.status(400).send(JSON.stringify({ __type: error.type, message: error.message }));
    }
  });
};

/** Before all other hooks: browsers send preflight requests without a signature, and read an error only if it has the headers. */
export const answerCrossOrigin = (app: Server, cors: ReadonlyMap<string, readonly CorsBlueprint[]>): void => {
  app.addHook("onRequest", async (request, reply) => {
    const crossOrigin = crossOriginOf(request.method, request.headers);
    if (crossOrigin === undefined) return;
    const rule = allowedBy(cors.get(bucketIn(request.url)) ?? [], crossOrigin);
    if (request.method !== "OPTIONS") {
      for (const [name, value] of Object.entries(rule ? corsHeaders(rule, crossOrigin) : {}))
        reply.raw.setHeader(name, value);
      return;
    }
    if (rule !== undefined) return reply.status(200).headers(preflightHeaders(rule, crossOrigin)).send();
    const why = "CORSResponse: This CORS request is not allowed.";
    return reply.status(403).type(XML).send(errorXml("AccessForbidden", why));
  });
};

interface Forms {
  /** Keys whose signature is accepted, by access key id. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly now: () => number;
  readonly endpointUrl: () => string;
}

/** The server answers 200 to a form and stores nothing. Its file is stored by a PUT in the name of the form's signer. */
export const acceptForms = (app: Server, { credentials, now, endpointUrl }: Forms): void => {
  app.addHook("onRequest", async (request, reply) => {
    const { bucket, key } = targetOf(request);
    if (request.method !== "POST" || key !== "" || !isForm(request)) return;
    reply.hijack();
    const form = await readForm(request.raw, { bucket, credentials, nowMs: now() });
    if ("code" in form) return refuse(reply.raw, form);
    const path = pathOf(bucket, form.key);
    const signed = { authorization: `AWS4-HMAC-SHA256 Credential=${form.accessKeyId}/`, [BY_FORM]: "true" };
    const stored = await rawRequest("PUT", endpointUrl(), path, form.bytes, { ...form.headers, ...signed });
    if (stored.status !== 200) reply.raw.writeHead(stored.status, { "content-type": XML }).end(stored.body);
    else answerForm(reply.raw, form, { bucket, location: endpointUrl() + path, eTag: String(stored.headers.etag) });
  });
};

/** Delays calls to S3, or refuses them. */
export const interceptCalls = (app: Server, intercept: Intercept): void => {
  app.addHook("onRequest", async (request, reply) => {
    // Not an S3 call.
    if (request.headers["x-amz-target"] !== undefined || request.url.startsWith("/_fauxqs/")) return;
    const refusal = await intercept(callOf(request));
    if (refusal === undefined) return;
    const body = request.method === "HEAD" ? "" : errorXml(refusal.code, refusal.message);
    return reply.status(refusal.status).header("content-type", XML).send(body);
  });
};

/** Lambda's Invoke at the same address. */
export const answerInvoke = (app: Server, invoke: Invoke): void => {
  app.post(INVOKE_PATH, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
    const logType = String(request.headers["x-amz-log-type"] ?? "None");
    const { status, headers, body } = await invoke({ name, type, payload: String(request.body ?? ""), logType });
    return reply
      .status(status)
      .headers({ "content-type": "application/json", ...headers })
      .send(body);
  });
};

const refuse = (response: ServerResponse, { status, code, message }: ApiRefusal): void => {
  response.writeHead(status, { "content-type": XML, connection: "close" }).end(errorXml(code, message));
};
