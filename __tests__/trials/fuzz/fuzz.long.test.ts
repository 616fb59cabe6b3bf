/** Some damaged pictures, run as `npm run fuzz` does; `.ci/run` tries many more, and the bombs. */
import { join } from "node:path";
import { runCampaign } from "../../../scripts/trials/fuzz/campaign";
import { startWorker } from "../../../scripts/trials/fuzz/worker-handle";

const SEED = 5;
const TRIED = 100;
const LIMITS = { maxPixels: 1_000_000, maxSidePx: 10_000, maxFrames: 10 };

describe("damaged pictures", () => {
  it("are refused with a reason or processed correctly: no crash, no hang, no unhandled rejection, little memory", async () => {
    const numbers = Array.from({ length: TRIED }, (_, number) => number);

    const { counts, failures } = await runCampaign({ seed: SEED, numbers, processes: 2 });

    expect(failures.map(({ input: { bytes, original, ...input }, ...failure }) => ({ ...input, ...failure }))).toEqual(
      [],
    );
    const counted = Object.values(counts).map(({ inputs, made, refused }) => ({
      inputs,
      ended: made + Object.values(refused).reduce((sum, count) => sum + count, 0),
      isMixed: made > 0 && Object.keys(refused).length > 0,
    }));
    expect(counted).toEqual(counted.map(() => ({ inputs: TRIED / 5, ended: TRIED / 5, isMixed: true })));
  }, 180_000);
});

describe("the worker", () => {
  it("kills a process that hangs, notices one that dies, and continues with another", async () => {
    const worker = startWorker({ file: join(__dirname, "misbehaving-worker.ts"), limitMs: 5_000 });
    const outcomes: string[] = [];

    for (const wish of ["result", "hang", "result", "exit", "abort", "result"]) {
      const { outcome, detail } = await worker.attempt({ bytes: Buffer.from(wish), limits: LIMITS });
      outcomes.push(`${outcome}: ${detail}`);
    }
    worker.stop();

    expect(outcomes).toEqual([
      "made: ",
      "hang: Expected a result within 5 s but got none",
      "made: ",
      "crash: Expected a result but got exit code 7",
      "crash: Expected a result but got SIGABRT",
      "made: ",
    ]);
  });
});
