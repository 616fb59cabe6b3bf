/** One machine that behaves like a synthesized stack: an upload invokes the function, whose log and metrics can be read. */
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Datum, MetricStore } from "../cloudwatch/metric-store";
import type { ApiCall, Intercept } from "./api-call";
import type { Blueprint } from "./blueprint";
import { embeddedData, startCloudWatchApi } from "./cloudwatch-api";
import type { Damage } from "./damage";
import { type DeadLetter, openDeadLetterQueue } from "./dead-letters";
import type { LogLine } from "./function-log";
import { unpackFunction } from "./function-package";
import { invokeApi } from "./invoke-api";
import { createLambda, dimensionsOf, type Lambda, type Outcome } from "./lambda";
import { operationsOn } from "./operations";
import { type CreatedObject, isWanted, s3Event } from "./s3-events";
import { type StoredObject, startStorage } from "./storage";
import { expected } from "./terraform-json";

export interface SandboxOptions {
  readonly blueprint: Blueprint;
  /** Port of the S3 endpoint. @default a free one */
  readonly port?: number;
  /** Port on which the function waits for a debugger. Use it with one process. @default no debugger */
  readonly inspectPort?: number;
  /** How many processes run the function at a time. @default one per CPU, at most 4 */
  readonly processes?: number;
  /** Pauses before the second and third attempt of a failed invocation. @default 100 and 200 */
  readonly retryDelaysMs?: readonly number[];
  /** Pause after the first throttle, doubled by each further one. @default 50 */
  readonly throttleDelayMs?: number;
  /** Time that log lines and metrics are given, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Sees every call to S3 and CloudWatch before it is carried out, and may delay or refuse it. @default none is */
  readonly intercept?: Intercept;
  /** What becomes of the answer to a call to S3 that was carried out. @default it arrives as it is */
  readonly damage?: (call: ApiCall) => Damage | undefined;
  /** When S3 delivers the event of an object: each time that one of these resolves. @default once, at once */
  readonly deliveries?: (object: CreatedObject) => readonly Promise<unknown>[];
  readonly onLogLine?: (line: LogLine) => void;
  /** Called for every object that is created in any bucket. */
  readonly onObjectCreated?: (object: CreatedObject) => void;
  /** Called when all is over that an object brought about: one outcome for each notification that is about it, or none. */
  readonly onSettled?: (object: CreatedObject, outcomes: readonly Outcome[]) => void;
}

export interface Sandbox {
  /** Of S3, and of what an operator asks beside: http://127.0.0.1:<port> */
  readonly endpointUrl: string;
  /** The bucket whose notification invokes the function. */
  readonly uploadBucket: string;
  /** The other bucket that the function's environment names. */
  readonly processedBucket: string;
  upload(key: string, bytes: Uint8Array): Promise<void>;
  download(bucket: string, key: string): Promise<StoredObject>;
  /** Takes an object out of memory. */
  remove(bucket: string, key: string): Promise<void>;
  /** Resolves when every upload so far has its outcome; gives them in the order in which they came. */
  settled(): Promise<readonly Outcome[]>;
  /** What lies in the dead letter queue, oldest first; nothing where there is none. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Publishes the queue's metric, as each minute does: for whoever skips minutes. */
  measureQueue(): Promise<void>;
  /** Every line of the function's log group, oldest first. */
  readonly logs: readonly LogLine[];
  readonly metrics: MetricStore;
  /** Ends every process and server, and removes the unpacked function. */
  stop(): Promise<void>;
}

