/** The drill's clock: runs at a given speed and can skip waiting times. */

export interface Clock {
  readonly now: () => number;
  /** Starts the clock; until then it stands still. */
  start(): void;
  skip(ms: number): void;
}

/**
 * @param beginMs milliseconds since 1970
 * @param scale milliseconds of drill time for each real millisecond
 */
export const createClock = (beginMs: number, scale = 1): Clock => {
  let startedAt: number | undefined;
  let skippedMs = 0;
  return {
    now: () => beginMs + skippedMs + (startedAt === undefined ? 0 : (performance.now() - startedAt) * scale),
    start: () => {
      startedAt ??= performance.now();
    },
    skip: (ms) => {
      skippedMs += ms;
    },
  };
};
