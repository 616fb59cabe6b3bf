/** Local S3: an embedded server with the stack's buckets that reports each created and deleted object. */
import type { CorsBlueprint } from "./api-blueprint";
import type { ApiCall, Intercept } from "./api-call";
import { DAMAGES, type Damage } from "./damage";
import type { DescribeFunction } from "./function-api";
import type { Invoke } from "./invoke-api";
import type { Operations } from "./operations";
import type { Credentials } from "./post-policy";
import { type RawResponse, rawRequest } from "./raw-request";
import { createRemovals } from "./removals";
import type { CreatedObject, RemovedObject } from "./s3-events";
import { acceptForms, answerCrossOrigin, answerInvoke, answerOtherServices, interceptCalls } from "./s3-hooks";
import { callOf, creationBy, NO_SUCH_VERSION, objectRequest, pathOf, READING, targetOf, XML } from "./s3-request";
import { createVersions } from "./versions";

export interface StorageOptions {
  readonly buckets: readonly string[];
  /** Names of the versioned buckets. @default none */
  readonly versioned?: readonly string[];
  /** Objects of versioned buckets that were stored before they had versions: their version is "null". @default none */
  readonly isUnversioned?: (key: string) => boolean;
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

  const { intercept, damage, versioned = [], operations = {}, cors = new Map() } = options;
  const { credentials = new Map(), now = Date.now, invoke } = options;
  answerOtherServices(app, operations, options.describeFunction);
  answerCrossOrigin(app, cors);
  acceptForms(app, { credentials, now, endpointUrl: () => endpointUrl });
  if (intercept !== undefined) interceptCalls(app, intercept);
  if (invoke !== undefined) answerInvoke(app, invoke);
  const versions = createVersions();
  /** Objects that are being described, by bucket and key: the next change of the same object waits, so that each description belongs to its object. */
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

  const listeners: ((object: Promise<CreatedObject>) => void)[] = [];
  const describe = async (created: Pick<CreatedObject, "bucket" | "key" | "creation">): Promise<CreatedObject> => {
    const order = { createdMs: Date.now(), sequence: nextSequence() };
    const keepsVersions = versioned.includes(created.bucket) && !options.isUnversioned?.(created.key);
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
    if (isRead && versioned.includes(bucket)) reply.header("x-amz-version-id", latest ?? "null");
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

const succeed = async (what: string, pending: Promise<RawResponse>): Promise<RawResponse> => {
  const response = await pending;
  if (response.status >= 200 && response.status < 300) return response;
  throw new Error(`Expected status 200 for ${what} but got ${response.status} ${response.body}`);
};
