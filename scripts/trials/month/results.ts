/** Committed results of `npm run month -- prod --write`, from which docs/alarms.md is made. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Delivery } from "../../cloudwatch/delivery";
import type { Canaries } from "./canaries";
import type { EpisodeName } from "./episodes";
import type { Figures } from "./figures";
import type { Verdict } from "./judge";
import type { Result } from "./run";

interface Row {
  readonly column: string;
  readonly uploadsPerMonth: number;
  readonly figures: Figures;
  /** @default not counted */
  readonly canaries?: Canaries;
  /** Targets that the figures miss, separated by semicolons. */
  readonly missed: string;
}

/** One month for the picture. */
export interface Timeline {
  readonly uploadsPerMonth: number;
  readonly episodes: readonly {
    readonly name: EpisodeName;
    readonly deserves: Verdict["deserves"];
    readonly startMinute: number;
    readonly endMinute: number;
  }[];
  /** Pages in each hour of the month, separated by spaces, by column. */
  readonly pagesByHour: Readonly<Record<string, string>>;
}

export interface Results {
  /** Such as 2026-03-01. */
  readonly date: string;
  readonly delivery: Delivery;
  readonly seed: number;
  readonly months: number;
  readonly rows: readonly Row[];
  readonly timeline: Timeline;
}

const FILE = join(__dirname, "results.json");

export const readResults = (): Results => JSON.parse(readFileSync(FILE, "utf8")) as Results;

const HOURS = 30 * 24;

/** @returns the first month of a rate, as each column saw it */
export const timelineOf = (results: readonly Result[], uploadsPerMonth: number): Timeline => {
  const own = results.filter((result) => result.uploadsPerMonth === uploadsPerMonth);
  const pagesByHour = own.map(({ column, months: [month] }) => {
    const hours = Array.from({ length: HOURS }, () => 0);
    for (const { minute } of month?.pages ?? [])
      hours[Math.floor(minute / 60)] = (hours[Math.floor(minute / 60)] ?? 0) + 1;
    return [column, hours.join(" ")] as const;
  });
  const verdicts = own.at(-1)?.months[0]?.verdicts ?? [];
  return {
    uploadsPerMonth,
    episodes: verdicts.map(({ name, deserves, startMinute, endMinute }) => ({
      name,
      deserves,
      startMinute,
      endMinute,
    })),
    pagesByHour: Object.fromEntries(pagesByHour),
  };
};

/** Four digits exceed what so few months can tell. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

export const writeResults = (results: Results): void =>
  writeFileSync(FILE, `${JSON.stringify(JSON.parse(JSON.stringify(results, rounded)), null, 2)}\n`);
