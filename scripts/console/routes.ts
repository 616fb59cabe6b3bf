/** The requests of the page: questions (GET) and changes (POST). */
import { readdir, readFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import type { Backfills } from "./backfills";
import type { PageFiles } from "./bundle";
import type { Feed } from "./feed";
import { Refused } from "./refused";
import { shownType } from "./uploads";
import type { World } from "./world";

/** What routes can use. */
export interface Context {
  /** @throws Refused while an environment is starting */
  readonly world: () => World;
  readonly isStarting: () => boolean;
  readonly environments: () => readonly string[];
  readonly files: PageFiles;
  readonly feed: Feed;
  /** Stops the current environment and starts another one. */
  readonly change: (environment: string) => Promise<void>;
}

const HOUR_MS = 3_600_000;

const SAMPLES = join(__dirname, "../images/samples");

/** S3 allows 1,024 bytes. */
const MAX_KEY_BYTES = 1_024;

const json = (response: ServerResponse, value: unknown): void => {
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(value));
};

const wanted = (url: URL, name: string): string => {
  const value = url.searchParams.get(name);
  if (value === null || value === "") throw new Refused(400, `Expected a value for ${name} but got none`);
  return value;
};

const found = <T>(value: T | undefined, what: string, name: string): T => {
  if (value === undefined) throw new Refused(404, `Expected ${what} but got ${JSON.stringify(name)}`);
  return value;
};

const hoursOf = (url: URL): number => {
  const hours = Number(url.searchParams.get("hours") ?? 3);
  if (hours > 0 && hours <= 24) return hours * HOUR_MS;
  throw new Refused(400, `Expected more than 0 and at most 24 for hours but got ${url.searchParams.get("hours")}`);
};

type Get = (context: Context, url: URL, response: ServerResponse) => unknown;

/** Of a picture in a list, in px. */
const PREVIEW_PX = 360;
const PREVIEW_HEADERS = { "content-type": "image/webp", "cache-control": "private, max-age=3600" };

const preview = (bytes: Buffer): Promise<Buffer> =>
  sharp(bytes).resize(PREVIEW_PX, PREVIEW_PX, { fit: "inside", withoutEnlargement: true }).webp().toBuffer();

/** A stored object as a picture, or as a file to save. Its name and type are not trusted. */
const object: Get = async ({ world }, url, response) => {
  const { sandbox, uploads } = world();
  const id = wanted(url, "id");
  const { upload, object } = found(uploads.get(id), "the id of an upload", id);
  const variant = url.searchParams.get("variant");
  const key =
    variant === null
      ? upload.key
      : found(
          upload.variants.find(({ name }) => name === variant),
          "the name of a variant",
          variant,
        ).key;
  const { bytes } = await sandbox.download(variant === null ? object.bucket : sandbox.processedBucket, key);
  const name = encodeURIComponent(basename(key));
  const isSaved = url.searchParams.has("save");
  if (url.searchParams.has("preview")) return response.writeHead(200, PREVIEW_HEADERS).end(await preview(bytes));
  response.setHeader("content-type", (isSaved ? undefined : shownType(bytes)) ?? "application/octet-stream");
  response.setHeader("content-disposition", `${isSaved ? "attachment" : "inline"}; filename*=UTF-8''${name}`);
  response.end(bytes);
};

const match: Get = ({ world }, url, response) => {
  const since = Number(url.searchParams.get("since") ?? 0);
  try {
    json(response, { ids: world().log.match(url.searchParams.get("pattern") ?? "", since) });
  } catch (error) {
    json(response, { problem: (error as Error).message });
  }
};

/** Questions by path: add a row. */
const GETS: Readonly<Record<string, Get>> = {
  "/api/state": ({ isStarting, world, environments }, _, response) =>
    isStarting() ? response.writeHead(204).end() : json(response, world().snapshot(environments())),
  "/api/events": ({ feed }, _, response) => feed.subscribe(response),
  "/api/match": match,
  "/api/object": object,
  "/api/trace": ({ world }, url, response) => {
    const id = wanted(url, "id");
    json(response, found(world().trace(id), "the id of an upload", id));
  },
  "/api/alarm": ({ world }, url, response) => {
    const name = wanted(url, "name");
    json(response, found(world().alarmChart(name, hoursOf(url)), "the name of a metric alarm", name));
  },
  "/api/records": async ({ world }, _, response) =>
    json(response, found(await world().records(), "a metadata table in the stack", "none")),
  "/api/requests": ({ world }, _, response) =>
    json(response, found(world().requests(), "an upload API in the stack", "none")),
  "/api/backfills": async ({ world }, _, response) =>
    json(response, await found(world().backfills, "a backfill in the stack", "none").runs()),
  "/api/dashboards": ({ world }, url, response) => json(response, world().dashboards(hoursOf(url))),
};

export const answerGet = async (
  context: Context,
  url: URL,
  _request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const file = context.files.get(url.pathname);
  if (file !== undefined) {
    const { contentType, gzipped, bundleMs } = file;
    const timing = `bundle;dur=${bundleMs.toFixed(1)}`;
    response.writeHead(200, { "content-type": contentType, "content-encoding": "gzip", "server-timing": timing });
    response.end(gzipped);
    return;
  }
  await found(GETS[url.pathname], "a path of the console", url.pathname)(context, url, response);
};

