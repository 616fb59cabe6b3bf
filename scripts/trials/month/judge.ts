/** Judges a played month: what each episode deserved, who was notified, and the figures of the alarms. */
import { type Deserves, type EpisodeName, type Kind, rowOf } from "./episodes";
import type { Month, Notified, Played } from "./play";

/** An episode with its verdict. Minutes count from the start of the month. */
export interface Verdict {
  readonly seed: number;
  readonly name: EpisodeName;
  readonly kind?: Kind;
  /**
   * By the uploads that it touched: a page-worthy one that touched fewer than three deserves a ticket, or nothing if it
   * touched none. "grey": three or more failed at first, fewer than three were touched; it counts for neither side.
   */
  readonly deserves: Deserves | "grey";
  readonly startMinute: number;
  /** Of the fault or its backlog. */
  readonly endMinute: number;
  /** Uploads given up, lost, or stored later than the objective. */
  readonly touched: number;
  /** Uploads that failed at first and were stored in time. */
  readonly healed: number;
  /** Arrival of the third upload touched. */
  readonly thirdMinute?: number;
  readonly notified: readonly Notified[];
  /** Notifications of the topic for pages while it lasted and shortly after. */
  readonly pages: number;
  readonly tickets: number;
  /** Whether an alarm that pages was still in ALARM, from an earlier episode, when it began. */
  readonly isStillPaging: boolean;
  /** From the third upload touched to the page. @default no page, or the episode deserves none */
  readonly detectionSeconds?: number;
  /** From the end of the fault, or of its backlog, until no alarm pages. @default as before */
  readonly resetSeconds?: number;
  /** When the first page was over. @default no page */
  readonly overMinute?: number;
}

export interface Judged {
  readonly verdicts: readonly Verdict[];
  /** Every page of the month. */
  readonly pages: readonly Notified[];
  /** Pages that belong to no episode that deserves one. */
  readonly falsePages: readonly Notified[];
  /** Tickets that belong to no episode that deserves a ticket or a page. */
  readonly wrongTickets: readonly Notified[];
}

/** How many uploads must be touched for a page. */
export const TOUCHED_FOR_PAGE = 3;
/** Notifications until this long after the end still belong to the episode. */
export const SLACK_MINUTES = { page: 20, ticket: 60, late: 180, budget: 1_440 } as const;

const sum = (values: Int32Array, from: number, to: number): number => {
  let total = 0;
  for (let minute = Math.max(0, from); minute < to && minute < values.length; minute += 1) total += values[minute] ?? 0;
  return total;
};

const minuteOfThird = (touched: Int32Array, from: number, to: number): number | undefined => {
  let total = 0;
  for (let minute = from; minute < to && minute < touched.length; minute += 1) {
    total += touched[minute] ?? 0;
    if (total >= TOUCHED_FOR_PAGE) return minute;
  }
  return undefined;
};

/** How long uploads may wait after a fault: then their backlog counts as part of it. */
const BACKLOG_MINUTES = 120;

const endOf = ({ episode, release }: Played, { overdue }: Month["harm"]): number => {
  const faultEnd = release?.endMinute ?? episode.endMinute;
  let end = faultEnd;
  for (let minute = faultEnd; minute < faultEnd + BACKLOG_MINUTES; minute += 1)
    if ((overdue[minute] ?? 0) > 0) end = minute + 1;
  return end;
};

/** A release that was not rolled back is an outage; one that was rolled back deserves what its row says. */
const meantFor = ({ episode, release }: Played): Deserves => {
  const { deserves } = rowOf(episode.name);
  const isBad = (episode.course.release?.failing ?? 0) > 0;
  return isBad && release?.isTakenBack === false ? "page" : deserves;
};

