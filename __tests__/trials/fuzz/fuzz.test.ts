/** A thousand damaged pictures, and the bombs, by the machine of `npm run fuzz`. */
import { join } from "node:path";
import { defuse, MAX_PEAK_BYTES } from "../../../scripts/trials/fuzz/bomb-squad";
import { BOMBS } from "../../../scripts/trials/fuzz/bombs";
import { runCampaign } from "../../../scripts/trials/fuzz/campaign";
import { startGuard } from "../../../scripts/trials/fuzz/guard";
import { inputOf } from "../../../scripts/trials/fuzz/mutations";
import { makeSeeds } from "../../../scripts/trials/fuzz/seeds";

const SEED = 5;
const INPUTS = 1_000;
const LIMITS = { maxPixels: 1_000_000, maxSidePx: 10_000, maxFrames: 10 };

describe("a thousand damaged pictures", () => {
  it("are refused with a reason or made right: no crash, no hang, no stray rejection, little memory", async () => {
    const numbers = Array.from({ length: INPUTS }, (_, number) => number);

    const { tallies, failures } = await runCampaign({ seed: SEED, numbers, processes: 2 });

    expect(failures.map(({ input: { bytes, original, ...input }, ...failure }) => ({ ...input, ...failure }))).toEqual(
      [],
    );
    const counted = Object.values(tallies).map(({ inputs, made, refused }) => ({
      inputs,
      ended: made + Object.values(refused).reduce((sum, count) => sum + count, 0),
      isMixed: made > 20 && Object.keys(refused).length > 1,
    }));
    expect(counted).toEqual(counted.map(() => ({ inputs: INPUTS / 5, ended: INPUTS / 5, isMixed: true })));
  }, 180_000);

  it("are the same for the same seed and number, and others for another", async () => {
    const seeds = await makeSeeds();
    const bytesOf = (seed: number) =>
      Array.from({ length: 100 }, (_, number) => inputOf(seeds, seed, number).bytes.toString("hex"));

    expect(bytesOf(SEED)).toEqual(bytesOf(SEED));
    expect(bytesOf(SEED)).not.toEqual(bytesOf(SEED + 1));
  });

  it("begin with every kind of every format", async () => {
    const seeds = await makeSeeds();
    const all = Object.values(seeds)
      .flat()
      .map(({ format, kind }) => `${format}, ${kind}`);

    const begun = Array.from({ length: INPUTS }, (_, number) => inputOf(seeds, SEED, number));

    expect(new Set(begun.map(({ format, kind }) => `${format}, ${kind}`))).toEqual(new Set(all));
    expect(new Set(begun.map(({ mutation }) => mutation)).size).toBe(17);
  });
});

describe("the guard", () => {
  it("ends a process that hangs, notices one that dies, and goes on with another", async () => {
    const guard = startGuard({ subject: join(__dirname, "mad-subject.ts"), patienceMs: 2_000 });
    const outcomes: string[] = [];

    for (const wish of ["answer", "hang", "answer", "exit", "abort", "answer"]) {
      const { outcome, detail } = await guard.attempt({ bytes: Buffer.from(wish), limits: LIMITS });
      outcomes.push(`${outcome}: ${detail}`);
    }
    guard.stop();

    expect(outcomes).toEqual([
      "made: ",
      "hang: Expected an answer within 2 s but got none",
      "made: ",
      "crash: Expected an answer but got exit code 7",
      "crash: Expected an answer but got SIGABRT",
      "made: ",
    ]);
  });

  it("tells an error that is no refusal from a refusal", async () => {
    const guard = startGuard();

    const refused = await guard.attempt({ bytes: Buffer.alloc(0), limits: LIMITS });
    const wrong = await guard.attempt({ bytes: undefined as never, limits: LIMITS });
    guard.stop();

    expect([refused.outcome, refused.detail]).toEqual(["refused", "empty"]);
    expect([wrong.outcome, wrong.detail]).toEqual([
      "wrong",
      expect.stringMatching(/^Expected a refusal but got TypeError/),
    ]);
  });
});

describe("the bombs", () => {
  it("are refused for their reasons, in little memory", async () => {
    const defusals = await defuse();

    expect(defusals.map(({ name, outcome, detail }) => [name, outcome, detail])).toEqual(
      Object.entries(BOMBS).map(([name, { reason }]) => [name, "refused", reason]),
    );
    expect(defusals.filter(({ peakBytes }) => peakBytes === 0 || peakBytes > MAX_PEAK_BYTES)).toEqual([]);
  });
});
