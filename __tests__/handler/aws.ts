/** The environment of the handler in its tests: a local S3, a local CloudWatch and the variables of Lambda. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3EventRecord } from "aws-lambda";
import { DEFAULT_EFFORT } from "../../handler/contract/efforts";
import type { EventName } from "../../handler/contract/events";
import type { Settings, SettingTexts } from "../../handler/contract/settings";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";

export const UPLOADS = "uploads";
export const PROCESSED = "processed";
export const FUNCTION_NAME = "image-processor-dev-processor";

// The SDK warns about the Node.js version that runs the tests; the function has another one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** One request received by the local CloudWatch. */
export interface PutMetricData {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    Namespace: string;
    MetricData: { MetricName: string; Values: number[]; [field: string]: unknown }[];
  };
}

/** @returns the sum of each metric over all requests; for ProcessingTime the number of values */
export const sums = (requests: readonly PutMetricData[]): Partial<Record<string, number>> => {
  const total: Record<string, number> = {};
  for (const { MetricName, Values } of requests.flatMap(({ body }) => body.MetricData))
    total[MetricName] =
      (total[MetricName] ?? 0) + (MetricName === "ProcessingTime" ? Values.length : Values.reduce((a, b) => a + b, 0));
  return total;
};

/** How CloudWatch answers: with this status, after `delay`. */
interface Answer {
  status: number;
  delay: () => Promise<void>;
}

const AT_ONCE: Answer = { status: 200, delay: async () => undefined };

/** Starts a server that records requests in the order of their arrival. */
const startCloudWatch = async () => {
  const requests: PutMetricData[] = [];
  const answer: Answer = { ...AT_ONCE };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    server.emit("recorded");
    await answer.delay();
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  const called = async () => {
    if (requests.length === 0) await once(server, "recorded");
  };
  return { requests, answer, called, url: `http://127.0.0.1:${port}`, stop };
};

/** Which requests S3 delays or answers with an error. */
interface Faults {
  answer: (method: string, url: string) => { status: number; code: string; message: string } | undefined;
  /** Delays a request before it is handled. */
  delay: (method: string, url: string) => Promise<void>;
  /** Headers of every answer to a GET, instead of the real ones. */
  headers: Readonly<Record<string, string>>;
  /** Headers of every answer to a HEAD of this bucket, besides the real ones. */
  headsOf: (bucket: string) => Readonly<Record<string, string>>;
}

const NO_FAULTS: Faults = { answer: () => undefined, delay: async () => undefined, headers: {}, headsOf: () => ({}) };

const startS3 = async () => {
  const { buildApp } = await import("fauxqs");
  const app = buildApp({ logger: false });
  const requests: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  const faults: Faults = { ...NO_FAULTS };
  app.addHook("onRequest", async ({ method, url, headers }, reply) => {
    requests.push({ method, url, headers });
    await faults.delay(method, url);
    const fault = faults.answer(method, url);
    if (fault === undefined) return;
    reply.code(fault.status).type("application/xml");
    return reply.send(`<Error><Code>${fault.code}</Code><Message>${fault.message}</Message></Error>`);
  });
  app.addHook("onSend", ({ method, url }, reply, payload, done) => {
    if (method === "GET") reply.headers(faults.headers);
    if (method === "HEAD") reply.headers(faults.headsOf(url.split("/")[1] ?? ""));
    done(null, payload);
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { url, requests, faults, stop: () => app.close() };
};

/** Points SDK clients created from now on at these services. */
export const pointSdkAt = (urls: { s3: string; cloudwatch?: string }): void => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_S3: urls.s3,
    AWS_ENDPOINT_URL_CLOUDWATCH: urls.cloudwatch,
    AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME,
  });
};

/** Starts both services and points the SDK at them. */
export const startAws = async () => {
  const [s3, cloudwatch] = await Promise.all([startS3(), startCloudWatch()]);
  pointSdkAt({ s3: s3.url, cloudwatch: cloudwatch.url });
  const client = new S3Client();
  await client.send(new CreateBucketCommand({ Bucket: UPLOADS }));
  await client.send(new CreateBucketCommand({ Bucket: PROCESSED }));

  const upload = async (key: string, body: Buffer, ContentType?: string): Promise<S3EventRecord> => {
    const { ETag = "" } = await client.send(
      new PutObjectCommand({ Bucket: UPLOADS, Key: key, Body: body, ContentType }),
    );
    return created(key, body.length, ETag.replaceAll('"', ""));
  };
  const read = async (key: string, bucket = PROCESSED) => {
    const { Body, ContentType, Metadata } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return {
      bytes: Buffer.from((await Body?.transformToByteArray()) ?? []),
      contentType: ContentType,
      metadata: Metadata,
    };
  };
  const processedKeys = async (): Promise<string[]> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: PROCESSED }));
    return Contents.map(({ Key = "" }) => Key).sort();
  };
  const remove = (key: string) => client.send(new DeleteObjectCommand({ Bucket: UPLOADS, Key: key }));
  const removeProcessed = (key: string) => client.send(new DeleteObjectCommand({ Bucket: PROCESSED, Key: key }));
  const createBucket = (name: string) => client.send(new CreateBucketCommand({ Bucket: name }));
  const reset = async () => {
    Object.assign(s3.faults, NO_FAULTS);
    Object.assign(cloudwatch.answer, AT_ONCE);
    for (const Key of await processedKeys()) await client.send(new DeleteObjectCommand({ Bucket: PROCESSED, Key }));
    s3.requests.length = 0;
    cloudwatch.requests.length = 0;
  };
  const stop = async () => {
    client.destroy();
    await Promise.all([s3.stop(), cloudwatch.stop()]);
  };
  return { s3, cloudwatch, upload, read, remove, removeProcessed, createBucket, processedKeys, reset, stop };
};

