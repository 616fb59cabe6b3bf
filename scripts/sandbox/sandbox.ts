/** A local machine that behaves like a synthesized stack: an upload invokes the function, and you can read its log and metrics. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery } from "../cloudwatch/delivery";
import type { MetricStore } from "../cloudwatch/metric-store";
import type { ApiCall, Intercept } from "./api-call";
import type { AskApi } from "./api-client";
import type { Blueprint, FunctionBlueprint } from "./blueprint";
import { startCloudWatchApi } from "./cloudwatch-api";
import type { Damage } from "./damage";
import { type DeadLetter, openDeadLetterQueue } from "./dead-letters";
import { type CallSteps, createExecutions } from "./executions";
import { describeFunctions, NO_RELEASES } from "./function-api";
import type { LogLine } from "./function-log";
import { type Functions, startFunctions } from "./functions";
import type { ApiRequest } from "./http-api";
import { invokeApi } from "./invoke-api";
import type { Answer, Attempt, Outcome, Wait } from "./lambda";
import { createObservations } from "./observations";
import { type LogGroups, operationsOn } from "./operations";
import { createDelivery, createOutcomes, eventsOf } from "./outcomes";
import type { CreatedObject } from "./s3-events";
import type { SentDatum } from "./sent";
import { apiOf, bucketsOf, credentialsOf, tableOf } from "./stack-parts";
import { type StoredObject, startStorage } from "./storage";
import type { Item } from "./table";
import { expected } from "./terraform-json";

export interface SandboxOptions {
  readonly blueprint: Blueprint;
  /** Port of the S3 endpoint. @default a free one */
  readonly port?: number;
  /** Port of the stack's HTTP API. @default a free one */
  readonly apiPort?: number;
  /** Port on which the function waits for a debugger. Use it with one process. @default no debugger */
  readonly inspectPort?: number;
  /** Maximum number of parallel processes. @default one per CPU, at most 4 */
  readonly processes?: number;
  /** Delays before the second and third attempt of a failed invocation. @default 100 and 200 */
  readonly retryDelaysMs?: readonly number[];
  /** Delay after the first throttle, doubled after each further one. @default 50 */
  readonly throttleDelayMs?: number;
  /** Clock for log lines and metrics, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Clock with which clients and functions sign requests, tokens and forms, in milliseconds since 1970. @default Date.now */
  readonly clientNow?: () => number;
  /** How the delays before retries pass. @default in real time */
  readonly wait?: Wait;
  /** How many log lines and outcomes are kept, at least; older ones are forgotten. @default all */
  readonly history?: number;
  /** Called before each call to S3, SQS and CloudWatch; can delay or refuse it. @default no call is */
  readonly intercept?: Intercept;
  /** How to damage the response of a successful S3 call. @default not at all */
  readonly damage?: (call: ApiCall) => Damage | undefined;
  /** S3 delivers the event of an object each time one of these resolves. @default once, immediately */
  readonly deliveries?: (object: CreatedObject) => readonly Promise<unknown>[];
  /** Uploads that were stored before the bucket had versions. @default none */
  readonly isUnversioned?: (key: string) => boolean;
  /** Delays of the delivery to CloudWatch. @default alarms can see data and lines at once */
  readonly delivery?: Delivery;
  /** Called for each line of each log group. */
  readonly onLogLine?: (line: LogLine) => void;
  /** Called for each datum that services and the function send to CloudWatch. */
  readonly onDatum?: (datum: SentDatum) => void;
  /** Called for each request to the stack's HTTP API, when it is answered. */
  readonly onRequest?: ((request: ApiRequest) => void) | undefined;
  /** Called when an attempt of the function that uploads invoke begins, and again when it is over. */
  readonly onAttempt?: (attempt: Attempt) => void;
  /** Called for each object created in any bucket. */
  readonly onObjectCreated?: (object: CreatedObject) => void;
  /** Called when every invocation for an object has ended, with one outcome for each matching notification. */
  readonly onSettled?: (object: CreatedObject, outcomes: readonly Outcome[]) => void;
}