let uploaded = 0;

/** A number keeps uploads of the same name apart. */
const keyFor = (name: string): string => {
  uploaded += 1;
  const key = `${uploaded}/${name}`;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new Refused(400, `Expected at most ${MAX_KEY_BYTES} bytes for the key but got ${Buffer.byteLength(key)}`);
  return key;
};

/** Passes the body on to S3 as it arrives. If the page goes away, S3 stores nothing. */
const put = (request: IncomingMessage, url: string, sizeBytes: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const toS3 = httpRequest(url, { method: "PUT", headers: { "content-length": sizeBytes } }, (answered) => {
      answered.resume();
      if (answered.statusCode === 200) resolve();
      else reject(new Error(`Expected status 200 from S3 but got ${answered.statusCode}`));
    });
    toS3.once("error", reject);
    pipeline(request, toS3).catch(reject);
  });

const sizeOf = (request: IncomingMessage): number => {
  const size = Number(request.headers["content-length"] ?? Number.NaN);
  if (Number.isInteger(size)) return size;
  throw new Refused(411, "Expected a Content-Length for the upload but got none");
};

type Post = (context: Context, url: URL, request: IncomingMessage) => unknown;

const upload: Post = async ({ world }, url, request) => {
  const { sandbox, uploads, maxBytes } = world();
  const name = wanted(url, "name");
  const sizeBytes = sizeOf(request);
  if (sizeBytes > maxBytes) {
    throw new Refused(
      413,
      `Expected at most ${maxBytes} bytes (max_image_bytes) for ${name} but got ${sizeBytes}; in AWS, the function refuses it without downloading it`,
    );
  }
  const key = keyFor(name);
  uploads.announce(key, "page");
  await put(request, `${sandbox.endpointUrl}/${sandbox.uploadBucket}/${encodeURIComponent(key)}`, sizeBytes);
  return { key };
};

const samples: Post = async ({ world }) => {
  const { sandbox, uploads } = world();
  const names = (await readdir(SAMPLES)).filter((name) => !name.startsWith(".")).sort();
  for (const name of names) {
    const key = keyFor(name);
    uploads.announce(key, "page");
    await sandbox.upload(key, await readFile(join(SAMPLES, name)));
  }
  return { uploads: names.length };
};

/** What can be done with backfills: add a row. */
const BACKFILL_ACTIONS: Readonly<Record<string, (backfills: Backfills, url: URL) => Promise<string>>> = {
  start: (backfills, url) => backfills.start(url.searchParams.get("all") === "true"),
  stop: (backfills) => backfills.stop(),
  resume: (backfills) => backfills.resume(),
  retry: (backfills, url) => backfills.retry(wanted(url, "run")),
};

const JUMP_MS = 300_000;
const SPEEDS = [1, 60];

/** Changes by path: add a row. */
const POSTS: Readonly<Record<string, Post>> = {
  "/api/upload": upload,
  "/api/samples": samples,
  "/api/replay": ({ world }, url) => {
    const id = wanted(url, "id");
    return {
      replayed: found(world().uploads.replay(id) || undefined, "the id of an upload that has been invoked", id),
    };
  },
  "/api/redrive": async ({ world }) => ({ redriven: await world().redrive() }),
  "/api/backfill": async ({ world }, url) => {
    const backfills = found(world().backfills, "a backfill in the stack", "none");
    const name = wanted(url, "action");
    return { run: await found(BACKFILL_ACTIONS[name], Object.keys(BACKFILL_ACTIONS).join(", "), name)(backfills, url) };
  },
  "/api/break": async ({ world }, url) => {
    const id = wanted(url, "id");
    return { broken: found((await world().break(id)) || undefined, "a fault that is not broken yet", id) };
  },
  "/api/heal": ({ world }, url) => {
    const id = wanted(url, "id");
    return { healed: found(world().heal(id) || undefined, "a fault that is broken", id) };
  },
  "/api/jump": ({ world }) => {
    world().pace.jump(JUMP_MS);
    return {};
  },
  "/api/speed": ({ world }, url) => {
    const speed = Number(wanted(url, "speed"));
    if (!SPEEDS.includes(speed)) throw new Refused(400, `Expected ${SPEEDS.join(" or ")} for speed but got ${speed}`);
    world().pace.setSpeed(speed);
    return {};
  },
  "/api/traffic": ({ world, feed }, url) => {
    world().traffic.set(wanted(url, "on") === "true");
    feed.touch("traffic");
    return {};
  },
  "/api/environment": async ({ environments, change }, url) => {
    const name = wanted(url, "name");
    found(
      environments().find((each) => each === name),
      `one of ${environments().join(", ")}`,
      name,
    );
    await change(name);
    return { environment: name };
  },
};

export const answerPost = async (
  context: Context,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const post = found(POSTS[url.pathname], "a path of the console", url.pathname);
  json(response, await post(context, url, request));
};
