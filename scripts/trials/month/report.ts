/** Output of `npm run month`. */
import { type EpisodeName, type Kind, rowOf } from "./episodes";
import type { Figures } from "./figures";
import { SLACK_MINUTES, TOUCHED_FOR_PAGE, type Verdict } from "./judge";
import type { Notified } from "./play";
import type { Result } from "./run";
import { missedTargets, printedPages } from "./targets";

const DAY = 1_440;

const two = (value: number): string => String(value).padStart(2, "0");

/** @returns for example "day 3 04:12" */
const timeOf = (minute: number): string =>
  `day ${Math.floor(minute / DAY) + 1} ${two(Math.floor((minute % DAY) / 60))}:${two(minute % 60)}`;

/** @returns for example "page +4 min, OK +18 min" or "dead-letters 3 × from +9 min" */
const notificationsOf = (verdict: Verdict, notified: readonly Notified[]): string => {
  const alarms = [...new Set(notified.filter(({ to }) => to === "ALARM").map(({ alarm }) => alarm))];
  return alarms
    .map((name) => {
      const own = notified.filter(({ alarm }) => alarm === name);
      const [first, ...others] = own.filter(({ to }) => to === "ALARM");
      const over = own.findLast(({ to }) => to === "OK");
      const after = (minute: number) => `+${minute - verdict.startMinute} min`;
      const times =
        others.length === 0 ? after(first?.minute ?? 0) : `${others.length + 1} × from ${after(first?.minute ?? 0)}`;
      return `${name} ${times}${over === undefined ? "" : `, OK ${after(over.minute)}`}`;
    })
    .join("; ");
};

const shortened = (text: string, prefix: string): string => text.replaceAll(prefix, "");

/** @returns one line for each episode: who was notified, when, how often, and when it was over */
export const episodeLines = (verdicts: readonly Verdict[], prefix: string): string[] =>
  verdicts.map((verdict) => {
    const { name, deserves, startMinute, endMinute, touched, healed, notified } = verdict;
    const told = (isPage: boolean) =>
      notificationsOf(
        verdict,
        notified.filter((each) => each.isPage === isPage),
      );
    const [pages, tickets] = [told(true), told(false)];
    const harm = `${touched} touched${healed > 0 ? `, ${healed} healed` : ""}`;
    const topics = [...(pages === "" ? [] : [`page: ${pages}`]), ...(tickets === "" ? [] : [`ticket: ${tickets}`])];
    const text = `${timeOf(startMinute)}  ${name.padEnd(16)}  ${`${endMinute - startMinute} min`.padStart(8)}  deserves ${deserves.padEnd(7)}  ${harm.padEnd(24)}  ${topics.join(" | ") || "no notification"}`;
    return `  ${shortened(text, prefix)}`;
  });

const share = (value: number): string => (value === 1 ? "1" : value.toFixed(3));
const minutes = (seconds: number | undefined): string =>
  seconds === undefined ? "–" : String(Math.round(seconds / 60));

const KINDS: readonly Kind[] = ["outage", "partial", "timeout", "waiting"];

/** The columns of the table of figures. */
export const FIGURE_COLUMNS: Readonly<Record<string, (figures: Figures) => string>> = {
  precision: ({ precision }) => share(precision),
  recall: ({ recall }) => share(recall),
  "pages an incident": printedPages,
  "false pages a month": ({ falsePages }) =>
    falsePages >= 10 ? String(Math.round(falsePages)) : falsePages.toFixed(2),
  "page after, min (outage / partial / time-outs / waiting)": ({ detectionSecondsMaxByKind }) =>
    KINDS.map((kind) => minutes(detectionSecondsMaxByKind[kind])).join(" / "),
  "OK after, min (median / max)": ({ resetSecondsMedian, resetSecondsMax }) =>
    `${minutes(resetSecondsMedian)} / ${minutes(resetSecondsMax)}`,
  "tickets told": ({ ticketRecall }) => `${Math.round(100 * ticketRecall)} %`,
  "wrong tickets a month": ({ wrongTickets }) =>
    wrongTickets >= 10 ? String(Math.round(wrongTickets)) : wrongTickets.toFixed(1),
  "months without a fault": ({ monthsWithoutFault }) => `${Math.round(100 * monthsWithoutFault)} %`,
};

/** How episodes are counted: it stands beside the figures. */
export const RULES = [
  `An upload is touched if it is given up, lost, or stored later than slo_seconds. An episode deserves a page from ${TOUCHED_FOR_PAGE} touched uploads on; with fewer it deserves a ticket.`,
  `Where ${TOUCHED_FOR_PAGE} or more uploads failed at first but fewer than ${TOUCHED_FOR_PAGE} were touched, the episode is grey: pages in it count neither as right nor as false.`,
  `"Page after" counts from the arrival of the third upload touched, "OK after" from the end of the fault or of its backlog; both are the longest.`,
  `A page belongs to an incident until ${SLACK_MINUTES.page} minutes after its end.`,
] as const;

/** @returns which alarms paged falsely, most frequent first */
const falsePagesBy = ({ months }: Result, prefix: string): string => {
  const counts = new Map<string, number>();
  for (const { alarm } of months.flatMap(({ falsePages }) => falsePages))
    counts.set(alarm, (counts.get(alarm) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([alarm, count]) => `${shortened(alarm, prefix)} ${count}`)
    .join(", ");
};

/** @returns the incidents without a page, for example "2 of memory" */
const missedBy = ({ months }: Result): string => {
  const counts = new Map<EpisodeName, number>();
  for (const { deserves, pages, isStillPaging, name } of months.flatMap(({ verdicts }) => verdicts))
    if (deserves === "page" && pages === 0 && !isStillPaging) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} of ${name} (${rowOf(name).summary})`).join(", ");
};

/** @returns what explains the figures of a stack at a rate */
export const explanations = (result: Result, prefix: string, hasTargets: boolean): string[] => {
  const [wrong, missed] = [falsePagesBy(result, prefix), missedBy(result)];
  const targets = hasTargets ? missedTargets(result.uploadsPerMonth, result.figures) : [];
  return [
    ...(missed === "" ? [] : [`  ${result.column}: no page for ${missed}`]),
    ...(wrong === "" ? [] : [`  ${result.column}: false pages by ${wrong}`]),
    ...targets.map((target) => `  ${result.column}: misses its target: ${target}`),
  ];
};
