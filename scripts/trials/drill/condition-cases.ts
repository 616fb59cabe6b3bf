/** What each alarm on a condition must say about exact values of its metrics: just enough, and just too little. */

/** Values of each metric of an alarm, by its id in the expression. */
export type Values = Readonly<Record<string, readonly number[]>>;

export interface ConditionCase {
  readonly title: string;
  /** Values in one period after the other. Nothing happens in between. */
  readonly steps: readonly Values[];
  /** Whether the first step changes the alarm's state. */
  readonly changes: boolean;
  /** After which step the state returns. @default after the steps, with healthy traffic */
  readonly returnsAt?: number;
  /** No traffic follows, and the state stays. @default healthy traffic follows */
  readonly stays?: true;
  /** No traffic follows, and the state returns nevertheless. @default healthy traffic follows */
  readonly endsInSilence?: true;
}

export interface ConditionCases {
  /** Healthy traffic. */
  readonly idle: Values;
  /** The alarm is in ALARM while all is well. @default it is OK */
  readonly isInverse?: true;
  /** @param numbers in the expression, in order */
  readonly cases: (numbers: readonly number[]) => readonly ConditionCase[];
}

const ones = (count: number): number[] => Array.from({ length: Math.max(0, count) }, () => 1);

/** A count in two data, so that neither the average nor the maximum equals the sum. */
const halves = (count: number): number[] => (count <= 0 ? [] : [Math.ceil(count / 2), Math.floor(count / 2)]);

const fires = (title: string, values: Values): ConditionCase => ({ title, steps: [values], changes: true });
const stays = (title: string, values: Values): ConditionCase => ({ title, steps: [values], changes: false });

/** `part >= min AND 100 * part >= percent * all` */
const shareOf =
  (part: string, all: string): ConditionCases["cases"] =>
  ([min = 0, , percent = 0]) => {
    const most = Math.floor((100 * min) / percent);
    return [
      fires("exactly the minimum and the share", { [part]: ones(min), [all]: ones(most) }),
      stays("just below the share", { [part]: ones(min), [all]: ones(most + 1) }),
      stays("one less than the minimum", { [part]: ones(min - 1), [all]: ones(min - 1) }),
    ];
  };

/** `part >= min AND 100 * part >= percent * (part + rest)` */
const shareBeside =
  (part: string, rest: string): ConditionCases["cases"] =>
  ([min = 0, , percent = 0]) => {
    const most = Math.floor((100 * min) / percent) - min;
    return [
      fires("exactly the minimum and the share", { [part]: ones(min), [rest]: halves(most) }),
      stays("just below the share", { [part]: ones(min), [rest]: halves(most + 1) }),
      stays("one less than the minimum", { [part]: ones(min - 1), [rest]: [] }),
    ];
  };

/** `IF(FILL(f, 0) >= min AND 100 * FILL(f, 0) >= factor * (100 - target) * (FILL(f, 0) + s), …` */
const SPENT = [1, 4, 6] as const;

const least = (numbers: readonly number[], at: readonly number[]): number[] =>
  at.map((index) => numbers[index] ?? Number.NaN);

/** @returns how many others may be beside `failed`, so that it is that share, in percent, of all */
const besides = (failed: number, percent: number): number => Math.floor((100 * failed) / percent) - failed;

/** @returns just enough and just too little: an expression with decimals is not exact */
const around = (failed: number, percent: number): readonly [number, number] => [
  besides(failed, 1.01 * percent),
  besides(failed, 0.99 * percent) + 1,
];

const budget: ConditionCases["cases"] = (numbers) => {
  const [min = 0, factor = 0, target = 0] = least(numbers, SPENT);
  const [enough, tooFew] = around(min, factor * (100 - target));
  const [enoughOfTwice] = around(2 * min, factor * (100 - target));
  return [
    fires("the minimum, and just enough of all", { f: ones(min), s: halves(enough) }),
    fires("twice the minimum, and just enough of all", { f: ones(2 * min), s: halves(enoughOfTwice) }),
    stays("the minimum, and just too little of all", { f: ones(min), s: halves(tooFew) }),
    stays("one less than the minimum", { f: ones(min - 1), s: [1] }),
  ];
};

