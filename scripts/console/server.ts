/** The console's server: the page, its questions, and what it changes. Bound to 127.0.0.1. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { stackNames } from "../build/environments";
import { bundlePage } from "./bundle";
import { createFeed } from "./feed";
import { protect, refusalOf } from "./guard";
import { Refused } from "./refused";
import { answerGet, answerPost, type Context } from "./routes";
import { startWorld, type World } from "./world";

export interface ConsoleOptions {
  readonly environment: string;
  /** Of the console. @default a free one */
  readonly port?: number;
  /** Of the S3 endpoint. @default a free one */
  readonly s3Port?: number;
  /** Called when the page can be opened; it waits for the environment itself. */
  readonly onListening?: (url: string) => void;
}

export interface Console {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  readonly s3Url: string;
  readonly uploadBucket: string;
  /** @default the environment has no upload API */
  readonly apiUrl?: string;
  stop(): Promise<void>;
}

/** Time that a browser needs to request the page, if it is opened at once. */
const PAGE_FIRST_MS = 300;

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(new Error(`Expected a free port for --console-port but got ${port} (${cause.code})`, { cause }));
    });
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

const answer = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  try {
    if (request.method === "GET" || request.method === "HEAD") await answerGet(context, url, request, response);
    else if (request.method === "POST") await answerPost(context, url, request, response);
    else throw new Refused(405, `Expected GET or POST but got ${request.method}`);
  } catch (error) {
    const { message } = error as Error;
    // The client has gone, or part of the answer has been sent.
    if (response.headersSent || response.destroyed) return void response.destroy();
    response.statusCode = error instanceof Refused ? error.status : 500;
    response.setHeader("content-type", "application/json");
    if (!request.complete) response.setHeader("connection", "close");
    response.end(JSON.stringify({ problem: message }));
  }
};

/** @throws UsageError for an unknown environment; Error of one line: a port that is in use, or what the build or the synthesis reports */
export const startConsole = async (options: ConsoleOptions): Promise<Console> => {
  let world: World | undefined;
  const current = (): World => {
    if (world === undefined) throw new Refused(503, "The environment is starting; try again in a moment");
    return world;
  };
  const feed = createFeed(
    () =>
      world && {
        clock: world.pace.state,
        alarms: () => current().snapshot([]).alarms,
        faults: () => current().snapshot([]).faults,
        traffic: () => current().traffic.isOn,
      },
  );
  let environments: readonly string[] = [];
  const files = await bundlePage();
  let s3Port = options.s3Port;

  const change = async (environment: string): Promise<void> => {
    const before = current();
    world = undefined;
    await before.stop();
    try {
      world = await startWorld(environment, feed, s3Port);
      feed.environment({ environment });
    } catch (error) {
      world = await startWorld(before.environment, feed, s3Port);
      feed.environment({ environment: before.environment, problem: (error as Error).message });
    }
  };

  const isStarting = () => world === undefined;
  const context: Context = { world: current, isStarting, environments: () => environments, files, feed, change };
  const server = createServer((request, response) => {
    protect(response);
    const refusal = refusalOf(request, (server.address() as AddressInfo).port);
    if (refusal === undefined) return void answer(context, request, response);
    response.writeHead(403, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify({ problem: refusal }));
  });
  // The page does not poll, so connections can be idle between clicks.
  server.keepAliveTimeout = 60_000;
  const url = `http://127.0.0.1:${await listen(server, options.port ?? 0)}`;
  options.onListening?.(url);
  const stop = async () => {
    feed.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await world?.stop();
  };
  // Starting an environment keeps this process busy: a browser that is waiting gets the page first.
  await Promise.race([feed.opened, sleep(PAGE_FIRST_MS)]);
  const starting = startWorld(options.environment, feed, options.s3Port);
  const [first, names] = await Promise.all([starting, stackNames(process.env)]).catch(async (error) => {
    world = await starting.catch(() => undefined);
    await stop();
    throw error;
  });
  environments = names;
  world = first;
  const { endpointUrl: s3Url, uploadBucket, apiUrl } = first.sandbox;
  s3Port = Number(new URL(s3Url).port);
  feed.environment({ environment: options.environment });
  return { url, s3Url, uploadBucket, ...(apiUrl !== undefined && { apiUrl }), stop };
};
