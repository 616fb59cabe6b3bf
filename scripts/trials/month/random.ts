/** Random numbers of a simulated month: the same seed and question give the same numbers, in any order of questions. */

/** Draws numbers from one stream. */
export interface Draws {
  /** @returns a number from 0 up to, but not including, 1 */
  uniform(): number;
  /** @returns a whole number from `least` to `most` */
  between(least: number, most: number): number;
  /** @returns how many of `n` have something that each has with probability `p` */
  binomial(n: number, p: number): number;
  /** @returns how many occur where `mean` are expected */
  poisson(mean: number): number;
  /** @returns one of the rows, each equally likely */
  oneOf<T>(rows: readonly [T, ...T[]]): T;
}

/** Above this many expected, the normal distribution is close enough. */
const MANY = 30;

/** FNV-1a over the question, then murmur's finalizer, so that neighbouring questions have unrelated streams. */
const hashOf = (question: readonly (string | number)[]): number => {
  let hash = 0x811c9dc5;
  for (const char of question.join("\n")) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** @param question what the numbers are for: seed first, such as `drawsFor(seed, "traffic", minute)` */
export const drawsFor = (...question: readonly (string | number)[]): Draws => {
  let state = hashOf(question);
  /** Mulberry32. */
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** Box and Muller. */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  const rare = (n: number, p: number): number => {
    const logOfOther = Math.log(1 - p);
    let found = 0;
    for (let at = 0; ; found += 1) {
      at += Math.floor(Math.log(1 - uniform()) / logOfOther) + 1;
      if (at > n) return found;
    }
  };
  const binomial = (n: number, p: number): number => {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n * p < MANY) return rare(n, p);
    return Math.min(n, Math.max(0, Math.round(n * p + normal() * Math.sqrt(n * p * (1 - p)))));
  };
  const poisson = (mean: number): number => {
    if (mean >= MANY) return Math.max(0, Math.round(mean + normal() * Math.sqrt(mean)));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > limit; product *= uniform()) count += 1;
    return count;
  };
  return {
    uniform,
    between: (least, most) => least + Math.floor(uniform() * (most - least + 1)),
    binomial,
    poisson,
    oneOf: (rows) => rows[Math.floor(uniform() * rows.length)] as (typeof rows)[0],
  };
};