/**
 * The same, and `AND (FILL(f, 0) >= sure OR 100 * FILL(f, 0) >= percent * (FILL(f, 0) + s))`. With a low target, the share for
 * the budget is larger than the sure one, so that nothing else decides.
 */
const surely: ConditionCases["cases"] = (numbers) => {
  const [min = 0, factor = 0, target = 0, sure = 0, percent = 0] = least(numbers, [...SPENT, 9, 12]);
  if (factor * (100 - target) >= percent) return budget(numbers);
  const [enough, tooFew] = around(sure, factor * (100 - target));
  return [
    fires("the minimum, and exactly the sure share", { f: ones(min), s: halves(besides(min, percent)) }),
    stays("the minimum, and just below the sure share", { f: ones(min), s: halves(besides(min, percent) + 1) }),
    stays("one less than the minimum", { f: ones(min - 1), s: [1] }),
    fires("the sure number, and just enough of all", { f: halves(sure), s: halves(enough) }),
    stays("the sure number, and just too little of all", { f: halves(sure), s: halves(tooFew) }),
    stays("one less than the sure number", { f: halves(sure - 1), s: halves(enough) }),
  ];
};

/**
 * `IF((FILL(failed, 0) >= min AND 100 * failed >= percent * attempts + 100 * extra) OR (FILL(f, 0) >= dropped AND 4 * FILL(f, 0)
 * >= FILL(attempts, 0)), …`
 */
const tooManyFail: ConditionCases["cases"] = (numbers) => {
  const [min = 0, hundred = 0, percent = 0, extra = 0, dropped = 0, factor = 0] = least(numbers, [1, 2, 3, 5, 7, 8]);
  const most = Math.floor((hundred * (min - extra)) / percent);
  const beside = factor * dropped;
  return [
    fires("exactly the minimum and the share", { failed: ones(min), attempts: ones(most) }),
    stays("just below the share", { failed: ones(min), attempts: ones(most + 1) }),
    stays("one less than the minimum", { failed: ones(min - 1), attempts: ones(min - 1) }),
    fires("just enough events dropped, and nothing invoked", { f: ones(dropped) }),
    fires("just enough events dropped, and the share of them", { f: ones(dropped), attempts: ones(beside) }),
    stays("just enough events dropped, just below the share", { f: ones(dropped), attempts: ones(beside + 1) }),
    stays("one event dropped less", { f: ones(dropped - 1) }),
  ];
};

/**
 * `IF((FILL(failed, 0) >= min AND 100 * failed >= percent * attempts) OR (5 * FILL(f, 0) >= 3 * min AND FILL(f, 0) >= FILL(i, 0)), …`
 */
const nearlyAllFail: ConditionCases["cases"] = (numbers) => {
  const [min = 0, hundred = 0, percent = 0, five = 0, three = 0] = least(numbers, [1, 2, 3, 4, 6]);
  const most = Math.floor((hundred * min) / percent);
  const dropped = Math.ceil((three * min) / five);
  return [
    fires("exactly the minimum and the share", { failed: ones(min), attempts: ones(most) }),
    stays("just below the share", { failed: ones(min), attempts: ones(most + 1) }),
    stays("one less than the minimum", { failed: ones(min - 1), attempts: ones(min - 1) }),
    fires("just enough events dropped, and nothing invoked", { f: halves(dropped) }),
    fires("just enough events dropped, and as many invoked", { f: halves(dropped), i: ones(dropped) }),
    stays("just enough events dropped, and one more invoked", { f: halves(dropped), i: ones(dropped + 1) }),
    stays("one event dropped less", { f: halves(dropped - 1) }),
  ];
};

