/** The time that a drill lives in: it runs as fast as it is told, and can skip what nobody wants to wait for. */

export interface Clock {
  readonly now: () => number;
  /** Lets it run; until then it stands at its beginning. */
  start(): void;
  skip(ms: number): void;
}

/**
 * @param beginMs milliseconds since 1970
 * @param scale milliseconds that pass for each real one
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
