/** How many uploads arrive in each minute of a month. */
import { DAY_MINUTES, MONTH_DAYS } from "./episodes";

const HOUR_MINUTES = 60;
/** Busiest at 15:00, quietest at 03:00, when a quarter of the mean arrives. */
const SWING = 0.75;
const RISES_AT_HOUR = 9;
const WEEKEND_SHARE = 0.5;

const shapeOf = (minute: number): number => {
  const day = Math.floor(minute / DAY_MINUTES);
  const hour = (minute - day * DAY_MINUTES) / HOUR_MINUTES;
  const curve = 1 + SWING * Math.sin((2 * Math.PI * (hour - RISES_AT_HOUR)) / 24);
  // The month begins on a Monday.
  const weekday = ((day % 7) + 7) % 7;
  return weekday >= 5 ? curve * WEEKEND_SHARE : curve;
};

const MEAN_SHAPE =
  Array.from({ length: MONTH_DAYS * DAY_MINUTES }, (_, minute) => shapeOf(minute)).reduce((a, b) => a + b) /
  (MONTH_DAYS * DAY_MINUTES);

/** @returns uploads expected in a minute, counted from the start of the month, which may be negative */
export const uploadsExpected = (uploadsPerMonth: number, minute: number): number =>
  ((uploadsPerMonth / (MONTH_DAYS * DAY_MINUTES)) * shapeOf(minute)) / MEAN_SHAPE;

/** @returns uploads expected in the busiest minute */
export const peakOf = (uploadsPerMonth: number): number =>
  ((uploadsPerMonth / (MONTH_DAYS * DAY_MINUTES)) * (1 + SWING)) / MEAN_SHAPE;