/** @throws Error when the stack has no two buckets, the function's package cannot be read, or the port is taken */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const sandbox = await assemble(options, (close) => closers.push(close));
    return { ...sandbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const assemble = async (
  options: SandboxOptions,
  onStop: (close: () => Promise<void>) => void,
): Promise<Omit<Sandbox, "stop">> => {
  const { blueprint, now = Date.now, intercept, damage, port, deliveries = () => [Promise.resolve()] } = options;
  const { function: fn, buckets } = blueprint;
  const { uploadBucket, processedBucket } = bucketsOf(blueprint);
  const logs: LogLine[] = [];
  const metrics = new MetricStore();
  const outcomes: Promise<readonly Outcome[]>[] = [];
  /** The function dates its data by the real clock. */
  const onDatum = (datum: Datum) => metrics.put({ ...datum, timestampMs: datum.timestampMs + now() - Date.now() });

  const storage = await startStorage({
    buckets: buckets.map(({ name }) => name),
    // Nobody asks for the versions of variants.
    versioned: buckets.flatMap(({ name, versioned }) => (versioned && name === uploadBucket ? [name] : [])),
    port,
    intercept,
    damage,
    operations: operationsOn(logs, metrics),
    invoke: invokeApi(
      fn,
      () => lambda,
      (event) => outcomes.push(lambda.invoke(event).then((outcome) => [outcome])),
    ),
  });
  onStop(storage.stop);
  const target = blueprint.queues.find(({ arn }) => arn === fn.deadLetterTargetArn);
  const deadLetters =
    target &&
    (await openDeadLetterQueue({
      ...{ queue: target, region: fn.region, endpointUrl: storage.endpointUrl, intercept, now },
      onDatum: (datum) => metrics.put(datum),
    }));
  onStop(async () => deadLetters?.stop());
  const cloudWatch = await startCloudWatchApi({ onDatum, intercept });
  onStop(cloudWatch.stop);
  const unpacked = await unpackFunction(fn.packageFile);
  onStop(() => rm(unpacked.folder, { recursive: true, force: true }));
  const lambda: Lambda = createLambda({
    ...options,
    function: fn,
    unpacked,
    endpoints: { AWS_ENDPOINT_URL_S3: storage.endpointUrl, AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpointUrl },
    keepLetter: deadLetters?.keep,
    onLogLine: (line) => {
      logs.push(line);
      embeddedData(line.text).forEach(onDatum);
      options.onLogLine?.(line);
    },
    onMetric: (datum) => {
      for (const dimensions of dimensionsOf(fn, datum.name))
        metrics.put({ namespace: "AWS/Lambda", dimensions, ...datum });
    },
  });
  onStop(lambda.stop);
  const atExit = () => {
    lambda.kill();
    rmSync(unpacked.folder, { recursive: true, force: true });
  };
  process.once("exit", atExit);
  onStop(async () => {
    process.off("exit", atExit);
  });

  const deliver = async (created: Promise<CreatedObject>): Promise<Outcome[]> => {
    const object = await created;
    options.onObjectCreated?.(object);
    const delivered = deliveries(object).map(async (moment) => {
      await moment;
      return Promise.all(eventsOf(object, blueprint).map(lambda.invoke));
    });
    const results = (await Promise.all(delivered)).flat();
    options.onSettled?.(object, results);
    return results;
  };
  await lambda.warm();
  // Last, so that nobody hears of an object before the sandbox is there.
  storage.subscribe((created) => outcomes.push(deliver(created)));

  const { endpointUrl, put, get, remove } = storage;
  const upload = (key: string, bytes: Uint8Array) => put(uploadBucket, key, bytes);
  const settled = () => allOf(outcomes);
  const letters = async () => (await deadLetters?.letters()) ?? [];
  const measureQueue = async () => deadLetters?.measure();
  const data = { deadLetters: letters, measureQueue, logs, metrics };
  return { endpointUrl, uploadBucket, processedBucket, upload, download: get, remove, settled, ...data };
};

/** Waits for those too that are added meanwhile. */
const allOf = async <T>(promises: readonly Promise<readonly T[]>[]): Promise<readonly T[]> => {
  const results = await Promise.all(promises);
  return results.length === promises.length ? results.flat() : allOf(promises);
};

const eventsOf = (object: CreatedObject, { buckets, notifications, region }: Blueprint): unknown[] =>
  buckets
    .filter(({ name }) => name === object.bucket)
    .flatMap((bucket) =>
      notifications
        .filter((notification) => isWanted(object, notification))
        .map(({ id: configurationId }) => s3Event(object, bucket, { configurationId, region })),
    );

/** A stack whose notification was removed has its buckets still. */
const bucketsOf = ({ buckets, notifications, function: fn }: Blueprint) => {
  const names = buckets.map(({ name }) => name);
  const notified = notifications.map(({ bucket }) => bucket);
  const written = names.filter((name) => Object.values(fn.environment).includes(name) && !notified.includes(name));
  const [uploadBucket] = [...notified, ...names.filter((name) => !written.includes(name))];
  const [processedBucket] = written;
  if (uploadBucket === undefined || processedBucket === undefined) {
    throw expected("a bucket for uploads and one that the function's environment names", "the stack", names);
  }
  return { uploadBucket, processedBucket };
};
