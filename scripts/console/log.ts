/** The function's log: its newest lines, what each says, and which filters matched it. */
import { embeddedMetrics } from "../cloudwatch/embedded-metrics";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import type { LogLine } from "../sandbox/function-log";
import { type Fields, fieldsOf, levelOf, summaryOf, titleOf } from "../terminal/log-line";
import type { FilterMatch, Line } from "./protocol";

export interface Log {
  add(line: LogLine, filterMatches: readonly FilterMatch[]): Line;
  lines(): readonly Line[];
  /** @returns ids of the lines that match since the one with this id. @throws Error of `parseFilterPattern` */
  match(pattern: string, sinceId: number): number[];
}

/** What Lambda and the function did not write as JSON has no level. */
const levelIn = (fields: Fields): string => levelOf(fields) || "INFO";

const embedded = (text: string): FilterMatch[] =>
  embeddedMetrics(text).data.map(({ name, value, unit }) => ({ filter: "", metric: name, value, unit }));

/** @param mainLogGroup lines of other log groups say where they are from */
export const createLog = (maxLines: number, mainLogGroup: string): Log => {
  const lines: Line[] = [];
  let nextId = 1;
  return {
    add: ({ text, timestampMs, requestId, visibleMs, logGroup }, filterMatches) => {
      const fields = fieldsOf(text);
      const all = [...filterMatches, ...embedded(text)];
      const line: Line = {
        ...{ id: nextId, atMs: timestampMs, level: levelIn(fields), text, filterMatches: all },
        ...{ title: titleOf(fields) ?? text, summary: summaryOf(fields) },
        ...(logGroup !== mainLogGroup && { logGroup }),
        ...(requestId !== undefined && { requestId }),
        ...(visibleMs !== undefined && all.length > 0 && { visibleMs }),
      };
      nextId += 1;
      lines.push(line);
      if (lines.length > 1.1 * maxLines) lines.splice(0, lines.length - maxLines);
      return line;
    },
    lines: () => lines.slice(-maxLines),
    match: (text, sinceId) => {
      const pattern = parseFilterPattern(text);
      return lines
        .filter(({ id, text: line }) => id > sinceId && matches(pattern, line) !== undefined)
        .map(({ id }) => id);
    },
  };
};
