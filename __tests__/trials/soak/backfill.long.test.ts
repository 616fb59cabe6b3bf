/** A backfill during live uploads, stopped at half and resumed; `npm run soak -- --backfill 10000` is the long run. */
import { drillStack } from "../../../scripts/build/local-stack";
import { readBlueprint } from "../../../scripts/sandbox/blueprint";
import { type BackfillTrialResult, backfillTrial } from "../../../scripts/trials/soak/backfill";
import { committed } from "../../modules/synthesized";

const CHANGES = { enable_backfill: true, backfill_tolerated_failure_percent: 40 };
const OBJECTS = 60;

let result: BackfillTrialResult;

beforeAll(async () => {
  const environment = { ...(await committed("prod")), ...CHANGES };
  const blueprint = readBlueprint(await drillStack("prod", CHANGES));
  result = await backfillTrial({ environment, blueprint, objects: OBJECTS, seed: 1 });
});

describe("a backfill while S3 fails", () => {
  it("processes, refuses or lists each object", () => {
    expect(result.lost).toEqual([]);
    expect(result).toMatchObject({ refused: 2, listed: 1, processed: OBJECTS - 3 });
  });

  it("makes no second set of variants, also of objects from before the bucket had versions", () => {
    expect(result.unversioned).toBe(OBJECTS / 3);
    expect(result.secondSets).toEqual([]);
  });

  it("runs only open batches again after it was stopped at half", () => {
    expect(result.ranTwice).toEqual([]);
    expect(result.ranAgain).toBeGreaterThan(0);
    expect(result.open).toBeLessThan(OBJECTS);
  });

  it("delays no live upload by a minute, and fires none of their alarms", () => {
    expect(result.liveUploads).toBeGreaterThan(0);
    expect(result.slowestLiveMs).toBeLessThan(60_000);
    expect(result.liveAlarms).toEqual([]);
  });
});