/** `IF((FILL(failed, 0) >= 1 AND 100 * failed >= percent * attempts) OR (FILL(f, 0) >= 1 AND FILL(f, 0) >= FILL(i, 0)), …` */
const minuteFails: ConditionCases["cases"] = (numbers) => {
  const [, , percent = 0] = least(numbers, [1, 2, 3]);
  return [
    fires("the only attempt", { failed: [1], attempts: [1] }),
    fires("exactly the share", { failed: ones(percent), attempts: ones(100) }),
    stays("just below the share", { failed: ones(percent - 1), attempts: ones(100) }),
    stays("no attempt", { failed: [0] }),
    fires("an event dropped, and nothing invoked", { f: [1, 0] }),
    fires("events dropped, and as many invoked", { f: ones(3), i: ones(3) }),
    stays("events dropped, and one more invoked", { f: ones(3), i: ones(4) }),
  ];
};

/** `IF(FILL(m, 0) + FILL(t, 0) >= min AND 200 * (FILL(m, 0) + FILL(t, 0)) >= percent * FILL(attempts, 0) + 200 * extra, …` */
const limitsReached: ConditionCases["cases"] = (numbers) => {
  const [min = 0, twice = 0, percent = 0, extra = 0] = least(numbers, [2, 3, 6, 9]);
  const most = Math.floor((twice * (min - extra)) / percent);
  return [
    fires("the minimum of memory errors, and the share", { m: halves(min), attempts: ones(most) }),
    fires("the minimum of time-outs, and the share", { t: halves(min), attempts: ones(most) }),
    fires("the minimum of both together", { m: ones(min - 3), t: ones(3), attempts: ones(most) }),
    stays("just below the share", { m: ones(min - 3), t: ones(3), attempts: ones(most + 1) }),
    stays("one less than the minimum", { m: ones(min - 3), t: ones(2), attempts: ones(min - 1) }),
  ];
};

/** `all >= min AND 100 * FILL(part, 0) >= percent * all` */
const shareOfEnough =
  (part: string, all: string): ConditionCases["cases"] =>
  ([min = 0, , , percent = 0]) => {
    const enough = Math.ceil((percent * min) / 100);
    return [
      fires("exactly the minimum and the share", { [part]: ones(enough), [all]: ones(min) }),
      stays("just below the share", { [part]: ones(enough - 1), [all]: ones(min) }),
      stays("one less than the minimum", { [part]: ones(min - 1), [all]: ones(min - 1) }),
    ];
  };

const BUDGET: ConditionCases = { idle: { s: [1] }, cases: budget };

