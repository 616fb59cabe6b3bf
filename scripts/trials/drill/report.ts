/** What `npm run drill` prints. */
import Table from "cli-table3";
import pc from "picocolors";
import type { Verdict } from "./drill";
import type { DrillResult } from "./result";
import type { Trial } from "./trial";

const mark = (isRight: boolean): string => (isRight ? pc.green("✓") : pc.red("✗"));

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 1 });

const STATES: Readonly<Record<string, (text: string) => string>> = { ALARM: pc.red, OK: pc.green };

/** OK 40 s ALARM 60 s OK */
const timeline = ({ states }: Verdict): string => {
  const steps = states.map(({ state, afterSeconds }, i) => {
    const since = afterSeconds - (states[i - 1]?.afterSeconds ?? 0);
    return `${pc.dim(`${since} s`)} ${(STATES[state] ?? pc.yellow)(state)}`;
  });
  return [pc.green("OK"), ...steps].join(" ");
};

/** A log line in a few words: its event, or what Lambda reports. */
const gist = (line: string): string => {
  const { event, reason, type, record, level, message } = JSON.parse(line);
  if (type !== undefined) return `${type} ${record.errorType ?? record.status}`;
  return [event ?? `${level} ${message?.errorType ?? ""}`, reason].filter(Boolean).join(" ");
};

const heard = ({ line, watches, datapoints }: Verdict): string =>
  [
    ...(line === undefined ? [] : [gist(line)]),
    `${watches}${datapoints.length === 0 ? "" : ` = ${datapoints.map(number).join(", ")}`}`,
  ].join("\n");

const told = ({ topic, recipients }: Verdict): string =>
  [topic, ...(recipients.length === 0 ? [pc.yellow("nobody is subscribed")] : recipients)].join("\n");

const COLUMNS = { alarm: 28, cause: 30, "heard or measured": 44, "states since the fault": 28, told: 27, page: 9 };

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
      heard(verdict),
      timeline(verdict),
      told(verdict),
      pageSeconds === undefined ? pc.red("never") : `${number(pageSeconds)} s`,
    ]);
  }
  return table.toString();
};

const details = (verdict: Verdict): string => {
  const { name, cause, scaled, line, pattern, reason, watches, datapoints, topic, also, message, pageSeconds } =
    verdict;
  const rows: Readonly<Record<string, string | undefined>> = {
    cause,
    scaled,
    line,
    filter: pattern,
    watches: `${watches} = ${datapoints.map(number).join(", ")}`,
    states: timeline(verdict),
    reason,
    topic,
    told: verdict.recipients.join(", ") || "nobody is subscribed",
    page: pageSeconds === undefined ? "never" : `${number(pageSeconds)} s after the fault`,
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

/** @param isDetailed everything of each alarm, the message included, instead of a table */
export const drillReport = (
  { environment, alarms, control, probes, seconds }: DrillResult,
  isDetailed: boolean,
): string => {
  const fired = alarms.filter(({ pageSeconds }) => pageSeconds !== undefined).length;
  const edge =
    control.atTheEdge.length === 0 ? "" : `, with ${control.atTheEdge.join(", ")} one short of their thresholds`;
  return [
    isDetailed ? alarms.map(details).join("\n\n") : summary(alarms),
    "",
    `${mark(fired === alarms.length)} ${fired} of ${alarms.length} alarms of ${environment} went off for their own reason`,
    `${mark(control.problems.length === 0)} ${control.problems.length === 0 ? "none" : control.problems.length} cried wolf in a healthy hour${edge}`,
    `${pc.dim(`${probes} trials at the boundaries; ${number(seconds)} s in all. CloudWatch itself may take a minute more than the pages say.`)}`,
  ].join("\n");
};

export const trialReport = (trials: readonly Trial[]): string => {
  const survivors = trials.filter(({ caughtBy }) => caughtBy === undefined);
  const caught = trials.length - survivors.length;
  const percent = number((100 * caught) / trials.length);
  return [
    `${mark(survivors.length === 0)} ${caught} of ${trials.length} changes to the stack were noticed (${percent} %)`,
    ...survivors.map(({ mutant }) => `  ${pc.red("survived")} ${mutant}`),
  ].join("\n");
};

/** @returns everything that is wrong, or nothing if nothing is */
export const problemReport = ({ alarms, problems }: DrillResult): string | undefined => {
  const all = [
    ...alarms.flatMap(({ alarm, problems: own }) => own.map((problem) => `${alarm}: ${problem}`)),
    ...problems,
  ];
  return all.length === 0 ? undefined : all.map((problem) => `${pc.red("✗")} ${problem}`).join("\n");
};
