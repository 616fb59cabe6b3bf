/** One environment that runs on this machine: its sandbox, clock, log, uploads and alarms. */
import { drillStack } from "../build/local-stack";
import type { Alarm } from "../cloudwatch/alarm";
import { type Blueprint, readBlueprint } from "../sandbox/blueprint";
import { type Sandbox, startSandbox } from "../sandbox/sandbox";
import { type Backfills, createBackfills } from "./backfills";
import { type Breakage, createBreakage } from "./breakage";
import { dashboardsOf } from "./dashboard";
import type { Feed } from "./feed";
import { hintsOf } from "./hints";
import { createLog, type Log } from "./log";
import { createMonitoring, type Monitoring } from "./monitoring";
import { createPace, type Pace } from "./pace";
import type { Chart, DashboardView, Mail, RecordView, RequestView, Snapshot, Trace, Uploader } from "./protocol";
import { recordsOf } from "./records";
import { alarmChart } from "./series";
import { createServiceData, DELIVERY, type ServiceData } from "./service-data";
import { createTraffic, type Traffic } from "./traffic";
import { createRequests, type Requests, uploadApiOf } from "./upload-api";
import { createUploads, type Uploads } from "./uploads";

/** What the console keeps; older entries are deleted. */
const LIMITS = { uploads: 200, lines: 10_000, mails: 200, bytes: 256 * 1024 ** 2 };
const MAX_API_REQUESTS = 200;

/** Lambda retries after one minute, then after two: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS_MS = [60_000, 120_000];
const THROTTLE_DELAY_MS = 1_000;

/** No alarm and no chart uses metrics older than a day. */
const METRICS_KEPT_MS = 26 * 3_600_000;

export interface World {
  readonly environment: string;
  readonly sandbox: Sandbox;
  readonly pace: Pace;
  readonly uploads: Uploads;
  readonly log: Log;
  readonly traffic: Traffic;
  snapshot(environments: readonly string[]): Snapshot;
  trace(id: string): Trace | undefined;
  alarmChart(name: string, sinceMs: number): Chart | undefined;
  dashboards(rangeMs: number): DashboardView[];
  /** Of the metadata table. @default the stack has none */
  records(): Promise<RecordView[] | undefined>;
  /** Requests to the upload API, the newest first. @default the stack has no API */
  requests(): readonly RequestView[] | undefined;
  /** @default the stack has none */
  readonly backfills: Backfills | undefined;
  /** @returns whether there was something to break */
  break(id: string): Promise<boolean>;
  heal(id: string): boolean;
  /** Sends every message of the dead-letter queue to the function again. @returns how many */
  redrive(): Promise<number>;
  /** Largest upload that the function accepts. */
  readonly maxBytes: number;
  stop(): Promise<void>;
}

interface Parts {
  readonly blueprint: Blueprint;
  readonly sandbox: Sandbox;
  readonly pace: Pace;
  readonly uploads: Uploads;
  readonly log: Log;
  readonly monitoring: Monitoring;
  readonly breakage: Breakage;
  readonly traffic: Traffic;
  readonly mails: readonly Mail[];
  readonly requests: Requests;
}

const uploadFiles = (
  { sandbox, uploads }: Parts,
  by: Uploader,
  files: readonly { readonly key: string; readonly bytes: Uint8Array }[],
): void => {
  for (const { key, bytes } of files) {
    uploads.announce(key, by);
    void sandbox.upload(key, bytes).catch(() => {});
  }
};

/** One after the other. The clock runs as during an invocation, so that the API is as fast as it is. */
const askForLinks = async ({ sandbox, pace }: Parts, bodies: readonly object[]): Promise<void> => {
  for (const body of bodies) {
    pace.began();
    await sandbox.ask("POST", "/uploads", body).catch(() => {});
    pace.ended();
  }
};

const settingOf = ({ function: fn }: Blueprint, name: string): number => Number(fn.environment[name] ?? Infinity);

/**
 * @param port of the S3 endpoint. @default a free one
 * @throws Error of the build, the synthesis, the sandbox, or of alarms that the local CloudWatch does not model
 */
