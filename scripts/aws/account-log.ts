/** Reads the log of a deployed function from CloudWatch Logs. */
import { type CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { EventName } from "../../handler/contract/events";
import { METRICS } from "../../handler/contract/metrics";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import { quoted } from "../cloudwatch/tokens";
import { deployedAnswerTo } from "./account";

export interface LogEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  readonly text: string;
}

const [{ levels }] = METRICS.LambdaErrors.from;

/** The lines that the metric LambdaErrors counts, and reports of invocations that failed or timed out. */
const ERRORS = [
  ...levels.map((level) => `($.level = "${level}")`),
  '(($.type = "platform.report") && ($.record.status != "success"))',
].join(" || ");

export interface LineFilter {
  /** Only lines about this upload; an asterisk stands for any text. @default lines about every upload */
  readonly key?: string;
  /** Only errors. @default false */
  readonly errors?: boolean;
}

/** @returns a filter pattern, or undefined if every line matches */
export const patternFor = ({ key, errors }: LineFilter): string | undefined => {
  const conditions = [...(key === undefined ? [] : [`$.key = ${quoted(key)}`]), ...(errors ? [ERRORS] : [])];
  return conditions.length === 0 ? undefined : `{ ${conditions.map((condition) => `(${condition})`).join(" && ")} }`;
};

/** @returns a filter pattern that matches the refusal of one upload */
export const refusalOf = (key: string): string => {
  const event: EventName = "image.refused";
  return `{ ($.event = "${event}") && ($.key = ${quoted(key)}) }`;
};

export interface LogQuery {
  /** A filter pattern. @default every line */
  readonly pattern?: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The log group of a deployed function. */
export interface LogGroup {
  readonly client: CloudWatchLogsClient;
  readonly environment: Environment;
  readonly name: string;
}

export const logGroupOf = (client: CloudWatchLogsClient, environment: Environment): LogGroup => ({
  client,
  environment,
  name: naming(environment).logGroupName,
});

/**
 * Yields the lines, oldest first, page by page. Each line is matched here, too, because some emulators ignore the pattern.
 * @throws NotDeployed if the log group does not exist; Error of one line
 */
export async function* logEvents(
  { client, environment, name: logGroupName }: LogGroup,
  { pattern: filterPattern, sinceMs }: LogQuery,
): AsyncGenerator<LogEvent> {
  const pattern = filterPattern === undefined ? undefined : parseFilterPattern(filterPattern);
  const missing = `log group ${logGroupName}`;
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ logGroupName, filterPattern, startTime: sinceMs, nextToken });
    const page = await deployedAnswerTo("FilterLogEvents", client.send(command), { environment, missing });
    for (const { eventId, timestamp: timestampMs = 0, message = "" } of page.events ?? []) {
      const text = message.trimEnd();
      if (timestampMs < sinceMs || (pattern !== undefined && matches(pattern, text) === undefined)) continue;
      yield { id: eventId ?? `${timestampMs} ${text}`, timestampMs, text };
    }
    if (page.nextToken === nextToken) return;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
