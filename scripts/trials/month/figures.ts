/** The figures of alarms over several months: those of Google's SRE workbook, and pages and tickets beside them. */
import type { Kind } from "./episodes";
import type { Judged, Verdict } from "./judge";

export interface Figures {
  readonly months: number;
  /** Episodes that deserved a page, and how many of them got one. */
  readonly incidents: number;
  readonly recall: number;
  /** Share of pages that belong to an incident; 1 without pages. */
  readonly precision: number;
  readonly pagesPerIncident: number;
  /** A month. */
  readonly falsePages: number;
  readonly detectionSecondsMaxByKind: Readonly<Partial<Record<Kind, number>>>;
  readonly detectionSecondsMedian: number;
  readonly resetSecondsMax: number;
  readonly resetSecondsMedian: number;
  /** Share of episodes that deserved a ticket and got one. */
  readonly ticketRecall: number;
  /** A month. */
  readonly wrongTickets: number;
  /** Episodes that count for neither side, a month. */
  readonly grey: number;
  /** Share of months with precision 1, recall 1 and exactly one page for each incident. */
  readonly monthsWithoutFault: number;
}

const ratio = (part: number, of: number): number => (of === 0 ? 1 : part / of);

const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

const isIncident = ({ deserves }: Verdict): boolean => deserves === "page";
const isPaged = ({ pages, isStillPaging }: Verdict): boolean => pages > 0 || isStillPaging;

const isFaultless = ({ verdicts, falsePages }: Judged): boolean =>
  falsePages.length === 0 && verdicts.filter(isIncident).every(({ pages }) => pages === 1);

const slowestByKind = (incidents: readonly Verdict[]): Figures["detectionSecondsMaxByKind"] => {
  const slowest: Partial<Record<Kind, number>> = {};
  for (const { kind, detectionSeconds } of incidents)
    if (kind !== undefined && detectionSeconds !== undefined)
      slowest[kind] = Math.max(slowest[kind] ?? 0, detectionSeconds);
  return slowest;
};

export const figuresOf = (months: readonly Judged[]): Figures => {
  const verdicts = months.flatMap((month) => month.verdicts);
  const incidents = verdicts.filter(isIncident);
  const paged = incidents.filter(isPaged);
  const falsePages = months.reduce((count, month) => count + month.falsePages.length, 0);
  const truePages = incidents.reduce((count, { pages }) => count + pages, 0);
  const tickets = verdicts.filter(({ deserves }) => deserves === "ticket");
  const detections = incidents.flatMap(({ detectionSeconds }) => detectionSeconds ?? []);
  const resets = incidents.flatMap(({ resetSeconds }) => resetSeconds ?? []);
  const count = months.length;
  return {
    months: count,
    incidents: incidents.length,
    recall: ratio(paged.length, incidents.length),
    precision: ratio(truePages, truePages + falsePages),
    pagesPerIncident: ratio(truePages, paged.length),
    falsePages: falsePages / count,
    detectionSecondsMaxByKind: slowestByKind(incidents),
    detectionSecondsMedian: quantile(detections, 0.5),
    resetSecondsMax: quantile(resets, 1),
    resetSecondsMedian: quantile(resets, 0.5),
    ticketRecall: ratio(tickets.filter((each) => each.tickets > 0).length, tickets.length),
    wrongTickets: months.reduce((sum, month) => sum + month.wrongTickets.length, 0) / count,
    grey: verdicts.filter(({ deserves }) => deserves === "grey").length / count,
    monthsWithoutFault: ratio(months.filter(isFaultless).length, count),
  };
};
