/**
 * Windows and minimums of alarms that follow from the traffic. The formulas come from simulated months at 10 000 to 30 million
 * uploads a month: docs/alarms.md explains them.
 */

const MINUTES_PER_MONTH = 30 * 24 * 60;

/** Time until metrics are visible. */
const DELIVERY_MINUTES = 2;

/** Uploads that a window needs, so that a share of them means something. */
const UPLOADS_IN_WINDOW = 30;

/** Uploads in the quietest hour of a quiet Sunday, as a share of the mean: a quarter at night, half on weekends, half again. */
const QUIETEST = 1 / 16;

/** Uploads that would have arrived in a window of silence, even in the quietest hour. */
const UPLOADS_IN_SILENCE = 12;

/** The variables on which the others depend. */
export const TRAFFIC = ["uploads_per_month", "lambda_retry_attempts", "slo_target_percent"] as const;

export type Traffic = Readonly<Record<(typeof TRAFFIC)[number], number>>;

const between = (least: number, value: number, most: number): number => Math.min(Math.max(value, least), most);

const upTo = (step: number, value: number): number => Math.ceil(value / step) * step;

const perMinute = ({ uploads_per_month }: Traffic): number => uploads_per_month / MINUTES_PER_MONTH;

const errorRateMinutes = (traffic: Traffic): number =>
  between(5, upTo(5, UPLOADS_IN_WINDOW / perMinute(traffic)), 60 - DELIVERY_MINUTES) + DELIVERY_MINUTES;

/** Uploads are so few that the longest window has not enough of them. */
const isSparse = (traffic: Traffic): boolean => errorRateMinutes(traffic) === 60;

/** The shortest window is full of uploads: shares of them vary little. */
const isBusy = (traffic: Traffic): boolean => errorRateMinutes(traffic) === 5 + DELIVERY_MINUTES;

/** The busiest minute, compared with the mean. */
const PEAK = 1.75;

/** The largest count that a threshold may be. */
const MOST = 1_000_000;

/** Uploads given up in the busiest hour by a loss of ten times the error budget, and six standard deviations more. */
const sureFailures = (traffic: Traffic): number => {
  const expected = 60 * PEAK * perMinute(traffic) * 10 * (1 - traffic.slo_target_percent / 100);
  return Math.min(MOST, Math.ceil(expected + 6 * Math.sqrt(expected)));
};

/** Lambda retries after one and two minutes, so in any three minutes an upload fails at most twice. */
const ATTEMPTS_IN_THREE_MINUTES = 2;

/** Failed attempts in three minutes that two uploads cannot have, and one more: those of at least three. */
const outageFailures = ({ lambda_retry_attempts }: Traffic): number =>
  2 * Math.min(ATTEMPTS_IN_THREE_MINUTES, lambda_retry_attempts + 1) + 1;

/** Each variable that has no fixed default, by name: add a row. A value in the environment's file wins. */
export const FROM_TRAFFIC = {
  error_rate_window_seconds: (traffic) => 60 * errorRateMinutes(traffic),
  // All attempts of two uploads, and one more.
  error_rate_min_failures: ({ lambda_retry_attempts }) => 2 * (lambda_retry_attempts + 1) + 1,
  // At night, three or four lost uploads are a large share, but may be chance. Among very few uploads, they are no chance.
  error_rate_extra_failures: (traffic) => (isSparse(traffic) ? 0 : 4),
  // An hour, so that the alarm does not flap during an incident; `recovered` ends the page.
  error_rate_hold_periods: (traffic) => Math.max(1, Math.round(60 / errorRateMinutes(traffic))),
  outage_min_failures: outageFailures,
  // So long that a hundred uploads arrive in it.
  limits_window_seconds: (traffic) => 60 * between(10, upTo(5, 100 / perMinute(traffic)), 45),
  slo_sure_failures: sureFailures,
  // Of many waiting uploads, some are tried in every four minutes; a flood that is worked off in time lasts three times that.
  // Of few, each is tried every five minutes, so single minutes are counted.
  throttled_period_seconds: (traffic) => (isBusy(traffic) ? 240 : 60),
  throttled_datapoints: (traffic) => (isBusy(traffic) ? 4 : 6),
  throttled_periods: (traffic) => (isBusy(traffic) ? 4 : 20),
  recovery_window_seconds: (traffic) => 60 * Math.max(12, errorRateMinutes(traffic)),
  waiting_window_seconds: (traffic) => 60 * (isBusy(traffic) ? 12 : 60),
  // Three waiting uploads are throttled 30 times within eight minutes, two only within half an hour.
  waiting_min_throttles: (traffic) => (isBusy(traffic) ? 25 : 30),
  waiting_hold_periods: (traffic) => (isBusy(traffic) ? 5 : 1),
  lost_images_window_seconds: (traffic) => 60 * (isBusy(traffic) ? 15 : 60),
  silence_periods: (traffic) => between(3, Math.ceil(UPLOADS_IN_SILENCE / (perMinute(traffic) * QUIETEST) / 5), 72),
  refused_window_seconds: ({ uploads_per_month }) => (uploads_per_month <= 100_000 ? 6 : 1) * 3_600,
  refused_min_count: ({ uploads_per_month }) => (uploads_per_month <= 10_000 ? 6 : 8),
} as const satisfies Readonly<Record<string, (traffic: Traffic) => number>>;

export type FromTraffic = keyof typeof FROM_TRAFFIC;

/** @returns the variables that follow from the traffic, with their values */
export const fromTraffic = (traffic: Traffic): Readonly<Record<FromTraffic, number>> =>
  Object.fromEntries(Object.entries(FROM_TRAFFIC).map(([name, of]) => [name, of(traffic)])) as Record<
    FromTraffic,
    number
  >;
