/** docs/performance.md: the text and the plot follow the results. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PERFORMANCE_TABLES, performancePlot } from "../../../scripts/docs/performance";
import { plot } from "../../../scripts/docs/plot";
import { costsOf, growthOf } from "../../../scripts/trials/bench/cost";
import type { PictureResult } from "../../../scripts/trials/bench/results";

const PLOT = join(__dirname, "../../../docs/performance.svg");

const photo = (megapixels: number, cpuMs: number): PictureResult => ({
  name: `${megapixels}mp.baseline.jpg`,
  kind: "baseline.jpg",
  megapixels,
  sourceBytes: 1,
  runs: 1,
  methods: { handler: { cpuMs, wallMs: 1, peakBytes: 1, outputBytes: 1, cpuRatio: 1 } },
});

describe("what a megapixel costs", () => {
  const growth = growthOf([photo(2, 230), photo(6, 630), photo(12, 1230), photo(24, 1470), photo(48, 1950)]);

  it("is one line up to the cap and another beyond it", () => {
    const { belowCap, aboveCap } = growth;

    expect([belowCap.base, belowCap.slope, aboveCap.base, aboveCap.slope].map(Math.round)).toEqual([30, 100, 990, 20]);
  });

  it("ignores other kinds of file", () => {
    const other = { ...photo(12, 9999), kind: "png" } as const;

    expect(growthOf([photo(2, 230), photo(12, 1230), other]).belowCap.slope).toBeCloseTo(100);
  });

  it("is the same in money up to one vCPU, and more beyond it without being faster", () => {
    const costs = costsOf(growth);

    expect(costs.map(({ memoryMb, ms }) => [memoryMb, Math.round(ms)])).toEqual([
      [512, 4250],
      [1024, 2125],
      [1769, 1230],
      [3072, 1230],
    ]);
    // 1.23 s of 1769 / 1024 GB at 0.0000133334 USD, a million times, and a million requests at 0.20 USD
    expect(costs.map(({ usd }) => Number(usd.toFixed(2)))).toEqual([28.53, 28.53, 28.53, 49.4]);
  });
});

describe("the document", () => {
  it("has no empty cell in a table", () => {
    for (const [name, make] of Object.entries(PERFORMANCE_TABLES)) {
      expect([name, make()]).toEqual([name, expect.not.stringMatching(/NaN|undefined|\| {2}\|/)]);
    }
  });

  it("has the plot that is drawn from the results", async () => {
    expect(await performancePlot()).toBe(await readFile(PLOT, "utf8"));
  });
});

it("draws the same picture of the same series, each by its name", async () => {
  const of = (name: string) => plot({ title: "t", x: "x", y: "y", series: [{ name, points: [[1, 2]] }] });

  const [one, same, other] = [await of("one"), await of("one"), await of("other")];

  expect(one).toBe(same);
  expect(one).toContain(">one<");
  expect(other).not.toContain(">one<");
});