/** By the name of the alarm without the function's name: add a row. */
export const CONDITION_CASES: Readonly<Record<string, ConditionCases>> = {
  "high-error-rate": { idle: { attempts: [1], failed: [0] }, cases: tooManyFail },
  outage: { idle: { attempts: [1], failed: [0], i: [1] }, cases: nearlyAllFail },
  "outage-lasts": { idle: { attempts: [1], failed: [0], i: [1] }, cases: minuteFails },
  "limits-reached": { idle: { attempts: [1] }, cases: limitsReached },
  "release-errors": { idle: { a: [1], e: [0] }, cases: shareOf("e", "a") },
  "two-versions": {
    idle: { all: [1], n: [1] },
    cases: () => [
      fires("an invocation of an older version", { all: [1, 0] }),
      fires("one more of all than of the newest", { all: ones(3), n: ones(2) }),
      stays("all of the newest", { all: ones(3), n: ones(3) }),
    ],
  },
  "refused-rate": { idle: { s: [1], r: [0] }, cases: shareBeside("r", "s") },
  "upload-api-errors": { idle: { n: [1], e: [0] }, cases: shareOfEnough("e", "n") },
  "upload-api-refusals": { idle: { n: [1], e: [0] }, cases: shareOfEnough("e", "n") },
  "upload-api-latency": {
    idle: { n: [1], l: [10] },
    cases: ([min = 0, limit = 0]) => [
      fires("the minimum, and exactly the limit", { n: ones(min), l: [limit] }),
      fires("more than a hundredth of many", { n: ones(10 * min), l: [...ones(197), limit, limit, limit] }),
      stays("less than a hundredth of many", { n: ones(10 * min), l: [...ones(199), limit] }),
      stays("just below the limit", { n: ones(min), l: [limit - 1] }),
      stays("one less than the minimum", { n: ones(min - 1), l: [limit] }),
    ],
  },
  "links-unused": {
    idle: { i: [1], u: [1] },
    cases: ([min = 0, , , percent = 0]) => {
      const used = min - Math.ceil((percent * min) / 100);
      return [
        fires("exactly the minimum and the share", { i: ones(min), u: ones(used) }),
        stays("just below the share", { i: ones(min), u: ones(used + 1) }),
        stays("one less than the minimum", { i: ones(min - 1), u: [] }),
      ];
    },
  },
  "backfill-failure-rate": { idle: { s: [1], f: [0] }, cases: shareBeside("f", "s") },
  "image-processing-errors": { idle: { s: [1], f: [0] }, cases: shareBeside("f", "s") },
  "budget-burning": { idle: { s: [1] }, cases: surely },
  "budget-1d": BUDGET,
  "budget-2h": BUDGET,
  "budget-6h": BUDGET,
  "budget-30m": BUDGET,
  "images-lost": {
    idle: {},
    cases: ([, min = 0]) => [
      fires("exactly the minimum", { lost: ones(min) }),
      stays("one less than the minimum", { lost: ones(min - 1) }),
    ],
  },
  waiting: {
    idle: { t: [0], age: [100] },
    cases: ([throttles = 0, , second = 0, limit = 0]) => [
      fires("just enough throttles, and one event that is too old", {
        t: ones(throttles),
        age: [1, second * limit + 1],
      }),
      stays("just enough throttles, and no event that is too old", { t: ones(throttles), age: [second * limit] }),
      stays("one throttle less", { t: ones(throttles - 1), age: [second * limit + 1] }),
      stays("just enough throttles, and no event that was invoked", { t: ones(throttles) }),
    ],
  },
  "nothing-invoked": {
    idle: { t: [0], i: [1] },
    cases: () => [
      fires("a throttle, and no invocation", { t: [1, 0] }),
      stays("a throttle, and an invocation", { t: [1], i: [1, 0] }),
      stays("no throttle, and no invocation", { t: [0] }),
    ],
  },
  recovered: {
    idle: { s: [1], failed: [0] },
    isInverse: true,
    cases: (numbers) => {
      const [stray = 0, percent = 0] = least(numbers, [3, 7]);
      const most = ((stray + 1) * 100) / percent - (stray + 1);
      const fault: Values = { failed: ones(stray + 1), s: [] };
      return [
        fires("more failures than stray ones, and no success", fault),
        fires("more dropped events than stray failures, and nothing invoked", { f: ones(stray + 1) }),
        fires("just more than the stray share", { failed: ones(stray + 1), s: halves(most - 1) }),
        fires("just more than the stray share, one of them dropped", {
          failed: ones(stray),
          f: ones(1),
          s: halves(most - 1),
        }),
        stays("exactly the stray share", { failed: ones(stray + 1), s: halves(most) }),
        stays("stray failures only", { failed: ones(stray), s: [] }),
        {
          title: "a fault, then a single success",
          steps: [fault, { failed: [0], s: [1, 0] }],
          changes: true,
          returnsAt: 1,
        },
        {
          title: "a fault, then stray failures",
          steps: [fault, { failed: ones(stray), s: [0] }],
          changes: true,
          stays: true,
        },
        { title: "a fault, then silence", steps: [fault, {}], changes: true, stays: true },
        { title: "silence", steps: [{}], changes: false },
      ];
    },
  },
  flowing: {
    idle: { t: [0], i: [1] },
    isInverse: true,
    cases: () => [
      fires("a throttle", { t: [1, 0] }),
      fires("a throttle amid invocations", { t: [1, 0], i: ones(5) }),
      { title: "a throttle, then an invocation", steps: [{ t: [1] }, { i: [1, 0] }], changes: true, returnsAt: 1 },
      { title: "a throttle, then silence", steps: [{ t: [1] }, {}], changes: true, stays: true },
      { title: "silence", steps: [{}], changes: false },
    ],
  },
};
