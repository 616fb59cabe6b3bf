/** docs/performance.md: the text and the plot follow the results. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_EFFORT } from "../../../handler/contract/efforts";
import { PERFORMANCE_TABLES, performancePlot } from "../../../scripts/docs/performance";
import { plot } from "../../../scripts/docs/plot";
import { costsOf, growthOf } from "../../../scripts/trials/bench/cost";
import { cheapestEffort, usdOf } from "../../../scripts/trials/bench/efforts";
import { type PictureResult, readResults } from "../../../scripts/trials/bench/results";
import { admittedPixels, memoryFor, WORST_KINDS, type WorstKind } from "../../../scripts/trials/bench/worst-files";

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

describe("the default effort", () => {
  it("is the cheapest for variants that are kept for a month, by the measured photos", () => {
    const { photos } = readResults();

    expect(photos && cheapestEffort(photos, 1)).toBe(DEFAULT_EFFORT);
  });

  it("would not be one that saves money by looking worse", () => {
    const [fine, worse] = [
      { cpuMs: 1_000, outputBytes: 10e6, ssim: 0.95 },
      { cpuMs: 10, outputBytes: 1e6, ssim: 0.94 },
    ];

    expect(cheapestEffort({ methods: { fast: worse, balanced: fine } }, 1)).toBe("balanced");
  });

  it("costs CPU time once and storage each month", () => {
    const usd = (months: number) => usdOf({ cpuMs: 1_000, outputBytes: 1024 ** 2, ssim: 1 }, months);

    // 1000 s of 1769 MB at 0.0000133334 USD for a GB-second, and 1000 MB at 0.023 USD for a GB-month.
    expect(usd(1)).toBeCloseTo((1769 / 1024) * 0.0133334 + (1000 / 1024) * 0.023, 9);
    expect(usd(12) - usd(1)).toBeCloseTo((11 * 1000 * 0.023) / 1024, 9);
  });
});

describe("the memory of a function", () => {
  it("admits every worst file with the memory that the table names, and not all of them with less", () => {
    for (const kind of Object.keys(WORST_KINDS) as WorstKind[]) {
      const most = admittedPixels(kind, 10_240, 100 * 2 ** 20);

      expect([kind, admittedPixels(kind, memoryFor(kind), 100 * 2 ** 20)]).toEqual([kind, most]);
      expect([kind, admittedPixels(kind, memoryFor(kind) - 64, 100 * 2 ** 20) < most]).toEqual([kind, true]);
    }
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