export interface Sandbox {
  /** Endpoint of S3, Invoke, FilterLogEvents and GetMetricStatistics: http://127.0.0.1:<port> */
  readonly endpointUrl: string;
  /** Address of the stack's HTTP API: http://127.0.0.1:<port>. @default the stack has none */
  readonly apiUrl?: string;
  /** @returns a token that the API accepts, with these claims. @throws Error if the API needs none */
  issueToken(claims: Readonly<Record<string, unknown>>): string;
  /** Sends a request to the stack's HTTP API as a caller that it accepts. @throws Error if the stack has no API */
  ask: AskApi;
  /** Stores an object in any bucket. */
  store(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  /** Calls an operation of Step Functions. @throws Error for a call that the service refuses */
  steps: CallSteps;
  /** The bucket whose notification invokes the function. */
  readonly uploadBucket: string;
  /** The bucket that the function writes variants to. */
  readonly processedBucket: string;
  upload(key: string, bytes: Uint8Array): Promise<void>;
  download(bucket: string, key: string): Promise<StoredObject>;
  /** Deletes an object, in a versioned bucket by a delete marker. */
  remove(bucket: string, key: string): Promise<void>;
  /** Forgets an object with all of its versions, to free memory: this invokes nothing. */
  erase(bucket: string, key: string): Promise<void>;
  /** Invokes the function asynchronously, as S3 and `npm run redrive` do. */
  invoke(event: unknown): Promise<Outcome>;
  /** Invokes any function of the stack synchronously. @throws Error for an unknown function */
  call(functionName: string, event: unknown): Promise<Answer>;
  /** Changes the function's configuration, also for events that wait for a retry. Running attempts end as they began. */
  update(changes: Partial<FunctionBlueprint>): void;
  /** Resolves when every upload and deletion so far has ended, with the outcomes in this order. */
  settled(): Promise<readonly Outcome[]>;
  /** Messages in the dead-letter queue, oldest first; empty if the stack has no queue. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Publishes the queue metric once. Call it when you advance the clock past a full minute. */
  measureQueue(): Promise<void>;
  /** Deletes all messages of the dead-letter queue. */
  purgeQueue(): Promise<void>;
  /** Items of the metadata table as DynamoDB writes them; empty if the stack has no table. */
  records(): Promise<readonly Item[]>;
  /** Deletes the records of a key. */
  forgetRecords(key: string): Promise<void>;
  /** Deletes items that expired long ago. Call it when you advance the clock. */
  expireRecords(): Promise<void>;
  /** All lines of the log group of the function that uploads invoke, oldest first. */
  readonly logs: readonly LogLine[];
  readonly logGroups: LogGroups;
  readonly metrics: MetricStore;
  /** Ends all processes and servers, and removes temporary files. */
  stop(): Promise<void>;
}

/** @throws Error if the stack lacks one of the two buckets, the package cannot be read, or the port is in use */
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
  const { delivery, history = Infinity } = options;
  const { uploadBucket, processedBucket } = bucketsOf(blueprint);
  const observations = createObservations({
    ...{ blueprint, now, delivery, history },
    ...{ onLogLine: options.onLogLine, onDatum: options.onDatum },
  });
  const { logGroups, metrics, publish } = observations;
  const { expect, settled } = createOutcomes(history);