/** The record of an upload, shaped as in "Event message structure" of the S3 user guide. */
export const created = (key: string, size: number, eTag: string): S3EventRecord => ({
  eventVersion: "2.1",
  eventSource: "aws:s3",
  awsRegion: "us-east-1",
  eventTime: "2026-01-01T00:00:00.000Z",
  eventName: "ObjectCreated:Put",
  userIdentity: { principalId: "EXAMPLE" },
  requestParameters: { sourceIPAddress: "127.0.0.1" },
  responseElements: { "x-amz-request-id": "EXAMPLE", "x-amz-id-2": "EXAMPLE" },
  s3: {
    s3SchemaVersion: "1.0",
    configurationId: "EXAMPLE",
    bucket: { name: UPLOADS, ownerIdentity: { principalId: "EXAMPLE" }, arn: `arn:aws:s3:::${UPLOADS}` },
    object: { key: encodeURIComponent(key).replaceAll("%20", "+"), size, eTag, sequencer: "0055AED6DCD90281E5" },
  },
});

const SETTINGS: SettingTexts = {
  PROCESSED_BUCKET: PROCESSED,
  LOG_LEVEL: "DEBUG",
  METRIC_NAMESPACE: "ImageProcessor/Lambda",
  METRICS_TRANSPORT: "put_metric_data",
  REFUSAL_LOG_LEVEL: "ERROR",
  // The events of the tests are dated in the past.
  SLO_SECONDS: "1000000000",
  LARGE_IMAGE_BYTES: "10000000",
  MAX_IMAGE_BYTES: "50000000",
  MAX_IMAGE_PIXELS: "100000000",
  MAX_IMAGE_SIDE_PX: "20000",
  MAX_IMAGE_FRAMES: "1000",
  VARIANTS: JSON.stringify(DEFAULT_VARIANTS),
  KEEP_SMALLER_ORIGINAL: "on",
  KEEP_COPYRIGHT: "off",
  MANIFEST: "off",
  CACHE_CONTROL: "public, max-age=86400",
  VARIANT_TAGS: "{}",
  ENCODER_EFFORT: DEFAULT_EFFORT,
  DELETE_VARIANTS_WITH_UPLOAD: "off",
  TRACING: "off",
};

/** Settings of a test that differ from the defaults. */
export type Changes = Partial<Record<keyof Settings | "AWS_LAMBDA_LOG_LEVEL", string>>;

/** Loads the handler as a new execution environment does. */
export const loadHandler = (changes: Changes = {}) => load(changes).handler;

const load = (changes: Changes): typeof import("../../handler/src/index") => {
  delete process.env.AWS_LAMBDA_LOG_LEVEL;
  delete process.env.RECORDS_TABLE;
  Object.assign(process.env, SETTINGS, changes);
  jest.resetModules();
  return require("../../handler/src/index");
};

/** Invokes a newly loaded handler. @returns the log lines, and what is returned or thrown */
export const run = (event: unknown, changes?: Changes, remainingMs?: number) =>
  invoke("handler", event, changes, remainingMs);

/** Invokes a newly loaded function for a backfill. @returns as `run` does */
export const runBackfill = (event: unknown, changes?: Changes, remainingMs?: number) =>
  invoke("backfill", event, changes, remainingMs);

const invoke = async (entry: "handler" | "backfill", event: unknown, changes: Changes = {}, remainingMs = 60_000) => {
  let thrown: unknown;
  let returned: unknown;
  const lines = await linesOf(async () => {
    try {
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => remainingMs };
      returned = await load(changes)[entry](event, context);
    } catch (error) {
      thrown = error;
    }
  });
  return { lines, returned, thrown };
};

type Line = { event: EventName; level: string } & Record<string, unknown>;

/** @returns the lines that work writes to stdout and stderr */
export const linesOf = async (work: () => Promise<unknown>): Promise<Line[]> => {
  const texts: string[] = [];
  const write = (text: string | Uint8Array) => texts.push(String(text)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, "write").mockImplementation(write));
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return texts
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
};

export const eventsIn = (lines: readonly Line[]): EventName[] => lines.map(({ event }) => event);
