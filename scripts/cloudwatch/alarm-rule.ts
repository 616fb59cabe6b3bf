/**
 * The rule of a composite alarm: `(ALARM(a) OR ALARM("b c")) AND NOT OK(d)`, `AT_LEAST(2, ALARM, (a, b, c))`.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html. Assumed: NOT binds closest, AND
 * before OR; a percentage in AT_LEAST is that of the listed alarms; operators and functions are in capitals.
 */
import { type Cursor, cursorOver } from "./cursor";
import type { AlarmState } from "./missing-data";

export type AlarmRule =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "state"; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: "not"; readonly of: AlarmRule }
  | { readonly kind: "AND" | "OR"; readonly parts: readonly AlarmRule[] }
  | {
      readonly kind: "at least";
      readonly threshold: number;
      readonly isPercent: boolean;
      readonly state: AlarmState;
      readonly isNot: boolean;
      readonly alarms: readonly string[];
    };

/** PutCompositeAlarm, AlarmRule: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MAX_CHARACTERS = 10_240;
const MAX_ALARMS = 100;

const STATE = /(?:ALARM|OK|INSUFFICIENT_DATA)\b/y;
const QUOTED = /"(?:\\.|[^"\\])+"/y;
const PLAIN = /[^\s"(),]+/y;
const OPERAND = "ALARM, OK, INSUFFICIENT_DATA, AT_LEAST, NOT, TRUE, FALSE or (";

const ARN = /^arn:[\w-]+:cloudwatch:[\w-]*:\d*:alarm:(.+)$/;

/** @returns the alarm's name from its name or ARN */
export const alarmName = (reference: string): string => ARN.exec(reference)?.[1] ?? reference;

const readAlarm = (cursor: Cursor): string => {
  const quoted = cursor.take(QUOTED);
  const text = quoted?.slice(1, -1).replaceAll(/\\(.)/g, "$1") ?? cursor.need(PLAIN, "the name or ARN of an alarm");
  return alarmName(text);
};

const inParentheses = <T>(cursor: Cursor, read: () => T): T => {
  cursor.need(/\(/y, "(");
  const value = read();
  cursor.need(/\)/y, ")");
  return value;
};

const readAtLeast = (cursor: Cursor): AlarmRule =>
  inParentheses(cursor, () => {
    const amount = cursor.need(/\d+%?/y, "a number or percentage of alarms");
    cursor.need(/,/y, "a comma");
    const isNot = cursor.take(/NOT\b/y) !== undefined;
    const state = cursor.need(STATE, "ALARM, OK or INSUFFICIENT_DATA") as AlarmState;
    cursor.need(/,/y, "a comma");
    const alarms = inParentheses(cursor, () => {
      const list = [readAlarm(cursor)];
      while (cursor.take(/,/y) !== undefined) list.push(readAlarm(cursor));
      return list;
    });
    return {
      kind: "at least",
      threshold: Number.parseInt(amount, 10),
      isPercent: amount.endsWith("%"),
      state,
      isNot,
      alarms,
    };
  });

const readRule = (cursor: Cursor): AlarmRule => {
  const operand = (): AlarmRule => {
    if (cursor.take(/NOT\b/y) !== undefined) return { kind: "not", of: operand() };
    const constant = cursor.take(/(?:TRUE|FALSE)\b/y);
    if (constant !== undefined) return { kind: "constant", value: constant === "TRUE" };
    if (cursor.take(/AT_LEAST\b/y) !== undefined) return readAtLeast(cursor);
    const state = cursor.take(STATE);
    if (state !== undefined) {
      return { kind: "state", state: state as AlarmState, alarm: inParentheses(cursor, () => readAlarm(cursor)) };
    }
    cursor.need(/\(/y, OPERAND);
    const inner = any();
    cursor.need(/\)/y, "AND, OR or )");
    return inner;
  };
  const list = (kind: "AND" | "OR", separator: RegExp, part: () => AlarmRule): AlarmRule => {
    const first = part();
    const parts = [first];
    while (cursor.take(separator) !== undefined) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  };
  const all = () => list("AND", /AND\b/y, operand);
  const any = (): AlarmRule => list("OR", /OR\b/y, all);
  return any();
};

/** The names of the alarms in a rule, each once. */
export const alarmsOf = (rule: AlarmRule): string[] => {
  const all = (each: AlarmRule): string[] => {
    if (each.kind === "state") return [each.alarm];
    if (each.kind === "at least") return [...each.alarms];
    if (each.kind === "not") return all(each.of);
    return each.kind === "constant" ? [] : each.parts.flatMap(all);
  };
  return [...new Set(all(rule))];
};

/** The names of the alarms in a rule of which only another state than ALARM helps the rule to hold: they say that all is well. */
export const healthAlarmsOf = (rule: AlarmRule): string[] => {
  /** Alarms that help the rule by ALARM, where `helps`, or by another state. */
  const found = (each: AlarmRule, helps: boolean): string[] => {
    if (each.kind === "not") return found(each.of, !helps);
    if (each.kind === "state") return (each.state === "ALARM") === helps ? [each.alarm] : [];
    if (each.kind === "at least") return (each.state === "ALARM" && !each.isNot) === helps ? [...each.alarms] : [];
    return each.kind === "constant" ? [] : each.parts.flatMap((part) => found(part, helps));
  };
  const problems = found(rule, true);
  return [...new Set(found(rule, false))].filter((name) => !problems.includes(name));
};

/** @throws Error `Expected <what> at column <n> of rule <text>` */
export const parseAlarmRule = (text: string): AlarmRule => {
  const cursor = cursorOver(text, "rule");
  if (text.length > MAX_CHARACTERS) cursor.fail(`at most ${MAX_CHARACTERS} characters`, MAX_CHARACTERS);
  const rule = readRule(cursor);
  cursor.need(/$/y, "AND, OR or the end");
  if (alarmsOf(rule).length > MAX_ALARMS) cursor.fail(`at most ${MAX_ALARMS} alarms`, 0);
  return rule;
};

/** @param stateOf the state of an alarm by its name */
export const ruleHolds = (rule: AlarmRule, stateOf: (alarm: string) => AlarmState): boolean => {
  const holds = (each: AlarmRule): boolean => ruleHolds(each, stateOf);
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.of);
    case "AND":
      return rule.parts.every(holds);
    case "OR":
      return rule.parts.some(holds);
    case "at least": {
      const count = rule.alarms.filter((alarm) => (stateOf(alarm) === rule.state) !== rule.isNot).length;
      return count >= (rule.isPercent ? (rule.threshold / 100) * rule.alarms.length : rule.threshold);
    }
  }
};