const deservedBy = (played: Played, touched: number, healed: number): Verdict["deserves"] => {
  const meant = meantFor(played);
  const { isFelt, isJudgedByHarm } = rowOf(played.episode.name);
  if (isFelt && touched === 0) return "nothing";
  if (isJudgedByHarm && touched >= TOUCHED_FOR_PAGE) return "page";
  if (meant !== "page" || touched >= TOUCHED_FOR_PAGE) return meant;
  if (touched + healed >= TOUCHED_FOR_PAGE) return "grey";
  return touched > 0 ? "ticket" : "nothing";
};

const kindOf = ({ episode }: Played): Kind | undefined =>
  (episode.course.release?.failing ?? 1) < 1 ? "partial" : rowOf(episode.name).kind;

const isWithin =
  (startMinute: number, endMinute: number, slack: number) =>
  ({ minute }: Notified): boolean =>
    minute >= startMinute && minute <= endMinute + slack;

const firstQuiet = (isPaging: Uint8Array, from: number): number | undefined => {
  const found = isPaging.indexOf(0, from);
  return found < 0 ? undefined : found;
};

const verdictOf = (played: Played, month: Month): Verdict => {
  const { seed, harm, isPaging } = month;
  const { name, startMinute } = played.episode;
  const endMinute = endOf(played, harm);
  const touched = sum(harm.touched, startMinute, endMinute);
  const healed = sum(harm.healed, startMinute, endMinute);
  const thirdMinute = minuteOfThird(harm.touched, startMinute, endMinute);
  const deserves = deservedBy(played, touched, healed);
  const notified = month.notified.filter(isWithin(startMinute, endMinute, SLACK_MINUTES.ticket));
  const alarms = notified.filter(({ to }) => to === "ALARM");
  const pages = alarms.filter(isWithin(startMinute, endMinute, SLACK_MINUTES.page)).filter(({ isPage }) => isPage);
  const [first] = pages;
  const lastMinute = Math.max(endMinute, ...pages.map(({ minute }) => minute));
  const quietMinute = firstQuiet(isPaging, lastMinute);
  const isPaged = deserves === "page" && first !== undefined;
  return {
    seed,
    name,
    kind: kindOf(played),
    deserves,
    startMinute,
    endMinute,
    touched,
    healed,
    thirdMinute,
    notified,
    pages: pages.length,
    tickets: alarms.filter(({ isPage }) => !isPage).length,
    isStillPaging: isPaging[startMinute] === 1,
    ...(isPaged && { detectionSeconds: Math.max(0, first.minute - (thirdMinute ?? startMinute)) * 60 }),
    ...(isPaged && quietMinute !== undefined && { resetSeconds: (quietMinute - endMinute) * 60 }),
    ...(first && { overMinute: firstQuiet(isPaging, first.minute) }),
  };
};

const isExcused =
  (verdicts: readonly Verdict[], by: readonly Verdict["deserves"][], slack: number) =>
  (notified: Notified): boolean =>
    verdicts.some(
      ({ deserves, startMinute, endMinute }) =>
        by.includes(deserves) && isWithin(startMinute, endMinute, slack)(notified),
    );

/** Alarms that look back a day are late by nature. */
const isSlow = ({ alarm }: Notified): boolean => alarm.includes("budget");

export const judge = (month: Month): Judged => {
  const verdicts = month.episodes.map((played) => verdictOf(played, month));
  const told = month.notified.filter(({ to }) => to === "ALARM");
  const isTruePage = isExcused(verdicts, ["page", "grey"], SLACK_MINUTES.page);
  const isRightTicket = isExcused(verdicts, ["ticket", "page", "grey"], SLACK_MINUTES.late);
  const isRightBudget = isExcused(verdicts, ["ticket", "page", "grey"], SLACK_MINUTES.budget);
  return {
    verdicts,
    pages: told.filter(({ isPage }) => isPage),
    falsePages: told.filter((each) => each.isPage && !isTruePage(each)),
    wrongTickets: told.filter((each) => !each.isPage && !(isSlow(each) ? isRightBudget : isRightTicket)(each)),
  };
};
