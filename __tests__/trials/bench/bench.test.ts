/** The benchmark with a tiny picture, in real processes; no test asserts a speed. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { EFFORTS } from "../../../handler/contract/efforts";
import { FORMATS } from "../../../handler/contract/variants";
import { corpus, type Picture, type Size } from "../../../scripts/trials/bench/corpus";
import { measureFormats } from "../../../scripts/trials/bench/formats";
import { figuresOf, tasksOf } from "../../../scripts/trials/bench/paired";
import { prepareTools, type Tools } from "../../../scripts/trials/bench/processes";
import type { Figures, PhotoResults, PictureResult } from "../../../scripts/trials/bench/results";
import { likeness } from "../../../scripts/trials/bench/similarity";
import { fitLine, median } from "../../../scripts/trials/bench/statistics";
import { effortsOf, ROWS } from "../../../scripts/trials/bench/sweep";
import { type Judged, judge } from "../../../scripts/trials/bench/targets";
import { WORST_KINDS } from "../../../scripts/trials/bench/worst-files";

const TINY: Size = { megapixels: 0.03, widthPx: 200, heightPx: 150 };

let folder: string;
let pictures: readonly Picture[];
let tools: Tools;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bench-"));
  pictures = await corpus(folder, [TINY]);
  tools = await prepareTools("no-such-python");
});
afterAll(async () => {
  await tools.worker.remove();
  await rm(folder, { recursive: true });
});

const named = (name: string): Picture => {
  const found = pictures.find((picture) => picture.name === name);
  if (found === undefined) throw new Error(`Expected ${name} but got ${pictures.map((picture) => picture.name)}`);
  return found;
};

describe("the corpus", () => {
  it("holds the same landscape in every kind of file", async () => {
    const heads = await Promise.all(pictures.map(async ({ file }) => (await readFile(file)).toString("latin1", 0, 4)));

    expect(pictures.map(({ name }) => name)).toEqual([
      "0.03mp.baseline.jpg",
      "0.03mp.progressive.jpg",
      "0.03mp.png",
      "0.03mp.webp",
      "0.03mp.tiff",
      "0.03mp.bmp",
    ]);
    expect(heads).toEqual([
      "\xff\xd8\xff\xdb",
      "\xff\xd8\xff\xdb",
      "\x89PNG",
      "RIFF",
      "II*\0",
      expect.stringMatching("^BM"),
    ]);
    expect((await sharp(named("0.03mp.progressive.jpg").file).metadata()).isProgressive).toBe(true);
  });

  it("is painted once", async () => {
    const painted: Size[] = [];

    const again = await corpus(folder, [TINY], (size) => painted.push(size));

    expect(again).toEqual(pictures);
    expect(painted).toEqual([]);
  });
});

describe("a task", () => {
  it("leaves out methods that cannot read the picture", async () => {
    const [task] = tasksOf([named("0.03mp.bmp")], 5);

    expect(task).toMatchObject({ runs: 5, methods: ["handler", "floor", "pillow"] });
  });
});

it("takes the ratio of each pair before the median", () => {
  const of = (cpuMs: number) => ({ cpuMs, wallMs: cpuMs, peakBytes: cpuMs, bytes: { low: 2, png: 3 } });

  const figures = figuresOf([of(30), of(80), of(40)], [of(10), of(20), of(20)]);

  expect(figures).toEqual({ cpuMs: 40, wallMs: 40, peakBytes: 80, outputBytes: 5, cpuRatio: 3 });
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it("fits the line that lies closest to the points", () => {
  const exact = fitLine([2, 6, 12].map((x) => [x, 30 + 100 * x]));
  const noisy = fitLine([
    [0, 1],
    [0, 3],
    [10, 11],
    [10, 13],
  ]);

  expect(exact.base).toBeCloseTo(30);
  expect(exact.slope).toBeCloseTo(100);
  expect(noisy).toEqual({ base: 2, slope: 1 });
});

it("finds no difference between a picture and itself, and a difference to a worse one", async () => {
  const { file } = named("0.03mp.png");

  const same = await likeness(sharp(file), sharp(file));
  const atQuality = async (quality: number) =>
    likeness(sharp(file), sharp(await sharp(file).jpeg({ quality }).toBuffer()));
  const [better, worse] = [await atQuality(90), await atQuality(30)];

  expect(same).toEqual({ ssim: 1, psnrDb: Number.POSITIVE_INFINITY });
  expect(better.ssim).toBeGreaterThan(worse.ssim);
  expect(better.psnrDb).toBeGreaterThan(worse.psnrDb);
});

it("measures bytes and CPU time of every output format", async () => {
  const { demands, growthPerQuality, decodingSecondsPerMp } = await measureFormats(
    [named("0.03mp.baseline.jpg").file],
    1,
    () => {},
  );

  expect(Object.keys(demands)).toEqual(Object.keys(FORMATS));
  expect(demands.png.mbPerMp).toBeGreaterThan(demands.jpeg.mbPerMp);
  expect(demands.jpeg.mbPerMp).toBeGreaterThan(demands.avif.mbPerMp);
  expect(growthPerQuality).toBeGreaterThan(1);
  for (const cpu of [decodingSecondsPerMp, ...Object.values(demands).map((each) => each.cpuSecondsPerMp)])
    expect(cpu).toBeGreaterThan(0);
});

it.each(Object.keys(EFFORTS))("sweeps the handler's settings of the effort %s", (effort) => {
  const chosen = ROWS.filter((row) => effortsOf(row).includes(effort)).map(({ format, quality }) => [format, quality]);

  expect(chosen).toEqual([
    ["jpeg", 85],
    ["jpeg", 60],
    ["webp", 85],
    ["png", undefined],
  ]);
});

describe("the targets", () => {
  const figures = (cpuRatio: number, outputBytes: number, peakBytes = 1): Figures => ({
    cpuMs: 1,
    wallMs: 1,
    peakBytes,
    outputBytes,
    cpuRatio,
  });
  const similarity = (meanSsim: number) => ({ ssim: {}, meanSsim, meanPsnrDb: 40 });
  const picture = (name: string, methods: PictureResult["methods"]): PictureResult => ({
    name,
    kind: "baseline.jpg",
    megapixels: 12,
    sourceBytes: 1,
    runs: 5,
    methods,
  });
  const machine = { cpu: "", cores: 1, system: "", node: "", sharp: "", libvips: "", load: { before: 0, after: 0 } };
  const photos = (by: number): PhotoResults => ({
    ...{ date: "", machine, photos: 1, runs: 1, meanMegapixels: 1, meanSourceBytes: 1 },
    methods: {
      fast: { cpuMs: 100, outputBytes: 104 + by, ssim: 0.95 - by },
      balanced: { cpuMs: 120, outputBytes: 100 + by, ssim: 0.95 },
      pillow: { cpuMs: 300 - 100 * by, outputBytes: 100, ssim: 0.951 },
    },
    kinds: [
      {
        ...{ kind: "webp", pictures: 1, megapixels: [1, 1] },
        cpuRatio: { fast: 3 - by, balanced: 2.5, small: 1 },
        bytesRatio: { fast: 1, balanced: 1, small: 1 },
      },
    ],
  });
  const results = (by: number): Judged => ({
    pictures: [
      {
        ...picture("12mp.baseline.jpg", {
          handler: figures(1, 105 + by),
          pillow: figures(3 - by, 100),
          pillowOptimize: figures(10 - by, 90),
          floor: figures(1 / (1.08 + by), 1),
        }),
        similarity: { handler: similarity(0.95 - by), pillow: similarity(0.951) },
      },
      picture("48mp.progressive.jpg", { handler: figures(1, 1, 450e6 + by) }),
    ],
    photos: photos(by),
    overlap: {
      ...{ picture: "", runs: 1, wallMs: { overlapping: 1, sequential: 1 } },
      ...{ wallRatio: 0.87 + by, cpuRatio: 1, peakRatio: 1 },
    },
    lean: {
      ...{ pictures: 1, runs: 1, cpuMs: { fast: 1, lean: 1 }, outputBytes: { fast: 1, lean: 1 } },
      ...{ cpuRatio: 1 + by, bytesRatio: 0.25 + by },
    },
    worst: {
      date: "",
      machine,
      kinds: {
        ...Object.fromEntries(Object.keys(WORST_KINDS).map((kind) => [kind, { megapixels: 1, peakBytes: 1 }])),
        "WebP with alpha": { megapixels: 1, peakBytes: 1024 * 2 ** 20 + by },
      },
    },
  });
  const missed = (by: number) => judge(results(by)).filter(({ isMet }) => isMet === false);

  it("are all met at their limits", () => {
    expect(missed(-1e-9)).toEqual([]);
  });

  it("are all missed just beyond", () => {
    const balanced = judge(results(0.001)).find(({ what }) => what.includes("Pillow / `balanced`"));

    expect(missed(0.001).length).toBe(judge(results(0)).length);
    expect(balanced?.value).toBeCloseTo(2.499, 3);
  });

  it("are neither met nor missed if they were not measured, or not for every kind", () => {
    const one = { "JPEG, baseline": { megapixels: 1, peakBytes: 1 } };
    const verdicts = judge({
      pictures: [picture("12mp.baseline.jpg", {})],
      worst: { date: "", machine, kinds: one },
    });

    expect(verdicts.filter(({ isMet }) => isMet !== undefined)).toEqual([]);
  });
});
