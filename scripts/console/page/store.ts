/** What the page knows: the server's snapshot, kept up to date by its events. */
import { batch, computed, signal } from "@preact/signals";
import type { Changes, ClockState, Line, Snapshot, Upload } from "../protocol";
import { grouped } from "./format";

export const snapshot = signal<Omit<Snapshot, "uploads" | "lines"> | undefined>(undefined);
/** Newest first. */
export const uploads = signal<readonly Upload[]>([]);
/** Oldest first. */
export const lines = signal<readonly Line[]>([]);
export const isConnected = signal(true);
/** Last problem, to show and to announce. */
export const problem = signal<string | undefined>(undefined);
/** For screen readers. */
export const announcement = signal("");
/** Files that are on their way. */
export const sending = signal<readonly { readonly id: number; readonly name: string; readonly share: number }[]>([]);
/** Files that the server did not take, with the reason. */
export const rejected = signal<readonly { readonly id: number; readonly name: string; readonly reason: string }[]>([]);
export const readMails = signal<number>(0);
/** Real time since which the clock's state is known. */
const clockAt = signal(performance.now());
const tick = signal(0);

setInterval(() => {
  tick.value += 1;
}, 250);

export const clock = computed<ClockState | undefined>(() => snapshot.value?.clock);

/** Local time, which continues between the server's messages. */
export const nowMs = computed(() => {
  tick.value;
  const state = clock.value;
  return state === undefined ? 0 : state.nowMs + (performance.now() - clockAt.value) * state.scale;
});

/** Once a minute of local time: what is drawn over time changes then. */
export const minute = computed(() => Math.floor(nowMs.value / 60_000));

/** Alarms in ALARM, without those that say that all is well. */
export const inAlarm = computed(() =>
  (snapshot.value?.alarms ?? []).filter(({ state, isSignOfHealth }) => state === "ALARM" && !isSignOfHealth),
);
const namesInAlarm = computed(() => new Set(inAlarm.value.map(({ short }) => short)));
export const isInAlarm = (name: string): boolean => namesInAlarm.value.has(name);
export const unread = computed(() => (snapshot.value?.mails ?? []).filter(({ id }) => id > readMails.value).length);

let nextId = 1;

const change = (changes: Partial<Snapshot>) => {
  if (snapshot.value !== undefined) snapshot.value = { ...snapshot.value, ...changes };
};

interface Numbered {
  readonly id: number;
}

/** Only the new entries: a snapshot can contain entries that an event sends again. */
const newer = <T extends Numbered>(data: readonly T[], known: readonly T[]): T[] =>
  data.filter(({ id }) => id > (known.at(-1)?.id ?? 0));

/** Each kind of event, and what it changes. */
const RECEIVERS: { readonly [K in keyof Changes]: (data: Changes[K]) => void } = {
  clock: (data) => {
    clockAt.value = performance.now();
    change({ clock: data });
  },
  upload: (data) => {
    const index = uploads.value.findIndex(({ id }) => id === data.id);
    if (index < 0) uploads.value = [data, ...uploads.value];
    else uploads.value = uploads.value.with(index, data);
    if (data.state === "done") announcement.value = `${data.key}: ${data.variants.length} variants`;
    if (data.state === "refused" || data.state === "failed") announcement.value = `${data.key}: ${data.state}`;
  },
  forgotten: (ids) => {
    uploads.value = uploads.value.filter(({ id }) => !ids.includes(id));
  },
  lines: (data) => {
    const limit = snapshot.value?.limits.lines ?? data.length;
    lines.value = [...lines.value, ...newer(data, lines.value)].slice(-limit);
  },
  alarms: (data) => {
    const before = new Map(snapshot.value?.alarms.map(({ name, state }) => [name, state]));
    const changed = data.filter(({ name, state }) => before.get(name) !== state);
    if (changed.length > 0) {
      announcement.value = changed.map(({ short, state }) => `${short} is ${state}`).join(", ");
    }
    change({ alarms: data });
  },
  mails: (data) => {
    const limit = snapshot.value?.limits.mails ?? data.length;
    const mails = snapshot.value?.mails ?? [];
    change({ mails: [...mails, ...newer(data, mails)].slice(-limit) });
  },
  faults: (data) => change({ faults: data }),
  traffic: (data) => change({ traffic: data }),
  deadLetters: (data) => change({ deadLetters: data }),
  environment: ({ environment, problem: why }) => {
    if (why !== undefined) problem.value = why;
    announcement.value = `Environment ${environment}`;
    void load();
  },
};

