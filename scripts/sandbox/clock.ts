/** The local clock: runs at a given speed and can skip waiting times. */

export interface Clock {
  readonly now: () => number;
  /** Starts the clock; until then it stands still. */
  start(): void;
  skip(ms: number): void;
  /** Continues from the current time at another speed. @param scale milliseconds for each real millisecond */
  setScale(scale: number): void;
}

/**
 * @param beginMs milliseconds since 1970
 * @param scale milliseconds of this clock for each real millisecond
 */
export const createClock = (beginMs: number, scale = 1): Clock => {
  let [fromMs, speed] = [beginMs, scale];
  let startedAt: number | undefined;
  const now = () => fromMs + (startedAt === undefined ? 0 : (performance.now() - startedAt) * speed);
  return {
    now,
    start: () => {
      startedAt ??= performance.now();
    },
    skip: (ms) => {
      fromMs += ms;
    },
    setScale: (changed) => {
      fromMs = now();
      if (startedAt !== undefined) startedAt = performance.now();
      speed = changed;
    },
  };
};
