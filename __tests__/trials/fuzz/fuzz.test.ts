/** What the fuzz test makes of a seed, and of an error. `fuzz.long.test.ts` tries some pictures, and `.ci/run` many. */
import { inputOf } from "../../../scripts/trials/fuzz/mutations";
import { makeSeeds } from "../../../scripts/trials/fuzz/seeds";
import { startWorker } from "../../../scripts/trials/fuzz/worker-handle";

const SEED = 5;
const INPUTS = 1_000;
const LIMITS = { maxPixels: 1_000_000, maxSidePx: 10_000, maxFrames: 10 };

describe("damaged pictures", () => {
  it("are the same for the same seed and number, and different for another seed", async () => {
    const seeds = await makeSeeds();
    const bytesOf = (seed: number) =>
      Array.from({ length: 100 }, (_, number) => inputOf(seeds, seed, number).bytes.toString("hex"));

    expect(bytesOf(SEED)).toEqual(bytesOf(SEED));
    expect(bytesOf(SEED)).not.toEqual(bytesOf(SEED + 1));
  });

  it("start from every kind of every format", async () => {
    const seeds = await makeSeeds();
    const all = Object.values(seeds)
      .flat()
      .map(({ format, kind }) => `${format}, ${kind}`);

    const begun = Array.from({ length: INPUTS }, (_, number) => inputOf(seeds, SEED, number));

    expect(new Set(begun.map(({ format, kind }) => `${format}, ${kind}`))).toEqual(new Set(all));
    expect(new Set(begun.map(({ mutation }) => mutation)).size).toBe(17);
  });
});

describe("the worker", () => {
  it("reports an error other than a refusal as wrong", async () => {
    const worker = startWorker();

    const refused = await worker.attempt({ bytes: Buffer.alloc(0), limits: LIMITS });
    const wrong = await worker.attempt({ bytes: undefined as never, limits: LIMITS });
    worker.stop();

    expect([refused.outcome, refused.detail]).toEqual(["refused", "empty"]);
    expect([wrong.outcome, wrong.detail]).toEqual([
      "wrong",
      expect.stringMatching(/^Expected a refusal but got TypeError/),
    ]);
  });
});
