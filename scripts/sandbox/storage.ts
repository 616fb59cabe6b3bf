/** Local S3: an embedded server with the stack's buckets that reports each created and deleted object. */
import type { ServerResponse } from "node:http";
import type { CorsBlueprint } from "./api-blueprint";
import { type ApiCall, type ApiRefusal, callerOf, type Intercept } from "./api-call";
import { allowedBy, corsHeaders, crossOriginOf, preflightHeaders } from "./cors";
import { DAMAGES, type Damage } from "./damage";
import { answerForm, readForm } from "./form-post";
import type { DescribeFunction } from "./function-api";
import { INVOKE_PATH, type Invoke } from "./invoke-api";
import { OperationRefused, type Operations } from "./operations";
import type { Credentials } from "./post-policy";
import { type RawResponse, rawRequest } from "./raw-request";
import { createRemovals, type ObjectRequest } from "./removals";
import type { CreatedObject, Creation, RemovedObject } from "./s3-events";
import { createVersions } from "./versions";

export interface StorageOptions {
  readonly buckets: readonly string[];
  /** Names of the versioned buckets. @default none */
  readonly versioned?: readonly string[];
  /** @default a free port */
  readonly port?: number;
  /** @default every call runs at once */
  readonly intercept?: Intercept;
  /** How to damage the response of a successful call. @default not at all */
  readonly damage?: (call: ApiCall) => Damage | undefined;
  /** AWS JSON calls of other services on the same endpoint. @default none */
  readonly operations?: Operations;
  /** CORS rules by bucket. @default none */
  readonly cors?: ReadonlyMap<string, readonly CorsBlueprint[]>;
  /** Keys whose signature on an upload form is accepted, by access key id. @default none */
  readonly credentials?: ReadonlyMap<string, Credentials>;
  /** Clock for the expiry of upload forms, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Lambda's Invoke on the same endpoint. @default there is no function */
  readonly invoke?: Invoke;
  /** Lambda's calls that describe a function, on the same endpoint. @default they are refused */
  readonly describeFunction?: DescribeFunction;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** User metadata, names in lower case and without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Storage {
  /** http://127.0.0.1:<port> */
  readonly endpointUrl: string;
  /** Calls the listener for each object stored from now on, before the uploader gets its response. */
  subscribe(listener: (object: Promise<CreatedObject>) => void): void;
  /** Calls the listener for each object deleted from now on, before the caller gets its response. */
  onRemoved(listener: (object: RemovedObject) => void): void;
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  get(bucket: string, key: string): Promise<StoredObject>;
  remove(bucket: string, key: string): Promise<void>;
  /** Forgets an object with all of its versions, to free memory: no listener is called. */
  erase(bucket: string, key: string): Promise<void>;
  /** Closes all connections, including those of unanswered calls. */
  stop(): Promise<void>;
}

/** S3 accepts 5 GB in one PUT; the embedded server's default limit is 11 MiB. */
const MAX_BODY_BYTES = 1024 ** 3;

const METADATA = "x-amz-meta-";

/** Services whose AWS JSON calls the embedded server answers. */
const SERVED = /^AmazonSQS\./;

const isOtherLambdaCall = (url: string): boolean =>
  /^\/\d{4}-\d{2}-\d{2}\/functions\//.test(url) && !/\/invocations(\?|$)/.test(url);

const NOT_AN_ACCOUNT = {
  __type: "NotAnAccount",
  message:
    "this address is a stack on this machine, not an AWS account; it answers S3, SQS, Query of DynamoDB, runs of Step Functions, Invoke, FilterLogEvents and GetMetricStatistics",
};

/** @throws Error if the port is in use */
export const startStorage = async (options: StorageOptions): Promise<Storage> => {
  const { buildApp } = await import("fauxqs");
  const app = buildApp({ logger: false });
  app.removeContentTypeParser("*");
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  // An empty upload reaches no parser, and the server treats a missing body as an error.
  app.addHook("preHandler", (request, _reply, done) => {
    if (request.method === "PUT") request.body ??= Buffer.alloc(0);
    done();
  });

  const { intercept, damage, versioned = [], operations = {}, describeFunction } = options;
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
  const { credentials = new Map(), now = Date.now, cors = new Map() } = options;
  // Before all other hooks: browsers send preflight requests without a signature, and read an error only if it has the headers.
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
  // The server answers 200 to a form and stores nothing. Its file is stored by a PUT in the name of the form's signer.
  app.addHook("onRequest", async (request, reply) => {
    const { bucket, key } = targetOf(request);
    if (request.method !== "POST" || key !== "" || !isForm(request)) return;
    reply.hijack();
    const form = await readForm(request.raw, { bucket, credentials, nowMs: now() });
    if ("code" in form) return refuse(reply.raw, form);
    const path = pathOf(bucket, form.key);
    const signed = { authorization: `AWS4-HMAC-SHA256 Credential=${form.accessKeyId}/`, [BY_FORM]: "true" };
    const stored = await rawRequest("PUT", endpointUrl, path, form.bytes, { ...form.headers, ...signed });
    if (stored.status !== 200) reply.raw.writeHead(stored.status, { "content-type": XML }).end(stored.body);
    else answerForm(reply.raw, form, { bucket, location: endpointUrl + path, eTag: String(stored.headers.etag) });
  });
  if (intercept !== undefined) {
    app.addHook("onRequest", async (request, reply) => {
      // Not an S3 call.
      if (request.headers["x-amz-target"] !== undefined || request.url.startsWith("/_fauxqs/")) return;
      const refusal = await intercept(callOf(request));
      if (refusal === undefined) return;
      const body = request.method === "HEAD" ? "" : errorXml(refusal.code, refusal.message);
      return reply.status(refusal.status).header("content-type", XML).send(body);
    });
  }

  const versions = createVersions();
  /** Objects that are being described, by bucket and key: the next change of one waits, so that each description is of its own object. */
  const described = new Map<string, Promise<unknown>>();
  let isStopping = false;
  app.addHook("onRequest", async (request) => {
    if (READING.includes(request.method)) return;
    const { bucket, key } = targetOf(request);
    await described.get(pathOf(bucket, key));
  });
  app.addHook("onRequest", async (request, reply) => {
    const { bucket, key } = targetOf(request);
    const { versionId } = request.query as Record<string, string | undefined>;
    if (versionId === undefined || !READING.includes(request.method) || !versioned.includes(bucket)) return;
    const version = versions.get(bucket, key, versionId);
    if (version === undefined) return reply.status(404).type(XML).send(NO_SUCH_VERSION);
    return reply.headers(version.headers).send(version.body);
  });
  let sequence = Date.now();
  const nextSequence = (): number => ++sequence;
  const removals = createRemovals({ versions, isVersioned: (bucket) => versioned.includes(bucket), nextSequence });
  app.addHook("onRequest", async (request, reply) =>
    removals.received(objectRequest(request)) ? reply.status(204).send() : undefined,
  );

  const { invoke } = options;
  if (invoke !== undefined) {
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
  }

  const listeners: ((object: Promise<CreatedObject>) => void)[] = [];
  const describe = async (created: Pick<CreatedObject, "bucket" | "key" | "creation">): Promise<CreatedObject> => {
    const order = { createdMs: Date.now(), sequence: nextSequence() };
    const keepsVersions = versioned.includes(created.bucket);
    const { headers, body } = await send(keepsVersions ? "GET" : "HEAD", created.bucket, created.key);
    return {
      ...created,
      ...order,
      eTag: String(headers.etag).replaceAll('"', ""),
      sizeBytes: Number(headers["content-length"]),
      ...(keepsVersions && { versionId: versions.keep(created.bucket, created.key, { headers, body }) }),
    };
  };
  app.addHook("onSend", (request, reply, payload, done) => {
    const wanted = objectRequest(request);
    const { method, bucket, key, query } = wanted;
    removals.answered(wanted, reply.statusCode);
    const isRead = READING.includes(method) && reply.statusCode === 200 && query.versionId === undefined;
    const latest = isRead ? versions.latest(bucket, key) : undefined;
    if (latest !== undefined) reply.header("x-amz-version-id", latest);
    done(null, payload);
  });
  // Not an async hook: fauxqs would send a second response if the first is delayed.
  app.addHook("onSend", (request, reply, payload, done) => {
    const creation = reply.statusCode === 200 && !isStopping ? creationBy(request) : undefined;
    if (creation !== undefined) {
      const target = targetOf(request);
      const path = pathOf(target.bucket, target.key);
      const object = describe({ ...target, creation });
      const ended = object
        .catch(() => {})
        .then(() => {
          if (described.get(path) === ended) described.delete(path);
        });
      described.set(path, ended);
      for (const listener of listeners) listener(object);
    }
    const damaged = reply.statusCode === 200 ? damage?.(callOf(request)) : undefined;
    if (damaged === undefined) return done(null, payload);
    const body = Buffer.from((payload as Buffer | string | undefined) ?? "");
    DAMAGES[damaged]({ status: 200, headers: reply.getHeaders(), body, to: reply.raw });
  });

  for (const bucket of options.buckets) await app.inject({ method: "PUT", url: `/${bucket}` });
  const { port = 0 } = options;
  const send = (method: string, bucket: string, key: string, body?: Uint8Array) =>
    rawRequest(method, endpointUrl, pathOf(bucket, key), body);
  const endpointUrl = await app.listen({ host: "127.0.0.1", port }).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected a free port for S3 but got ${port} (${cause.code})`, { cause });
  });

  return {
    endpointUrl,
    subscribe: (listener) => listeners.push(listener),
    onRemoved: removals.listen,
    put: async (bucket, key, bytes) => {
      await succeed(`PUT of ${key}`, send("PUT", bucket, key, bytes));
    },
    get: async (bucket, key) => {
      const { headers, body } = await succeed(`GET of ${key}`, send("GET", bucket, key));
      const metadata = Object.entries(headers).filter(([name]) => name.startsWith(METADATA));
      return {
        bytes: body,
        contentType: headers["content-type"] ?? "",
        metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(METADATA.length), String(value)])),
      };
    },
    remove: async (bucket, key) => {
      await succeed(`DELETE of ${key}`, send("DELETE", bucket, key));
    },
    erase: async (bucket, key) => {
      await removals.silently(bucket, key, async () => {
        await send("DELETE", bucket, key);
        versions.forget(bucket, key);
      });
    },
    stop: async () => {
      isStopping = true;
      // They send requests to this server, which a closed one would reset.
      await Promise.all(described.values());
      await app.close();
    },
  };
};

/** The parts of the server's request that are used here. */
interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const targetOf = ({ params }: Request): { bucket: string; key: string } => {
  const { bucket = "", "*": key = "" } = params as Record<string, string | undefined>;
  return { bucket, key };
};

/** The server has no route for OPTIONS, and so no parameters. */
const bucketIn = (url: string): string => decodeURIComponent(/^\/([^/?]*)/.exec(url)?.[1] ?? "");

const objectRequest = (request: Request): ObjectRequest => ({
  ...targetOf(request),
  method: request.method,
  query: request.query as ObjectRequest["query"],
});

/** Requests that create an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const creationBy = (request: Request): Creation | undefined => {
  const query = request.query as Record<string, string | undefined>;
  if (targetOf(request).key === "") return undefined;
  if (request.method === "POST") return query.uploadId === undefined ? undefined : "CompleteMultipartUpload";
  if (request.method !== "PUT" || query.uploadId !== undefined) return undefined;
  if (request.headers[BY_FORM] !== undefined) return "Post";
  return request.headers["x-amz-copy-source"] === undefined ? "Put" : "Copy";
};

const XML = "application/xml";

/** Marks the PUT that stores the file of a form. */
const BY_FORM = "x-sandbox-form";

const isForm = ({ headers }: Request): boolean => String(headers["content-type"]).startsWith("multipart/form-data");

const refuse = (response: ServerResponse, { status, code, message }: ApiRefusal): void => {
  response.writeHead(status, { "content-type": XML, connection: "close" }).end(errorXml(code, message));
};

const READING = ["GET", "HEAD"];

const ACTIONS: Readonly<Record<string, string>> = { GET: "Get", HEAD: "Get", DELETE: "Delete" };

const callOf = (request: Request): ApiCall => {
  const { bucket, key } = targetOf(request);
  const { versionId } = request.query as Record<string, string | undefined>;
  // A presigned link has the credential in its address.
  const credential = (request.query as Record<string, string | undefined>)["X-Amz-Credential"];
  const caller = callerOf((request.headers.authorization as string | undefined) ?? `Credential=${credential}`);
  if (bucket === "") return { caller, action: "s3:ListAllMyBuckets" };
  if (key === "") return { caller, action: request.method === "PUT" ? "s3:CreateBucket" : "s3:ListBucket", bucket };
  const action = `s3:${ACTIONS[request.method] ?? "Put"}Object${versionId === undefined ? "" : "Version"}`;
  return { caller, action, bucket, key };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const errorXml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

const NO_SUCH_VERSION = errorXml("NoSuchVersion", "The specified version does not exist.");

const pathOf = (bucket: string, key: string): string => `/${bucket}/${encodeURIComponent(key)}`;

const succeed = async (what: string, pending: Promise<RawResponse>): Promise<RawResponse> => {
  const response = await pending;
  if (response.status >= 200 && response.status < 300) return response;
  throw new Error(`Expected status 200 for ${what} but got ${response.status} ${response.body}`);
};
