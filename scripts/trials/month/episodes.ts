/** The episodes of a simulated month: what happens, how often, and what each deserves. */
import { type Draws, drawsFor } from "./random";

/** What an operator wants to be told: at once, the next working day, or not at all. */
export type Deserves = "page" | "ticket" | "nothing";

/** Page-worthy episodes by how early they can be seen. */
export type Kind = "outage" | "partial" | "timeout" | "waiting";

/** What differs from a healthy minute. */
export interface Conditions {
  /** Factor of the uploads that arrive. */
  readonly traffic: number;
  readonly refusedShare: number;
  /** Share of attempts that fail, and how. */
  readonly failing: number;
  readonly failure: "unavailable" | "denied";
  /** Share of attempts that run into lambda_timeout, and how. */
  readonly slow: number;
  readonly slowness: "unanswered" | "timedOut";
  /** Share of uploads that fail every attempt while this lasts, and how they fail. */
  readonly hopeless: number;
  readonly hopelessness: "outOfMemory" | "unavailable";
  /** Uploads in this minute that fail every attempt. */
  readonly poison: number;
  /** Attempts in this minute that fail once. */
  readonly hiccups: number;
  /** Text files in this minute, besides the usual ones. */
  readonly textFiles: number;
  readonly queueRefuses: boolean;
  /** Reserved concurrency is 0. */
  readonly isOff: boolean;
  /** Share of the arriving uploads that the concurrency suffices for. @default there is enough for all */
  readonly capacity?: number;
  /** Longest duration as a share of lambda_timeout. @default as recorded */
  readonly duration?: number;
  /** By how many minutes metrics and lines arrive later than usual. */
  readonly lateMinutes: number;
}

/** A version that is released: CodeDeploy's canary, then all uploads. */
export interface Release {
  /** Share of attempts of the new version that fail, and how. */
  readonly failing: number;
  readonly failure: "notLoaded" | "died";
  /** Minutes from the end of the canary until a person puts the old version back. */
  readonly untilFixed: number;
}

/** What an episode does in its minutes, counted from its first one. */
interface Course {
  readonly minutes: number;
  readonly at: (minute: number) => Partial<Conditions>;
  readonly release?: Release;
}

interface Row {
  readonly deserves: Deserves;
  /** Of a page-worthy episode. */
  readonly kind?: Kind;
  /** How often in 30 days. */
  readonly times: number;
  /** Minute of the day at which it begins. @default between 01:00 and 13:00 */
  readonly begins?: number;
  /** It deserves a page where it touched as many uploads as an incident does. @default it deserves the same however many it touched */
  readonly isJudgedByHarm?: true;
  /** It deserves nothing where it touched no upload. @default it deserves the same however few it touched */
  readonly isFelt?: true;
  readonly summary: string;
  readonly course: (draws: Draws, uploadsPerMonth: number) => Course;
}

const steady = (minutes: number, conditions: Partial<Conditions>): Course => ({ minutes, at: () => conditions });
const inFirst = (minutes: number, conditions: Partial<Conditions>): Course => ({
  minutes,
  at: (minute) => (minute === 0 ? conditions : {}),
});
const between = (from: number, to: number, minute: number, minutes: number) => from + ((to - from) * minute) / minutes;

const CREEP_MINUTES = 300;
const CREEP_FROM = 0.3;
const CREEP_TO = 0.95;
const release = (failing: number, failure: Release["failure"], untilFixed: number): Course => ({
  minutes: 5,
  at: () => ({}),
  release: { failing, failure, untilFixed },
});

/** First the duration creeps up for six hours, then attempts time out. */
const timeouts = (draws: Draws): Course => {
  const creep = 360;
  const minutes = creep + draws.between(30, 60);
  const slow = draws.oneOf([0.4, 0.7, 1]);
  const slowness = draws.oneOf(["unanswered", "timedOut"] as const);
  return {
    minutes,
    at: (minute) =>
      minute < creep ? { duration: between(CREEP_FROM, 0.98, minute, creep) } : { slow, slowness, duration: 1 },
  };
};

