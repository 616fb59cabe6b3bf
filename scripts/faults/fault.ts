/** One fault: what it changes, what is uploaded or asked for it, and which alarms it makes fire. */
import type { Blueprint, FunctionBlueprint } from "../sandbox/blueprint";
import type { OnCall } from "./calls";
import { photo } from "./pictures";

interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Requests {
  /** Of each POST to /uploads. */
  readonly body: object;
  /** The alarm whose condition says how many requests are sent. */
  readonly countOf: string;
}

export interface Fault {
  readonly cause: string;
  /** Configuration of the function while it lasts. @default as deployed */
  readonly changes?: (fn: FunctionBlueprint) => Partial<FunctionBlueprint>;
  /** How calls of the function behave while it lasts. @default they succeed */
  readonly calls?: (blueprint: Blueprint) => OnCall;
  /** What is uploaded for it. @default a small photo */
  readonly file?: (blueprint: Blueprint) => Promise<UploadedFile>;
  /** The alarm whose threshold says how many files are uploaded. @default one file is uploaded */
  readonly countOf?: string;
  /** Uploads beyond the threshold. @default none */
  readonly spare?: number;
  /** Uploads where one composite alarm pages: its conditions need more of them. @default as without it */
  readonly whenPaged?: number;
  /** Time between two rounds of uploads while it lasts. @default it uploads once */
  readonly everyMinutes?: number;
  /** Whether it needs no upload. @default it needs at least one */
  readonly isWithoutUploads?: true;
  /** How many times as fast the clock runs during an invocation. @default in real time */
  readonly scale?: number;
  /** Requests to the upload API, instead of uploads. @default none are sent */
  readonly requests?: Requests;
  /** What people should know about it. @default nothing */
  readonly note?: string;
  /** Alarms that fire when the fault lasts, by their names without the function's name. A stack may not have all of them. */
  readonly fires: readonly string[];
  /** Alarms that fire, too, unless many other uploads succeed. @default none */
  readonly firesAlone?: readonly string[];
  /** Alarms that fire, too, where refusals are logged at ERROR. @default none */
  readonly firesAtError?: readonly string[];
  /** Whether it makes sense for a stack. @default for every stack */
  readonly isFor?: (blueprint: Blueprint) => boolean;
}

const small = async (): Promise<UploadedFile> => ({ name: "photo.jpg", bytes: await photo() });

/** @returns the file that a fault uploads */
export const fileOf = ({ file = small }: Fault, blueprint: Blueprint): Promise<UploadedFile> => file(blueprint);

/** @returns the threshold of the alarm, or undefined if the stack has no such alarm */
export const thresholdOf = (alarm: string, { alarms, function: fn }: Blueprint): number | undefined =>
  alarms.find(({ name }) => name === `${fn.name}-${alarm}`)?.threshold;

const isPaged = ({ compositeAlarms, function: fn }: Blueprint): boolean =>
  compositeAlarms.some(({ name }) => name === `${fn.name}-page`);

/** @returns how many files a fault uploads at a time */
export const uploadsOf = (fault: Fault, blueprint: Blueprint): number => {
  const { countOf, spare = 0, whenPaged, isWithoutUploads, requests } = fault;
  if (isWithoutUploads === true || requests !== undefined) return 0;
  if (whenPaged !== undefined && isPaged(blueprint)) return whenPaged;
  const threshold = countOf === undefined ? 1 : (thresholdOf(countOf, blueprint) ?? 1);
  return Math.max(1, Math.ceil(threshold)) + spare;
};

/** So many more than the minimum sample that other requests do not outweigh them. */
const MANY = 4;

const conditionOf = (alarm: string, { alarms, function: fn }: Blueprint): string => {
  const watches = alarms.find(({ name }) => name === `${fn.name}-${alarm}`)?.watches;
  if (watches === undefined || "statistic" in watches) return "";
  return watches.find(({ returnData }) => returnData)?.expression ?? "";
};

/** @returns the numbers that the condition of an alarm compares with, in order; none if the stack has no such alarm */
export const limitsOf = (alarm: string, blueprint: Blueprint): number[] =>
  [...conditionOf(alarm, blueprint).matchAll(/>= (\d+)/g)].map(([, limit]) => Number(limit));

/** @returns the bodies of the requests that a fault sends to the upload API */
export const requestsOf = ({ requests }: Fault, blueprint: Blueprint): object[] => {
  if (requests === undefined) return [];
  const [least = 1] = limitsOf(requests.countOf, blueprint);
  return Array.from({ length: MANY * least }, () => requests.body);
};

/** @returns the alarms that fire when a fault lasts, without those that a composite alarm makes of them */
export const alarmsOf = ({ fires, firesAtError = [] }: Fault, { function: fn }: Blueprint): readonly string[] =>
  fn.environment.REFUSAL_LOG_LEVEL === "WARN" ? fires : [...fires, ...firesAtError];