export const startWorld = async (environment: string, feed: Feed, port?: number): Promise<World> => {
  const blueprint = readBlueprint(await drillStack(environment));
  const mails: Mail[] = [];
  const data = createServiceData();
  const log = createLog(LIMITS.lines, blueprint.function.logGroup);
  const requests = createRequests(MAX_API_REQUESTS);
  let parts: Parts | undefined;
  let deadLetters: number | undefined;

  const countDeadLetters = async (sandbox: Sandbox) => {
    if (blueprint.function.deadLetterTargetArn === undefined) return;
    const count = (await sandbox.deadLetters()).length;
    if (count !== deadLetters) feed.deadLetters(count);
    deadLetters = count;
  };

  const onMinute = async (atMs: number) => {
    if (parts === undefined) return;
    const { sandbox, monitoring, breakage, traffic } = parts;
    await sandbox.measureQueue();
    const { changed, messages } = monitoring.step(atMs);
    const sent = messages.map((message, i) => ({ ...message, id: (mails.at(-1)?.id ?? 0) + 1 + i }));
    mails.push(...sent);
    mails.splice(0, Math.max(0, mails.length - LIMITS.mails));
    if (sent.length > 0) feed.mails(sent);
    if (changed.length > 0) feed.touch("alarms");
    breakage.fired(monitoring.alarms().flatMap(({ short: name, state }) => (state === "ALARM" ? [name] : [])));
    if (!breakage.isSilent) uploadFiles(parts, "traffic", await traffic.minute());
    uploadFiles(parts, "fault", breakage.again(atMs));
    feed.touch("clock", "faults");
    sandbox.metrics.forget(atMs - METRICS_KEPT_MS);
  };

  const pace = createPace({ onMinute, onChange: () => feed.touch("clock") });
  const breakage = createBreakage(blueprint, (changes) => parts?.sandbox.update(changes), pace.setRunningScale);
  const sandboxNow = (): Sandbox => {
    if (parts === undefined) throw new Error("Expected a running sandbox but it has not started");
    return parts.sandbox;
  };
  const uploads = createUploads({
    sandbox: sandboxNow,
    now: pace.now,
    maxUploads: LIMITS.uploads,
    maxBytes: LIMITS.bytes,
    onChange: feed.upload,
    onForgotten: feed.forgotten,
  });

  const sandbox = await startSandbox({
    ...{ blueprint, port, now: pace.now, wait: pace.wait, delivery: DELIVERY, intercept: breakage.intercept },
    ...{ retryDelaysMs: RETRY_DELAYS_MS, throttleDelayMs: THROTTLE_DELAY_MS, history: LIMITS.lines },
    onLogLine: (line) => {
      const { text: message, timestampMs, visibleMs, logGroup } = line;
      const written = { message, timestampMs, logGroup, ...(visibleMs !== undefined && { visibleMs }) };
      const filterMatches = parts?.monitoring.add(written);
      feed.line(log.add(line, filterMatches ?? []));
    },
    onDatum: data.add,
    onRequest: requests.add,
    onAttempt: (attempt) => {
      if (attempt.end === undefined) {
        data.running.add(attempt.requestId);
        pace.began();
      } else {
        data.running.delete(attempt.requestId);
        pace.ended();
      }
      uploads.attempted(attempt);
    },
    onObjectCreated: uploads.created,
    onSettled: (object, [outcome]) => {
      uploads.settled(object, outcome);
      void countDeadLetters(sandbox).catch(() => {});
    },
  });
  try {
    const monitoring = createMonitoring(blueprint, sandbox.metrics, pace.now());
    parts = { blueprint, sandbox, pace, uploads, log, monitoring, breakage, mails, requests, traffic: createTraffic() };
    await countDeadLetters(sandbox);
  } catch (error) {
    pace.stop();
    await sandbox.stop();
    throw error;
  }
  return worldOf(environment, parts, { feed, data, countDeadLetters, deadLetters: () => deadLetters });
};

