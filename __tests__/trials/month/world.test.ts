/** Uploads and Lambda in a simulated month. */
import type { Conditions } from "../../../scripts/trials/month/episodes";
import { HEALTHY } from "../../../scripts/trials/month/play";
import type { Gauges, Occurrence, Telemetry } from "../../../scripts/trials/month/telemetry";
import { createWorld, type Limits, type Serving, type World } from "../../../scripts/trials/month/world";

const LIMITS: Limits = {
  timeoutSeconds: 60,
  retries: 2,
  maximumEventAgeSeconds: 3_600,
  reservedConcurrency: 100,
  hasQueue: true,
  sloSeconds: 300,
};

interface Played {
  readonly world: World;
  /** Outcomes as "minute outcome count", without those of healthy uploads. */
  readonly outcomes: readonly string[];
  readonly gauges: readonly Gauges[];
}

const UPLOADS = 40;
const MINUTES = 120;
const CALM: Conditions = { ...HEALTHY, refusedShare: 0 };
const ALL_NEWEST: Serving = { newestShare: 1 };

/** Plays two hours; uploads arrive in the first minute. */
const played = (
  conditionsAt: (minute: number) => Partial<Conditions>,
  limits: Partial<Limits> = {},
  serving = ALL_NEWEST,
): Played => {
  const outcomes: string[] = [];
  const gauges: Gauges[] = [];
  let minute = 0;
  const note = ({ outcome, count, isOfOlder }: Occurrence) => {
    if (count > 0 && !["processed", "large"].includes(outcome))
      outcomes.push(`${minute} ${outcome} ${count}${isOfOlder ? " older" : ""}`);
  };
  const telemetry: Telemetry = { ended: note, started: () => {}, send: (_, gauge) => gauges.push(gauge) };
  const world = createWorld({ ...LIMITS, ...limits }, telemetry, "test", MINUTES, UPLOADS);
  for (; minute < MINUTES; minute += 1)
    world.play(minute, minute === 0 ? UPLOADS : 0, { ...CALM, ...conditionsAt(minute) }, serving);
  return { world, outcomes, gauges };
};

const sum = (counts: Int32Array): number => counts.reduce((a, b) => a + b, 0);
const arrived = ({ world }: Played): number => sum(world.harm.touched) + sum(world.harm.healed);

const within =
  (from: number, to: number, conditions: Partial<Conditions>) =>
  (minute: number): Partial<Conditions> =>
    minute >= from && minute < to ? conditions : {};

it("retries a failed attempt after one and two minutes, and then gives the event up", () => {
  const { outcomes, world } = played(within(0, 10, { failing: 1 }));
  const count = sum(world.harm.touched);

  expect(outcomes).toEqual([
    `0 unavailable ${count}`,
    `1 unavailable ${count}`,
    `3 unavailable ${count}`,
    `3 givenUp ${count}`,
  ]);
  expect(world.harm.touched[0]).toBe(count);
});

it("heals what a retry can heal", () => {
  const { outcomes, world } = played(within(0, 2, { failing: 1 }));
  const count = sum(world.harm.healed);

  expect(outcomes).toEqual([`0 unavailable ${count}`, `1 unavailable ${count}`]);
  expect(sum(world.harm.touched)).toBe(0);
});

it("ends an attempt that times out after lambda_timeout, and touches what is stored too late", () => {
  const result = played(within(0, 4, { slow: 1, slowness: "timedOut" }));

  // Attempts begin in minutes 0, 2 and 5; the third one succeeds, later than the objective.
  expect(result.outcomes.map((each) => each.replace(/ \d+$/, ""))).toEqual(["1 timedOut", "3 timedOut"]);
  expect(sum(result.world.harm.touched)).toBe(arrived(result));
});

it("discards events at once while reserved concurrency is 0", () => {
  const { outcomes, world } = played(within(0, 5, { isOff: true }));
  const count = sum(world.harm.touched);

  expect(outcomes).toEqual([`0 switchedOff ${count}`, `0 givenUp ${count}`]);
});

it("throttles what the capacity does not suffice for, again and again, until the event is too old", () => {
  const { outcomes, world } = played(within(0, MINUTES, { capacity: 0 }));
  const count = sum(world.harm.touched);

  expect(outcomes.slice(0, 6)).toEqual([
    `0 throttled ${6 * count}`,
    `1 throttled ${count}`,
    `2 throttled ${count}`,
    `4 throttled ${count}`,
    `8 throttled ${count}`,
    `13 throttled ${count}`,
  ]);
  expect(outcomes.at(-1)).toBe(`60 givenUp ${count}`);
  expect([world.harm.overdue[5], world.harm.overdue[6], world.harm.overdue[60]]).toEqual([0, count, 0]);
});

it("fails uploads that no retry can heal, and only those", () => {
  const { outcomes } = played(within(0, 1, { poison: 1 }));

  expect(outcomes).toEqual(["0 outOfMemory 1", "1 outOfMemory 1", "3 outOfMemory 1", "3 givenUp 1"]);
});

it("loses events where the queue refuses them", () => {
  const { outcomes, gauges } = played(within(0, 10, { poison: 0, failing: 1, queueRefuses: true }));

  expect(outcomes.at(-1)).toMatch(/^3 lost \d+$/);
  expect(gauges.every(({ queued }) => queued === undefined)).toBe(true);
});

it("publishes a queue with messages, and says when it was idle before", () => {
  const { gauges, world } = played(within(0, 10, { failing: 1 }));
  const messages = sum(world.harm.touched);

  expect(gauges[2]?.queued).toBeUndefined();
  expect(gauges[3]?.queued).toEqual({ messages, activeSinceMinute: 3 });
  expect(gauges[100]?.queued).toEqual({ messages });
});

it("gives a canary its share of the attempts, and only the new version its faults", () => {
  const serving: Serving = { newestShare: 0.25, fault: { failing: 1, failure: "notLoaded" } };
  const { outcomes } = played(() => ({}), {}, serving);

  expect(outcomes.length).toBeGreaterThan(0);
  expect(outcomes.every((each) => /notLoaded|givenUp/.test(each) && !each.endsWith("older"))).toBe(true);
});
