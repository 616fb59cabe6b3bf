/** The faults that S3 injects during a soak: their kinds, frequencies, and which call gets which fault. */
import { type ApiCall, type ApiRefusal, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Damage } from "../../sandbox/damage";
import { oneOf, type Random } from "../seeded-random";

interface Fault {
  /** Calls that it can affect. */
  readonly of: readonly ("GET" | "PUT")[];
  /** A refusal, a damaged response, or no response. */
  readonly is: ApiRefusal | Damage | "silence";
  /** Frequency per thousand calls. */
  readonly permille: number;
}

const BOTH = ["GET", "PUT"] as const;
const GET = ["GET"] as const;

const refusal = (status: number, code: string): ApiRefusal => ({ status, code, message: `${code}, injected` });

/** Every fault of S3: add a row. Faults that cost seconds are rare. */
// biome-ignore format: a ledger is read down its columns
export const FAULTS = {
  throttled:            { of: BOTH, permille: 15, is: refusal(503, "SlowDown") },
  "error 500":          { of: BOTH, permille: 15, is: refusal(500, "InternalError") },
  denied:               { of: BOTH, permille: 5,  is: refusal(403, "AccessDenied") },
  gone:                 { of: GET,  permille: 10, is: refusal(404, "NoSuchKey") },
  "answer lost":        { of: BOTH, permille: 15, is: "lost" },
  "body cut":           { of: GET,  permille: 20, is: "cut" },
  "length too long":    { of: GET,  permille: 15, is: "too-long" },
  "length too short":   { of: GET,  permille: 15, is: "too-short" },
  "another eTag":       { of: GET,  permille: 10, is: "mislabelled" },
  "body stalled":       { of: GET,  permille: 3,  is: "stalled" },
  "no answer":          { of: BOTH, permille: 1,  is: "silence" },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

type Row = readonly [FaultName, Fault];

const ROWS = Object.entries(FAULTS) as unknown as readonly [Row, ...Row[]];

/** Of a thousand uploads, how many get the same fault on every attempt, so that Lambda gives up. */
const PERSISTENT_PERMILLE = 30;

/** @returns the key of an upload, which is also the prefix of its variants' keys */
export const keyOf = (episode: number): string => `soak/${String(episode).padStart(5, "0")}`;

const KEY = /^soak\/(\d+)(?:_([a-z0-9-]+)_)?/;

/**
 * @param persistentVariant that a persistent PUT fault affects: the others are stored, and the function must not log a success
 * @returns a function that picks the fault of a call, from the seed and the number of equal calls before it
 */
export const createFaultPicker = (
  random: Random,
  persistentVariant: string,
): ((call: ApiCall) => FaultName | undefined) => {
  const calls = new Map<string, number>();
  return ({ caller, action, key = "" }) => {
    const [, episode, variant = ""] = KEY.exec(key) ?? [];
    if (caller !== FUNCTION_ACCESS_KEY_ID || episode === undefined) return undefined;
    const method = action === "s3:PutObject" ? "PUT" : "GET";
    const call = `${episode} ${method} ${variant}`;
    const count = (calls.get(call) ?? 0) + 1;
    calls.set(call, count);
    const possible = ROWS.filter(([, { of }]) => of.includes(method));
    const isPersistent = random(episode, "persistent") * 1_000 < PERSISTENT_PERMILLE;
    if (!isPersistent) return drawn(possible, random(call, count) * 1_000);
    const [name, { of }] = oneOf(ROWS, random(episode, "fault"));
    const isAffected = of.includes("PUT") ? variant === persistentVariant : method === "GET";
    return isAffected ? name : undefined;
  };
};

/** @param at a number >= 0 and < 1000 */
const drawn = (rows: readonly Row[], at: number): FaultName | undefined => {
  let upTo = 0;
  for (const [name, { permille }] of rows) {
    upTo += permille;
    if (at < upTo) return name;
  }
  return undefined;
};
