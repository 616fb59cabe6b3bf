/** Output of `npm run drill`. */
import Table from "cli-table3";
import pc from "picocolors";
import type { Verdict } from "./drill";
import type { MutantResult } from "./mutation-run";
import type { DrillResult } from "./result";

const mark = (isRight: boolean): string => (isRight ? pc.green("✓") : pc.red("✗"));

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 1 });

const STATES: Readonly<Record<string, (text: string) => string>> = { ALARM: pc.red, OK: pc.green };

/** @returns for example "OK 40 s ALARM 60 s OK" */
const stateChanges = ({ states }: Verdict): string => {
  const steps = states.map(({ state, afterSeconds }, i) => {
    const since = afterSeconds - (states[i - 1]?.afterSeconds ?? 0);
    return `${pc.dim(`${since} s`)} ${(STATES[state] ?? pc.yellow)(state)}`;
  });
  return [pc.green("OK"), ...steps].join(" ");
};

/** A log line in a few words: its event, or Lambda's report. */
const shortLine = (line: string): string => {
  const { event, reason, type, record, level, message } = JSON.parse(line);
  if (type !== undefined) return `${type} ${record.errorType ?? record.status}`;
  return [event ?? `${level} ${message?.errorType ?? ""}`, reason].filter(Boolean).join(" ");
};

const signal = ({ line, watches, datapoints }: Verdict): string =>
  [
    ...(line === undefined ? [] : [shortLine(line)]),
    `${watches}${datapoints.length === 0 ? "" : ` = ${datapoints.map(number).join(", ")}`}`,
  ].join("\n");

const recipientsOf = ({ topic, recipients }: Verdict): string =>
  [topic, ...(recipients.length === 0 ? [pc.yellow(NO_SUBSCRIBERS)] : recipients)].join("\n");

const NO_SUBSCRIBERS = "no subscribers";

const notified = ({ recipients, pageSeconds }: Verdict): string =>
  `${recipients.join(", ") || NO_SUBSCRIBERS}, ${pageSeconds === undefined ? "never" : `${number(pageSeconds)} s after the fault`}`;

const COLUMNS = {
  alarm: 28,
  cause: 30,
  "log line and metric": 44,
  "states since the fault": 28,
  notified: 27,
  after: 9,
};

const summary = (alarms: readonly Verdict[]): string => {
  const table = new Table({
    head: Object.keys(COLUMNS).map((name) => pc.dim(name)),
    colWidths: Object.values(COLUMNS),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const verdict of alarms) {
    const { alarm, cause, scaled, also, problems, pageSeconds } = verdict;
    table.push([
      `${mark(problems.length === 0)} ${pc.bold(alarm)}${also.length === 0 ? "" : pc.dim(`\nalso: ${also.join(", ")}`)}`,
      `${cause}${scaled === undefined ? "" : pc.dim(`\n${scaled}`)}`,
      signal(verdict),
      stateChanges(verdict),
      recipientsOf(verdict),
      pageSeconds === undefined ? pc.red("never") : `${number(pageSeconds)} s`,
    ]);
  }
  return table.toString();
};

const LEGEND =
  "also: other alarms that fire for the same cause; after: from the fault to the notification; a number after a metric is its value";

/** The clock of a drill is made up, so the dates of its datapoints mean nothing. */
const withoutDates = (reason: string): string => reason.replaceAll(/ \(\d{2}(?:\/\d{2}){2} \d{2}(?::\d{2}){2}\)/g, "");

const details = (verdict: Verdict): string => {
  const { name, cause, scaled, line, pattern, reason, watches, datapoints, topic, also, message } = verdict;
  const rows: Readonly<Record<string, string | undefined>> = {
    cause,
    scaled,
    line,
    filter: pattern,
    metric: `${watches} = ${datapoints.map(number).join(", ")}`,
    states: stateChanges(verdict),
    reason: reason && withoutDates(reason),
    topic,
    notified: notified(verdict),
    sms: verdict.sms,
    also: also.join(", ") || undefined,
  };
  const shown = Object.entries(rows).filter(([, text]) => text !== undefined);
  const mail = message === undefined ? [] : ["", pc.dim(message.subject), ...message.parts.map((part) => pc.dim(part))];
  return [
    `${mark(verdict.problems.length === 0)} ${pc.bold(name)}`,
    ...shown.map(([label, text]) => `  ${pc.dim(label.padEnd(8))} ${text}`),
    ...mail,
  ].join("\n");
};

const slowLine = ({ timeoutsSeconds, alarms, problems }: DrillResult["slow"]): string =>
  `${mark(problems.length === 0)} invocations as long as lambda_timeout (${timeoutsSeconds.join(", ")} s) are ${problems.length === 0 ? "noticed" : "not always noticed"} amid healthy traffic: ${alarms.join(", ")}`;

/** @param isDetailed prints all details of each alarm, with the message, instead of a table */
export const drillReport = (
  { environment, form, delivery, alarms, control, probes, slow, seconds }: DrillResult,
  isDetailed: boolean,
): string => {
  const fired = alarms.filter(({ pageSeconds }) => pageSeconds !== undefined).length;
  const edge =
    control.atTheEdge.length === 0 ? "" : ` (one fault below the threshold: ${control.atTheEdge.join(", ")})`;
  return [
    isDetailed ? alarms.map(details).join("\n\n") : `${summary(alarms)}\n${pc.dim(LEGEND)}`,
    "",
    ...(slow.alarms.length === 0 ? [] : [slowLine(slow)]),
    `${mark(fired === alarms.length)} ${fired} of ${alarms.length} alarms of ${[environment, form].filter(Boolean).join(", ")} fired for their own cause`,
    `${mark(control.problems.length === 0)} ${control.problems.length === 0 ? "no" : control.problems.length} ${control.problems.length > 1 ? "alarms" : "alarm"} fired during a healthy hour${edge}`,
    pc.dim(
      `${probes} boundary checks; ${number(seconds)} s in all. Times include the ${delivery} delay of data on their way to CloudWatch.`,
    ),
  ].join("\n");
};

export const mutantReport = (results: readonly MutantResult[]): string => {
  const survivors = results.filter(({ caughtBy }) => caughtBy === undefined);
  const caught = results.length - survivors.length;
  const percent = number((100 * caught) / results.length);
  return [
    `${mark(survivors.length === 0)} ${caught} of ${results.length} changes to the stack were noticed (${percent} %)`,
    ...survivors.map(({ mutant }) => `  ${pc.red("survived")} ${mutant}`),
  ].join("\n");
};

/** @returns one line for each problem; undefined if there is none */
export const problemReport = ({ alarms, problems }: DrillResult): string | undefined => {
  const all = [
    ...alarms.flatMap(({ alarm, problems: own }) => own.map((problem) => `${alarm}: ${problem}`)),
    ...problems,
  ];
  return all.length === 0 ? undefined : all.map((problem) => `${pc.red("✗")} ${problem}`).join("\n");
};
