/** A short month with real recordings, played against the alarms of production with one page for each incident. */
import { drillStack } from "../../../scripts/build/local-stack";
import { countCanaries } from "../../../scripts/trials/month/canaries";
import { type Effects, effectsOf } from "../../../scripts/trials/month/effects";
import { type Episode, type EpisodeName, rowOf } from "../../../scripts/trials/month/episodes";
import { figuresOf } from "../../../scripts/trials/month/figures";
import { type Judged, judge } from "../../../scripts/trials/month/judge";
import { type Recordings, recordOutcomes } from "../../../scripts/trials/month/outcomes";
import { playMonth } from "../../../scripts/trials/month/play";
import { type Policy, readPolicy } from "../../../scripts/trials/month/policy";
import { drawsFor } from "../../../scripts/trials/month/random";

const RATE = 1_000_000;

let policy: Policy;
let recordings: Recordings;
let effects: Effects;

beforeAll(async () => {
  policy = readPolicy(await drillStack("prod", { alarm_routing: "incident", refusal_log_level: "WARN" }));
  recordings = await recordOutcomes(policy.blueprint, ["processed", "refused", "unavailable", "givenUp"]);
  effects = effectsOf(policy.blueprint, recordings);
}, 600_000);

const at = (name: EpisodeName, startMinute: number): Episode => {
  const course = rowOf(name).course(drawsFor(1), RATE);
  return { name, startMinute, endMinute: startMinute + course.minutes, course };
};

const played = (schedule: readonly Episode[], days = 1): Judged =>
  judge(
    playMonth(policy, effects, {
      seed: 1,
      uploadsPerMonth: RATE,
      delivery: "typical",
      sloSeconds: 300,
      days,
      schedule,
    }),
  );

const sumOf = (name: string, recording: Recordings[keyof Recordings]): number =>
  (recording?.data ?? [])
    .filter((datum) => datum.name === name && Object.keys(datum.dimensions).join() === "FunctionName")
    .reduce((sum, { value }) => sum + value, 0);

it("records attempts whose retries do the same again", () => {
  const { retries, given } = { retries: policy.blueprint.function.maximumRetryAttempts, given: recordings.givenUp };

  expect(sumOf("Errors", given)).toBe((1 + retries) * sumOf("Errors", recordings.unavailable));
  expect(sumOf("Invocations", given)).toBe((1 + retries) * sumOf("Invocations", recordings.unavailable));
});

it("notifies once for an outage, soon, and soon that it is over", () => {
  const { verdicts, falsePages } = played([at("s3-503", 600)]);

  expect(falsePages).toEqual([]);
  expect(verdicts).toEqual([expect.objectContaining({ name: "s3-503", deserves: "page", pages: 1 })]);
  expect(verdicts[0]?.detectionSeconds).toBeLessThanOrEqual(300);
  expect(verdicts[0]?.resetSeconds).toBeLessThanOrEqual(900);
});

it("notifies no one of a text file, of failures that a retry heals, or of a healthy release", () => {
  const { verdicts, pages } = played([at("text-file", 200), at("hiccups", 500), at("healthy-release", 900)]);

  expect(pages).toEqual([]);
  expect(verdicts.map(({ name, deserves }) => [name, deserves])).toEqual([
    ["text-file", "nothing"],
    ["hiccups", "nothing"],
    ["healthy-release", "nothing"],
  ]);
});

it("plays the same month again for the same seed", () => {
  const once = () => JSON.stringify(figuresOf([played([at("s3-503", 600)])]));

  expect(once()).toBe(once());
});

it("takes no healthy canary back", () => {
  const options = { count: 200, uploadsPerMonth: 30_000_000, delivery: "typical", sloSeconds: 300 } as const;

  expect(policy.rollbackAlarms.length).toBeGreaterThan(0);
  expect(countCanaries(policy, effects, options)).toEqual({ healthy: 200, takenBack: 0 });
});
