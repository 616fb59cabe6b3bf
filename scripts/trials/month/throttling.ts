/** Events that Lambda throttles in a simulated month, and tries again later. */
import type { Draws } from "./random";
import type { Telemetry } from "./telemetry";

/** Events that arrived in the same minute. */
export interface Arrived {
  readonly arrivedMinute: number;
  readonly count: number;
}

export interface Throttling {
  /** @returns the events that get in, new ones included; all others are throttled and wait */
  admit(minute: number, arrivals: number, capacity: number, draws: Draws): readonly Arrived[];
  /** @returns the events that have become too old; they no longer wait */
  expire(minute: number): readonly Arrived[];
  /** @returns how many wait for longer than that */
  overdue(minute: number, minutes: number): number;
}

/**
 * How often Lambda tries a throttled event in a minute of its age: after 1, 2, 4 … seconds, then every five minutes, as
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html says.
 */
const triesAt = (age: number): number => {
  if (age === 0) return 6;
  if (age < 8) return age === 1 || age === 2 || age === 4 ? 1 : 0;
  return (age - 8) % 5 === 0 ? 1 : 0;
};

const total = (events: readonly Arrived[]): number => events.reduce((sum, { count }) => sum + count, 0);

export const createThrottling = (telemetry: Telemetry, maximumAgeSeconds: number): Throttling => {
  let waiting: readonly Arrived[] = [];
  const isOld = (minute: number) => (each: Arrived) => (minute - each.arrivedMinute) * 60 >= maximumAgeSeconds;

  /** Every event that tries has the same chance. */
  const share = (trying: readonly Arrived[], capacity: number, draws: Draws): number[] => {
    let left = total(trying);
    let free = Math.min(left, capacity);
    return trying.map(({ count }) => {
      const admitted = left <= free ? count : Math.min(count, free, draws.binomial(count, free / left));
      left -= count;
      free -= admitted;
      return admitted;
    });
  };

  return {
    admit: (minute, arrivals, capacity, draws) => {
      const arrived = { arrivedMinute: minute, count: arrivals };
      if (waiting.length === 0 && arrivals <= capacity) return arrivals > 0 ? [arrived] : [];
      const isTrying = (each: Arrived) => triesAt(minute - each.arrivedMinute) > 0;
      const contenders = [...waiting, arrived].filter(({ count }) => count > 0);
      const trying = contenders.filter(isTrying);
      const admitted = share(trying, capacity, draws);
      const refused = trying.map((each, index) => ({ ...each, count: each.count - (admitted[index] ?? 0) }));
      for (const { arrivedMinute, count } of refused)
        telemetry.ended({ outcome: "throttled", count: count * triesAt(minute - arrivedMinute), startMinute: minute });
      waiting = [...contenders.filter((each) => !isTrying(each)), ...refused].filter(({ count }) => count > 0);
      return trying.map((each, index) => ({ ...each, count: admitted[index] ?? 0 })).filter(({ count }) => count > 0);
    },
    expire: (minute) => {
      if (waiting.length === 0) return [];
      const old = waiting.filter(isOld(minute));
      waiting = waiting.filter((each) => !old.includes(each));
      return old;
    },
    overdue: (minute, minutes) => total(waiting.filter(({ arrivedMinute }) => minute - arrivedMinute > minutes)),
  };
};
