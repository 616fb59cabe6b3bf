/** Statistics of the benchmark: median and fitted line. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
};

/** y = base + slope * x */
export interface Line {
  readonly base: number;
  readonly slope: number;
}

/** Least squares. */
export const fitLine = (points: readonly (readonly [x: number, y: number])[]): Line => {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / mean(([x]) => (x - meanX) ** 2);
  return { base: meanY - slope * meanX, slope };
};
