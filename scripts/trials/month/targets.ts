/** What the alarms of a stack with one page for each incident must reach, at each rate. */
import type { Kind } from "./episodes";
import type { Figures } from "./figures";

export interface Target {
  readonly precision: number;
  readonly recall: number;
  /** Compared with the figure as the table prints it. */
  readonly pagesPerIncident: number;
  /** A month. */
  readonly falsePages: number;
  readonly detectionMinutes: Readonly<Record<Kind, number>>;
  readonly resetMinutes: number;
}

const TIMEOUT_MINUTES = 1;
const SLO_MINUTES = 5;

/** At lambda_timeout 60, slo_seconds 300 and typical delivery, by uploads a month: add a row. */
// biome-ignore format: a ledger is read down its columns
export const TARGETS = {
  10000:    { precision: 0.95, recall: 0.99, pagesPerIncident: 1,    falsePages: 0.4, detectionMinutes: { outage: 5, partial: 15, timeout: TIMEOUT_MINUTES + 14, waiting: SLO_MINUTES + 11 }, resetMinutes: 61 },
  100000:   { precision: 1,    recall: 1,    pagesPerIncident: 1.1,  falsePages: 0,   detectionMinutes: { outage: 5, partial: 21, timeout: TIMEOUT_MINUTES + 13, waiting: SLO_MINUTES + 11 }, resetMinutes: 20 },
  1000000:  { precision: 1,    recall: 1,    pagesPerIncident: 1.02, falsePages: 0,   detectionMinutes: { outage: 5, partial: 8,  timeout: TIMEOUT_MINUTES + 6,  waiting: SLO_MINUTES + 8 },  resetMinutes: 15 },
  30000000: { precision: 1,    recall: 1,    pagesPerIncident: 1,    falsePages: 0,   detectionMinutes: { outage: 5, partial: 8,  timeout: TIMEOUT_MINUTES + 6,  waiting: SLO_MINUTES + 8 },  resetMinutes: 15 },
} as const satisfies Record<number, Target>;

/** Uploads a month at which months are played. */
export const RATES: readonly number[] = Object.keys(TARGETS).map(Number);

const targetAt = (uploadsPerMonth: number): Target | undefined =>
  (TARGETS as Readonly<Record<number, Target>>)[uploadsPerMonth];

/** @returns pages an incident as the table prints them */
export const printedPages = ({ pagesPerIncident }: Pick<Figures, "pagesPerIncident">): string =>
  pagesPerIncident.toFixed(2);

const minutes = (seconds: number): string => `${seconds / 60} min`;

/** @returns one sentence for each target that the figures miss; none at a rate without targets */
export const missedTargets = (uploadsPerMonth: number, figures: Figures): string[] => {
  const target = targetAt(uploadsPerMonth);
  if (target === undefined) return [];
  const { precision, recall, falsePages, resetSecondsMax, detectionSecondsMaxByKind } = figures;
  const pagesPerIncident = printedPages(figures);
  const slow = (Object.entries(detectionSecondsMaxByKind) as [Kind, number][]).filter(
    ([kind, seconds]) => seconds > 60 * target.detectionMinutes[kind],
  );
  return [
    ...(precision < target.precision ? [`precision ${precision.toFixed(3)} instead of ${target.precision}`] : []),
    ...(recall < target.recall ? [`recall ${recall.toFixed(3)} instead of ${target.recall}`] : []),
    ...(Number(pagesPerIncident) > target.pagesPerIncident
      ? [`${pagesPerIncident} pages an incident instead of ${target.pagesPerIncident}`]
      : []),
    ...(falsePages > target.falsePages
      ? [`${falsePages.toFixed(2)} false pages a month instead of ${target.falsePages}`]
      : []),
    ...slow.map(
      ([kind, seconds]) => `${kind}: page after ${minutes(seconds)} instead of ${target.detectionMinutes[kind]} min`,
    ),
    ...(resetSecondsMax > 60 * target.resetMinutes
      ? [`OK after ${minutes(resetSecondsMax)} instead of ${target.resetMinutes} min`]
      : []),
  ];
};