/** Events that arrive while a snapshot is on its way: it may be older than they are, so they are applied after it. */
let held: (() => void)[] | undefined;

const show = ({ uploads: all, lines: log, ...rest }: Snapshot): void =>
  batch(() => {
    clockAt.value = performance.now();
    snapshot.value = rest;
    uploads.value = [...all].reverse();
    lines.value = log;
    if (rest.mails.every(({ id }) => id < readMails.value)) readMails.value = 0;
  });

const load = async (): Promise<void> => {
  const mine: (() => void)[] = [];
  held = mine;
  // While an environment is starting there is nothing to show; its event follows.
  const state = await fetch("/api/state")
    .then((response) => (response.status === 200 ? (response.json() as Promise<Snapshot>) : undefined))
    .catch(() => undefined);
  // A later snapshot was requested; it contains the changes of these events.
  if (held !== mine) return;
  held = undefined;
  if (state !== undefined) show(state);
  for (const receive of mine) receive();
};

export const connect = (): void => {
  const events = new EventSource("/api/events");
  events.onopen = () => {
    isConnected.value = true;
    void load();
  };
  events.onerror = () => {
    isConnected.value = false;
  };
  for (const [kind, receive] of Object.entries(RECEIVERS)) {
    events.addEventListener(kind, ({ data }) => {
      const received = () => (receive as (data: unknown) => void)(JSON.parse(data));
      if (held === undefined) received();
      else held.push(received);
    });
  }
};

const problemOf = (text: string, status: number): string => {
  try {
    return (JSON.parse(text) as { problem?: string }).problem ?? `Status ${status}`;
  } catch {
    return `Status ${status}`;
  }
};

/** @returns the answer, or undefined after a problem, which is shown */
export const ask = async <T>(path: string, values: Readonly<Record<string, string>> = {}): Promise<T | undefined> => {
  const response = await fetch(`${path}?${new URLSearchParams(values)}`).catch(() => undefined);
  if (response?.ok) return response.json();
  return undefined;
};

export const post = async (path: string, values: Readonly<Record<string, string>> = {}): Promise<boolean> => {
  const response = await fetch(`${path}?${new URLSearchParams(values)}`, { method: "POST" }).catch(() => undefined);
  if (response === undefined) problem.value = "The console does not answer. Is npm start still running?";
  else if (!response.ok) problem.value = problemOf(await response.text(), response.status);
  return response?.ok === true;
};

const reject = (name: string, reason: string) => {
  rejected.value = [{ id: nextId++, name, reason }, ...rejected.value].slice(0, 20);
  announcement.value = `${name}: not uploaded`;
};

const send = (file: File): Promise<void> =>
  new Promise((resolve) => {
    const id = nextId++;
    const request = new XMLHttpRequest();
    const set = (share: number) => {
      sending.value = sending.value.map((each) => (each.id === id ? { ...each, share } : each));
    };
    sending.value = [...sending.value, { id, name: file.name, share: 0 }];
    request.upload.onprogress = ({ loaded, total }) => set(total === 0 ? 1 : loaded / total);
    request.onloadend = () => {
      sending.value = sending.value.filter((each) => each.id !== id);
      if (request.status === 0) reject(file.name, "The upload was interrupted.");
      else if (request.status !== 200) reject(file.name, problemOf(request.responseText, request.status));
      resolve();
    };
    request.open("POST", `/api/upload?${new URLSearchParams({ name: file.name })}`);
    request.send(file);
  });

/** One after the other: parallel requests to the console would not make the function start earlier. */
export const sendFiles = async (files: readonly File[]): Promise<void> => {
  const limit = snapshot.value?.accepted.bytes ?? Infinity;
  for (const file of files) {
    if (file.size > limit)
      reject(file.name, `It has ${grouped(file.size)} bytes. The function accepts at most ${grouped(limit)}.`);
    else await send(file);
  }
};

export const objectUrl = (id: string, variant?: string, more: Readonly<Record<string, string>> = {}): string =>
  `/api/object?${new URLSearchParams({ id, ...(variant !== undefined && { variant }), ...more })}`;
