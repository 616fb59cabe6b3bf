/** Measurements of the benchmark with a tiny picture, in real processes; no test asserts a speed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corpus, type Picture, type Size } from "../../../scripts/trials/bench/corpus";
import { measureLean } from "../../../scripts/trials/bench/lean";
import { LEAN_VARIANTS } from "../../../scripts/trials/bench/lean-variants";
import { measureTask, tasksOf } from "../../../scripts/trials/bench/paired";
import { prepareTools, type Tools } from "../../../scripts/trials/bench/processes";

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

describe("a task", () => {
  it("measures each method in a separate process, and compares it with the handler in the same run", async () => {
    const tasks = tasksOf([named("0.03mp.baseline.jpg")], 1).map((task) => ({ ...task, isCompared: true }));
    const done: number[] = [];

    const [result] = await Promise.all(tasks.map((task) => measureTask(task, tools, () => done.push(1))));

    expect(Object.keys(result?.methods ?? {})).toEqual(["handler", "naive", "floor"]);
    expect(done).toHaveLength(3);
    const { handler, floor } = result?.methods ?? {};
    expect(handler).toMatchObject({ cpuRatio: 1, outputBytes: floor?.outputBytes });
    for (const { cpuMs, wallMs, peakBytes } of Object.values(result?.methods ?? {}))
      for (const value of [cpuMs, wallMs, peakBytes]) expect(value).toBeGreaterThan(0);
    expect(Object.keys(result?.similarity?.handler?.ssim ?? {})).toEqual(["compressed", "low", "webp"]);
    expect(result?.similarity?.handler?.meanSsim).toBeLessThan(1);
  });
});

it("compares variants for web pages with the default variants", async () => {
  const progress: [number, number][] = [];
  const found = await measureLean([named("0.03mp.baseline.jpg")], 2, tools, (...each) => progress.push(each));

  const { cpuRatio, bytesRatio, cpuMs, outputBytes } = found;
  expect(progress.at(-1)).toEqual([4, 4]);
  expect(found).toMatchObject({ pictures: 1, runs: 2 });
  // The PNG of grain is larger than all that takes its place.
  expect(outputBytes.lean).toBeLessThan(outputBytes.fast);
  expect(bytesRatio).toBe(outputBytes.lean / outputBytes.fast);
  expect(Math.min(cpuRatio, cpuMs.fast, cpuMs.lean)).toBeGreaterThan(0);
  expect(Object.keys(LEAN_VARIANTS)).toEqual([
    ...["compressed", "low", "webp", "thumbnail"],
    ...["webp-320", "webp-640", "webp-1280", "webp-1920"],
  ]);
});