/** Every kind of episode: add a row. A month has each as often as its row says, at most one a day. */
// biome-ignore format: a ledger is read down its columns
export const EPISODES = {
  "s3-503":          { deserves: "page",    kind: "outage",  times: 2, summary: "S3 answers 503 for ten minutes", course: () => steady(10, { failing: 1 }) },
  "denied":          { deserves: "page",    kind: "outage",  times: 2, summary: "a deployment revokes a permission", course: (draws) => steady(draws.between(30, 75), { failing: 1, failure: "denied" }) },
  "switched-off":    { deserves: "page",    kind: "outage",  times: 1, summary: "reserved concurrency is set to 0", course: (draws) => steady(draws.between(40, 80), { isOff: true }) },
  "time-outs":       { deserves: "page",    kind: "timeout", times: 2, summary: "40 to 100 % of attempts time out, after six hours of longer durations", course: timeouts },
  "memory":          { deserves: "page",    kind: "partial", times: 2, summary: "15 to 60 % of uploads do not fit into the memory after a change of its size", course: (draws) => steady(draws.between(40, 80), { hopeless: draws.oneOf([0.15, 0.3, 0.6]), hopelessness: "outOfMemory" }) },
  "queue-refuses":   { deserves: "page",    kind: "partial", times: 2, summary: "30 % of uploads fail, and the dead-letter queue refuses them", course: (draws) => steady(draws.between(25, 60), { hopeless: 0.3, hopelessness: "unavailable", queueRefuses: true }) },
  "partial-capacity": { deserves: "page",   kind: "waiting", times: 2, summary: "concurrency suffices for no upload, 30 % or 60 % of them", course: (draws) => steady(draws.between(40, 80), { capacity: draws.oneOf([0, 0.3, 0.6]) }) },
  "bad-release":     { deserves: "ticket",  kind: "outage",  times: 2, summary: "half of the attempts or all attempts of a new version fail", course: (draws) => { const [failing, failure] = draws.oneOf([[0.5, "died"], [1, "notLoaded"]] as const); return release(failing, failure, draws.between(25, 45)); } },
  "creep":           { deserves: "ticket",  times: 1, summary: "durations grow from 30 to 95 % of lambda_timeout in five hours", course: () => ({ minutes: CREEP_MINUTES, at: (minute) => ({ duration: between(CREEP_FROM, CREEP_TO, minute, CREEP_MINUTES) }) }) },
  "poison":          { deserves: "ticket",  times: 2, summary: "one upload fails on every attempt", course: () => inFirst(4, { poison: 1 }) },
  "silence":         { deserves: "ticket",  times: 1, begins: 60, summary: "no uploads for eight hours from 01:00", course: () => steady(480, { traffic: 0 }) },
  "many-refused":    { deserves: "ticket",  times: 2, summary: "ten times as many files are refused, for three to seven hours", course: (draws) => steady(draws.between(180, 420), { refusedShare: 0.1 }) },
  "steady-loss":     { deserves: "ticket",  times: 1, isFelt: true, summary: "1 % of uploads are lost for eight hours", course: () => steady(480, { hopeless: 0.01, hopelessness: "unavailable" }) },
  "hiccups":         { deserves: "nothing", times: 1, summary: "two attempts fail, seven minutes apart, and their retries succeed", course: () => ({ minutes: 10, at: (minute) => (minute === 0 || minute === 7 ? { hiccups: 1 } : {}) }) },
  "blip":            { deserves: "nothing", times: 1, summary: "half of the attempts fail for a minute", course: () => steady(1, { failing: 0.5 }) },
  "text-file":       { deserves: "nothing", times: 1, summary: "one text file", course: () => inFirst(1, { textFiles: 1 }) },
  "flood":           { deserves: "nothing", kind: "waiting", times: 1, isJudgedByHarm: true, summary: "ten times as many uploads for eight minutes", course: () => steady(8, { traffic: 10 }) },
  "healthy-release": { deserves: "nothing", times: 1, summary: "a release without faults", course: () => release(0, "died", 0) },
  "quiet-sunday":    { deserves: "nothing", times: 1, begins: 0, summary: "a Sunday with 40 % of its uploads", course: () => steady(1_440, { traffic: 0.4 }) },
  "late-metrics":    { deserves: "nothing", times: 1, summary: "metrics arrive twelve minutes later than usual, for 25 minutes", course: () => steady(25, { lateMinutes: 12 }) },
} as const satisfies Record<string, Row>;

export type EpisodeName = keyof typeof EPISODES;

const ROWS: readonly (readonly [EpisodeName, Row])[] = Object.entries(EPISODES) as [EpisodeName, Row][];

export const rowOf = (name: EpisodeName): Row => EPISODES[name];

/** An episode in its month. Minutes count from the start of the month. */
export interface Episode {
  readonly name: EpisodeName;
  readonly startMinute: number;
  /** First minute after it. */
  readonly endMinute: number;
  readonly course: Course;
}

export const DAY_MINUTES = 1_440;
export const MONTH_DAYS = 30;

/** The month begins on a Monday. */
const isSunday = (day: number): boolean => day % 7 === 6;
const EARLIEST = 60;
const LATEST = 12 * 60;

const shuffled = <T>(rows: readonly T[], draws: Draws): T[] => {
  const left = [...rows];
  return rows.map(() => left.splice(draws.between(0, left.length - 1), 1)[0] as T);
};

/**
 * @param days of the month, all but the first with one episode at most
 * @param only names of episodes; @default all
 * @returns the episodes in the order in which they begin
 */
export const scheduleOf = (
  seed: number,
  uploadsPerMonth: number,
  days = MONTH_DAYS,
  only: readonly EpisodeName[] = ROWS.map(([name]) => name),
): Episode[] => {
  const draws = drawsFor(seed, uploadsPerMonth, "episodes");
  const rows = ROWS.filter(([name]) => only.includes(name));
  const names = shuffled(
    rows.flatMap(([name, { times }]) => (name === "quiet-sunday" ? [] : Array.from({ length: times }, () => name))),
    draws,
  );
  const isQuiet = only.includes("quiet-sunday");
  const sundays = Array.from({ length: days }, (_, day) => day).filter((day) => day > 0 && isSunday(day));
  const quiet = isQuiet && sundays.length > 0 ? sundays[draws.between(0, sundays.length - 1)] : undefined;
  return Array.from({ length: days - 1 }, (_, index) => index + 1).flatMap((day): Episode[] => {
    const own = day === quiet ? (["quiet-sunday"] as const) : [];
    return [...own, ...(names.length > 0 && day !== quiet ? [names.pop() as EpisodeName] : [])].map((name) => {
      const { begins, course } = rowOf(name);
      const startMinute = day * DAY_MINUTES + (begins ?? draws.between(EARLIEST, LATEST));
      const made = course(draws, uploadsPerMonth);
      return { name, startMinute, endMinute: startMinute + made.minutes, course: made };
    });
  });
};
