/** A small soak of the real package: every upload ends with variants, a refusal, or a dead-letter queue message. */

import { drillStack } from "../../../scripts/build/local-stack";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import { type SoakResult, soak } from "../../../scripts/trials/soak/run";
import { TABLE_FAULTS } from "../../../scripts/trials/soak/table-faults";

const COUNT = 40;

/** Without versions, stale events exist as well. */
const KINDS = ["versioned", "unversioned"] as const;

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, each) => total + each, 0);

/** As with enable_dead_letter_queue = true. */
const withDeadLetters = (blueprint: Blueprint): Blueprint => {
  const arn = "arn:aws:sqs:us-east-1:000000000000:dead-letters";
  const target = { ...blueprint.function, deadLetterTargetArn: arn };
  return { ...blueprint, queues: [{ name: "dead-letters", arn }], function: target };
};

const runs: Record<string, SoakResult> = {};

beforeAll(async () => {
  const blueprint = withDeadLetters(readBlueprint(await drillStack("dev", { enable_metadata_table: true })));
  const buckets = blueprint.buckets.map((bucket) => ({ ...bucket, versioned: false }));
  const stacks = { versioned: blueprint, unversioned: { ...blueprint, buckets } };
  const seeds = { versioned: 11, unversioned: 12 };
  await Promise.all(
    KINDS.map(async (kind) => {
      runs[kind] = await soak(stacks[kind], { count: COUNT, seed: seeds[kind], concurrency: 8, processes: 2 });
    }),
  );
});

const runOf = (kind: string): SoakResult => {
  const run = runs[kind];
  if (run === undefined) throw new Error(`Expected a soak of a bucket that is ${kind} but got none`);
  return run;
};

describe.each(KINDS)("a soak of a bucket that is %s", (kind) => {
  it("loses no upload and logs no incomplete success", () => {
    const { lost, problems } = runOf(kind);

    expect([lost, problems]).toEqual([0, []]);
  });

  it("keeps a record of every upload that says what the bucket says, or logs that it is lost", () => {
    const { records, faults } = runOf(kind);
    const { right = 0 } = records ?? {};

    expect(right).toBeGreaterThan(0);
    for (const name of Object.keys(TABLE_FAULTS)) expect(faults[name]).toBeGreaterThan(0);
  });

  it("counts every upload once", () => {
    const { uploads, processed, refused, superseded, deadLettered } = runOf(kind);

    expect(uploads).toBe(COUNT);
    expect(processed + sum(refused) + superseded + deadLettered).toBe(COUNT);
  });

  it("injects faults that the function recovers from, and faults that it does not", () => {
    const { faults, retries, deadLettered, refused } = runOf(kind);

    expect(sum(faults)).toBeGreaterThanOrEqual(15);
    for (const count of [retries, deadLettered, sum(refused)]) expect(count).toBeGreaterThan(0);
  });
});

describe("stale events", () => {
  it.each(KINDS)("supersede uploads that were replaced only in a bucket without versions: %s", (kind) => {
    expect(runOf(kind).superseded > 0).toBe(kind === "unversioned");
  });
});