interface Links {
  readonly feed: Feed;
  readonly data: ServiceData;
  readonly countDeadLetters: (sandbox: Sandbox) => Promise<void>;
  readonly deadLetters: () => number | undefined;
}

const worldOf = (environment: string, parts: Parts, { feed, data, countDeadLetters, deadLetters }: Links): World => {
  const { blueprint, sandbox, pace, uploads, log, monitoring, breakage, mails, traffic, requests } = parts;
  const { function: fn, tables } = blueprint;
  const [table] = tables;
  const uploadApi = uploadApiOf(blueprint, sandbox);
  const keys = () => uploads.list().map(({ key }) => key);
  const backfills = createBackfills({ blueprint, sandbox, keys, now: pace.now });
  const [alarm = "log-errors"] = breakage.others;
  const { uploadBucket, endpointUrl: s3Url, apiUrl } = sandbox;
  const place = { environment, alarm, uploadBucket, s3Url, apiUrl };
  const maxBytes = settingOf(blueprint, "MAX_IMAGE_BYTES");
  const accepted = {
    bytes: maxBytes,
    pixels: settingOf(blueprint, "MAX_IMAGE_PIXELS"),
    sidePx: settingOf(blueprint, "MAX_IMAGE_SIDE_PX"),
  };

  return {
    ...{ environment, sandbox, pace, uploads, log, traffic, maxBytes, backfills },
    snapshot: (environments) => ({
      ...{
        environment,
        uploadBucket: place.uploadBucket,
        s3Url: place.s3Url,
        environments,
        functionName: fn.name,
        logGroup: fn.logGroup,
        otherLogGroups: blueprint.otherFunctions.map(({ logGroup }) => logGroup),
        limits: LIMITS,
        accepted,
      },
      clock: pace.state(),
      uploads: uploads.list(),
      lines: log.lines(),
      alarms: monitoring.alarms(),
      mails,
      faults: breakage.list(),
      withoutFault: breakage.others,
      traffic: traffic.isOn,
      hints: hintsOf(place),
      filters: blueprint.metricFilters.map(({ name, pattern }) => ({ name, pattern })),
      ...(table && { table: table.name }),
      ...(uploadApi && { uploadApi }),
      ...(backfills && { backfill: backfills.view }),
      ...(deadLetters() !== undefined && { deadLetters: deadLetters() }),
    }),
    trace: (id) => {
      const found = uploads.get(id);
      if (found === undefined) return undefined;
      const requests = [...new Set(found.upload.attempts.map(({ requestId }) => requestId))];
      const lines = log.lines().filter(({ requestId }) => requestId !== undefined && requests.includes(requestId));
      const event = found.event === undefined ? "" : JSON.stringify(found.event, undefined, 2);
      return { upload: found.upload, event, lines, data: data.of(requests) };
    },
    alarmChart: (name, rangeMs) => {
      const alarm: Alarm | undefined = monitoring.alarmNamed(name);
      const nowMs = pace.now();
      return alarm && alarmChart(alarm, sandbox.metrics, nowMs - rangeMs, nowMs);
    },
    dashboards: (rangeMs) => {
      const nowMs = pace.now();
      return dashboardsOf({ blueprint, metrics: sandbox.metrics, lines: log.lines(), sinceMs: nowMs - rangeMs, nowMs });
    },
    requests: () => uploadApi && requests.list(),
    records: async () => table && recordsOf(await sandbox.records(), table, pace.now()),
    break: async (id) => {
      const broken = await breakage.break(id, pace.now());
      feed.touch("faults");
      if (broken === undefined) return false;
      uploadFiles(parts, "fault", broken.files);
      void askForLinks(parts, broken.requests);
      return true;
    },
    heal: (id) => {
      const wasBroken = breakage.heal(id, pace.now());
      feed.touch("faults");
      return wasBroken;
    },
    redrive: async () => {
      const messages = await sandbox.deadLetters();
      await sandbox.purgeQueue();
      for (const { event } of messages) uploads.invoke(event);
      await countDeadLetters(sandbox);
      return messages.length;
    },
    stop: async () => {
      pace.stop();
      await sandbox.stop();
    },
  };
};
