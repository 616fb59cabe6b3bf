/** Compares the CloudWatch engine with recorded answers of the service. */
import { NotModelledError } from "../../cloudwatch/not-modelled";
import { ANSWERS } from "./answers";
import type { Case, Kind, UnknownCase } from "./cases";

type Outcome = "agrees" | "differs" | "not supported";

interface Result {
  readonly outcome: Outcome;
  /** One line, for what does not agree: place, kind, both answers and the source. */
  readonly line: string;
}

const isClose = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Equal as JSON; numbers may differ by rounding. */
const isSame = (one: unknown, other: unknown): boolean => {
  if (typeof one === "number" && typeof other === "number") return isClose(one, other);
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && isSame(one[key], other[key]));
};

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;

const texts = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : value;

type Transition = readonly [minute: number, state: string];

/** The same states in the same order, each within so many minutes. */
const isWithin = (expected: unknown, got: unknown, minutes: number): boolean => {
  if (!Array.isArray(expected) || !Array.isArray(got) || expected.length !== got.length) return false;
  const pairs = expected.map((transition: Transition, index) => [transition, got[index] as Transition] as const);
  return pairs.every(([[minute, state], [at, to]]) => state === to && Math.abs(at - minute) <= minutes);
};

const agrees = ({ kind, input, expected }: Case, got: unknown): boolean => {
  if ("tolerance" in input) return isWithin(expected, got, input.tolerance);
  // TestMetricFilter answers numbers as text.
  if (kind === "pattern") return isSame(texts(expected), texts(got));
  // The order of data carries no meaning.
  if (kind === "filter" || kind === "emf") return isSame(sorted(expected), sorted(got));
  return isSame(expected, got);
};

const answer = <K extends Kind>({ kind, input }: Case<K>): unknown => ANSWERS[kind](input);

const isKnown = (one: Case | UnknownCase): one is Case => "input" in one;

const resultOf = (one: Case | UnknownCase): Result => {
  const line = (what: string) => `${one.place} ${one.kind}: ${what} (${one.source})`;
  if (!isKnown(one)) return { outcome: "not supported", line: line("unknown kind of case") };
  try {
    const got = answer(one);
    if (agrees(one, got)) return { outcome: "agrees", line: line("agrees") };
    const difference = `expected ${JSON.stringify(one.expected)} but got ${JSON.stringify(got)}`;
    return { outcome: "differs", line: line(difference) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NotModelledError) return { outcome: "not supported", line: line(message) };
    return { outcome: "differs", line: line(`expected ${JSON.stringify(one.expected)} but got the error ${message}`) };
  }
};

export interface Conformance {
  readonly agree: number;
  /** A line for each difference and for each case that is not supported, in the order of the cases. */
  readonly lines: readonly string[];
  readonly differ: number;
  readonly notSupported: number;
}

export const conformanceOf = (cases: readonly (Case | UnknownCase)[]): Conformance => {
  const results = cases.map(resultOf);
  const count = (wanted: Outcome) => results.filter(({ outcome }) => outcome === wanted).length;
  return {
    agree: count("agrees"),
    differ: count("differs"),
    notSupported: count("not supported"),
    lines: results.flatMap(({ outcome, line }) => (outcome === "agrees" ? [] : [`${outcome}: ${line}`])),
  };
};
