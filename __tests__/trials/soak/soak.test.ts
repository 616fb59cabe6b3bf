/** A small soak of the real package: every upload has its variants, a reason, or a place among the dead letters. */

import { devStack } from "../../../scripts/build/local-stack";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import { seededRandom } from "../../../scripts/trials/seeded-random";
import { episodesOf } from "../../../scripts/trials/soak/episodes";
import { createMeeting, FAULTS } from "../../../scripts/trials/soak/faults";
import { type SoakResult, soak } from "../../../scripts/trials/soak/run";

const COUNT = 40;
const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, each) => total + each, 0);

/** As where `enable_dead_letter_queue` is true. */
const withDeadLetters = (blueprint: Blueprint): Blueprint => {
  const arn = "arn:aws:sqs:us-east-1:000000000000:dead-letters";
  const target = { ...blueprint.function, deadLetterTargetArn: arn };
  return { ...blueprint, queues: [{ name: "dead-letters", arn }], function: target };
};

const runs: Record<"versioned" | "unversioned", Promise<SoakResult>> = Object.create(null);

beforeAll(async () => {
  const blueprint = withDeadLetters(readBlueprint(await devStack()));
  const buckets = blueprint.buckets.map((bucket) => ({ ...bucket, versioned: false }));
  const start = (stack: Blueprint, seed: number) => soak(stack, { count: COUNT, seed, concurrency: 8, processes: 2 });
  runs.versioned = start(blueprint, 11);
  runs.unversioned = start({ ...blueprint, buckets }, 12);
  await Promise.all(Object.values(runs));
}, 60_000);

describe.each(["versioned", "unversioned"] as const)("a soak of a bucket that is %s", (kind) => {
  it("loses nothing and announces nothing half-written", async () => {
    const { lost, problems } = await runs[kind];

    expect([lost, problems]).toEqual([0, []]);
  });

  it("accounts for every upload once", async () => {
    const { uploads, processed, refused, superseded, deadLettered } = await runs[kind];

    expect(uploads).toBe(COUNT);
    expect(processed + sum(refused) + superseded + deadLettered).toBe(COUNT);
  });

  it("meets faults that the function bears, and some that it does not", async () => {
    const { faults, retries, deadLettered, refused } = await runs[kind];

    expect(sum(faults)).toBeGreaterThanOrEqual(15);
    for (const count of [retries, deadLettered, sum(refused)]) expect(count).toBeGreaterThan(0);
  });
});

describe("stale events", () => {
  it("supersede nothing where versions are kept, and only what was replaced where they are not", async () => {
    const { versioned, unversioned } = runs;

    expect((await versioned).superseded).toBe(0);
    expect((await unversioned).superseded).toBeGreaterThan(0);
  });
});

describe("a seed", () => {
  const call = { caller: "FUNCTION", action: "s3:PutObject", key: "soak/00001_webp_12345678.webp" };
  const met = (seed: number) => {
    const meet = createMeeting(seededRandom(seed));
    return Array.from({ length: 1_000 }, (_, i) => meet({ ...call, key: `soak/${i}_png_1.png` }));
  };

  it("brings the same faults again, and another seed others", () => {
    expect(met(1)).toEqual(met(1));
    expect(met(1)).not.toEqual(met(2));
  });

  it("brings the same uploads again, as many as are wanted", async () => {
    const [one, two] = [await episodesOf(seededRandom(1), 25), await episodesOf(seededRandom(1), 25)];

    expect(one).toEqual(two);
    expect(one.flatMap(({ pictures }) => pictures)).toHaveLength(25);
  });

  it("brings faults to the function only, and to storing only those that are about it", () => {
    const meet = createMeeting(seededRandom(1));
    const names = new Set(met(3).flatMap((name) => name ?? []));

    expect(Array.from({ length: 1_000 }, () => meet({ ...call, caller: "anonymous" })).filter(Boolean)).toEqual([]);
    for (const name of names) expect(FAULTS[name].of).toContain("PUT");
  });
});
