/** Server-sent events: collects changes for a moment and sends them to every open page. */
import type { ServerResponse } from "node:http";
import type { Changes, Line, Mail, Upload } from "./protocol";

/** Values that are sent to pages only as a whole, computed when they are sent. */
export interface Wholes {
  readonly clock: () => Changes["clock"];
  readonly alarms: () => Changes["alarms"];
  readonly faults: () => Changes["faults"];
  readonly traffic: () => Changes["traffic"];
}

export interface Feed {
  subscribe(response: ServerResponse): void;
  upload(upload: Upload): void;
  forgotten(ids: readonly string[]): void;
  line(line: Line): void;
  mails(mails: readonly Mail[]): void;
  deadLetters(count: number): void;
  touch(...kinds: readonly (keyof Wholes)[]): void;
  /** Sends at once. */
  environment(change: Changes["environment"]): void;
  /** Resolves when the first page has opened. */
  readonly opened: Promise<void>;
  /** Ends all responses. */
  close(): void;
}

/** Short enough to look live, long enough for a flood of uploads. */
const EVERY_MS = 60;

/** A page that reads too slowly is disconnected and loads everything again. */
const MAX_BEHIND_BYTES = 16 * 1024 ** 2;

/** @param wholes undefined while an environment is starting: pages then load everything when it is there */
export const createFeed = (wholes: () => Wholes | undefined): Feed => {
  const responses = new Set<ServerResponse>();
  const uploads = new Map<string, Upload>();
  const touched = new Set<keyof Wholes>();
  let lines: Line[] = [];
  let mails: Mail[] = [];
  let ids: string[] = [];
  let deadLetters: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });

  const send = <K extends keyof Changes>(kind: K, data: Changes[K]) => {
    const text = `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const response of responses) {
      response.write(text);
      if (response.writableLength > MAX_BEHIND_BYTES) response.destroy();
    }
  };

  const flush = () => {
    timer = undefined;
    for (const upload of uploads.values()) send("upload", upload);
    uploads.clear();
    if (ids.length > 0) send("forgotten", ids);
    if (lines.length > 0) send("lines", lines);
    if (mails.length > 0) send("mails", mails);
    if (deadLetters !== undefined) send("deadLetters", deadLetters);
    const current = wholes();
    if (current !== undefined) for (const kind of touched) send(kind, current[kind]() as never);
    touched.clear();
    [ids, lines, mails, deadLetters] = [[], [], [], undefined];
  };

  const soon = () => {
    if (responses.size > 0) timer ??= setTimeout(flush, EVERY_MS);
  };

  return {
    subscribe: (response) => {
      responses.add(response);
      open();
      response.on("close", () => responses.delete(response));
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write("retry: 1000\n\n");
    },
    upload: (upload) => {
      if (responses.size === 0) return;
      uploads.set(upload.id, upload);
      soon();
    },
    forgotten: (gone) => {
      for (const id of gone) uploads.delete(id);
      if (responses.size > 0) ids.push(...gone);
      soon();
    },
    line: (line) => {
      if (responses.size > 0) lines.push(line);
      soon();
    },
    mails: (sent) => {
      if (responses.size > 0) mails.push(...sent);
      soon();
    },
    deadLetters: (count) => {
      deadLetters = count;
      soon();
    },
    touch: (...kinds) => {
      for (const kind of kinds) touched.add(kind);
      soon();
    },
    environment: (change) => {
      clearTimeout(timer);
      timer = undefined;
      uploads.clear();
      touched.clear();
      [ids, lines, mails, deadLetters] = [[], [], [], undefined];
      send("environment", change);
    },
    opened,
    close: () => {
      clearTimeout(timer);
      for (const response of responses) response.end();
    },
  };
};