  const records = await tableOf(blueprint, { region: fn.region, intercept, now, onDatum: publish });
  onStop(async () => records?.stop());
  const executions = createExecutions({
    machines: blueprint.stateMachines,
    now,
    wait: options.wait ?? ((delayMs, signal) => sleep(delayMs, undefined, { signal })),
    call: (functionArn, event) => called(functionArn, event),
    read: async (bucket, key) => (await storage.get(bucket, key)).bytes,
    write: (bucket, key, bytes) => storage.put(bucket, key, bytes),
    onDatum: publish,
    onRun: (ended) => expect(ended.then(() => [])),
  });
  onStop(async () => executions.stop());
  const storage = await startStorage({
    ...(options.isUnversioned && { isUnversioned: options.isUnversioned }),
    buckets: buckets.map(({ name }) => name),
    // The function reads versions of uploads only.
    versioned: buckets.flatMap(({ name, versioned }) => (versioned && name === uploadBucket ? [name] : [])),
    port,
    intercept,
    damage,
    now: options.clientNow,
    credentials: credentialsOf(blueprint),
    cors: blueprint.bucketCors,
    operations: {
      ...operationsOn(logGroups, metrics),
      ...records?.operations,
      ...executions.operations,
      ...NO_RELEASES,
    },
    // Only for npm run backfill: other commands see by these calls that this is no account.
    ...(blueprint.stateMachines.length > 0 && {
      describeFunction: describeFunctions([fn, ...blueprint.otherFunctions]),
    }),
    invoke: invokeApi(
      () => functions.all,
      (wanted) => [...logGroups.values()].flat().flatMap(({ requestId, text }) => (requestId === wanted ? [text] : [])),
      (outcome) => expect(outcome.then((each) => [each])),
    ),
  });
  onStop(storage.stop);
  const target = blueprint.queues.find(({ arn }) => arn === fn.deadLetterTargetArn);
  const deadLetters =
    target &&
    (await openDeadLetterQueue({
      ...{ queue: target, region: fn.region, endpointUrl: storage.endpointUrl, intercept, now },
      onDatum: publish,
    }));
  onStop(async () => deadLetters?.stop());
  const cloudWatch = await startCloudWatchApi({
    onDatum: (datum) => observations.publishOwn(datum, "putMetricData"),
    intercept,
  });
  onStop(cloudWatch.stop);
  const functions: Functions = await startFunctions(blueprint, {
    ...options,
    endpoints: {
      AWS_ENDPOINT_URL_S3: storage.endpointUrl,
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpointUrl,
      ...(records && { AWS_ENDPOINT_URL_DYNAMODB: records.endpointUrl }),
    },
    sendDeadLetter: deadLetters?.send,
    onLogLine: observations.hear,
    onMetric: observations.measure,
  });
  onStop(functions.stop);
  const lambda = functions.main;

  const deliver = createDelivery({
    ...{ blueprint, deliveries, invoke: lambda.invoke },
    ...{ onObjectCreated: options.onObjectCreated, onSettled: options.onSettled },
  });
  // Subscribe last: no event may arrive before the sandbox is ready.
  storage.subscribe((created) => expect(deliver(created)));
  storage.onRemoved((removed) => expect(Promise.all(eventsOf(removed, blueprint).map(lambda.invoke))));

  const { endpointUrl, put, get, remove, erase } = storage;
  const upload = (key: string, bytes: Uint8Array) => put(uploadBucket, key, bytes);
  const deadLetterMessages = async () => (await deadLetters?.messages()) ?? [];
  const measureQueue = async () => deadLetters?.measure();
  const purgeQueue = async () => deadLetters?.purge();
  const invoke = async (event: unknown) => {
    const outcome = lambda.invoke(event);
    expect(outcome.then((each) => [each]));
    return outcome;
  };
  const called = async (nameOrArn: string, event: unknown) => {
    const found = functions.all.find(({ blueprint: { name, arn } }) => [name, arn].includes(nameOrArn));
    if (found !== undefined) return found.lambda.call(event);
    throw expected("a function of the stack", "the call", nameOrArn);
  };
  const api = await apiOf(blueprint, {
    ...{ now, clientNow: options.clientNow, call: called },
    ...{ onDatum: publish, onRequest: options.onRequest, port: options.apiPort },
  });
  onStop(async () => api?.stop());
  const ofApi = () => {
    if (api === undefined) throw expected("an HTTP API", "the stack", undefined);
    return api;
  };
  const issueToken = (claims: Readonly<Record<string, unknown>>) => ofApi().issueToken(claims);
  const ask: AskApi = async (...request) => ofApi().ask(...request);
  const update = (changes: Partial<FunctionBlueprint>) => lambda.update({ ...fn, ...changes });
  const items = async () => (await records?.items()) ?? [];
  const forgetRecords = async (key: string) => records?.forget(key);
  const expireRecords = async () => records?.expire();
  const queue = { deadLetters: deadLetterMessages, measureQueue, purgeQueue };
  const data = {
    ...queue,
    records: items,
    forgetRecords,
    expireRecords,
    logs: logGroups.get(fn.logGroup) ?? [],
    logGroups,
    metrics,
  };
  const objects = { upload, download: get, remove, erase };
  const steps: CallSteps = async (operation, input) =>
    (await executions.operations[`AWSStepFunctions.${operation}`]?.(input)) as Record<string, unknown>;
  const direct = { store: put, steps, ...(api && { apiUrl: api.url }), issueToken, ask };
  return {
    endpointUrl,
    uploadBucket,
    processedBucket,
    ...direct,
    ...objects,
    invoke,
    call: called,
    update,
    settled,
    ...data,
  };
};
