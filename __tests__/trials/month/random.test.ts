/** Random numbers of a simulated month. */
import { drawsFor } from "../../../scripts/trials/month/random";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

const many = (draw: (index: number) => number): number[] => Array.from({ length: 4_000 }, (_, index) => draw(index));

it("answers the same question with the same numbers", () => {
  const draw = () => {
    const draws = drawsFor(1, "world", 7);
    return [draws.uniform(), draws.poisson(3), draws.binomial(100, 0.3), draws.between(1, 9)];
  };

  expect(draw()).toEqual(draw());
});

it("answers neighbouring questions with unrelated numbers", () => {
  const first = many((minute) => drawsFor(1, "world", minute).uniform());

  expect(mean(first)).toBeCloseTo(0.5, 1);
  expect(mean(first.slice(1).map((value, index) => (value - 0.5) * ((first[index] ?? 0) - 0.5)))).toBeCloseTo(0, 2);
});

it.each([
  [0.2, 0.05],
  [3, 0.2],
  [200, 1],
])("draws %d on average where so many are expected", (expected, tolerance) => {
  const drawn = many((index) => drawsFor(index, "poisson").poisson(expected));

  expect(Math.abs(mean(drawn) - expected)).toBeLessThan(tolerance);
});

it.each([
  [10, 0.01],
  [10, 0.7],
  [1_000, 0.02],
  [1_000, 0.5],
])("draws the share of %d that has a probability of %d", (n, p) => {
  const drawn = many((index) => drawsFor(index, "binomial").binomial(n, p));

  expect(Math.abs(mean(drawn) - n * p)).toBeLessThan(0.02 * n);
  expect(drawn.every((count) => count >= 0 && count <= n)).toBe(true);
});

it("draws nothing of what cannot happen, and everything of what must", () => {
  const draws = drawsFor(1);

  expect([draws.binomial(5, 0), draws.binomial(0, 0.5), draws.binomial(5, 1)]).toEqual([0, 0, 5]);
});
