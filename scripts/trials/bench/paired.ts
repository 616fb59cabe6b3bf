/** Measures every method on a picture in turns, so that disturbances affect all methods equally. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Picture } from "./corpus";
import { EFFORT_NAMES } from "./efforts";
import type { Photo } from "./photos";
import { canRead, type Method, measure, type Tools } from "./processes";
import type { Figures, PictureResult } from "./results";
import { type Similarity, similarity } from "./similarity";
import { median } from "./statistics";
import type { Measurement } from "./worker";

/** The measurements of one picture. */
export interface Task {
  readonly picture: Picture;
  readonly runs: number;
  readonly methods: readonly Method[];
  /** To which the CPU time of the others is compared. @default handler */
  readonly reference?: Method;
  /** Whether to compare the variants with the source. */
  readonly isCompared: boolean;
}

const PAINTED_METHODS: readonly Method[] = ["handler", "naive", "floor", "pillow", "pillowOptimize"];

/** The picture of the targets. */
export const REFERENCE = "12mp.baseline.jpg";
const LARGE_MEGAPIXELS = 12;

/**
 * Saves time: large files other than baseline JPEG and PNG are measured once, which is enough for their memory.
 * PNG with `optimize` takes 17 s for any source, so only the reference is measured with it.
 */
export const tasksOf = (pictures: readonly Picture[], runs: number): Task[] =>
  pictures.map((picture) => {
    const { name, kind, megapixels } = picture;
    const methods = PAINTED_METHODS.filter(
      (method) => canRead(method, picture) && (method !== "pillowOptimize" || name === REFERENCE),
    );
    const isCompared = megapixels === 12 && (kind === "baseline.jpg" || kind === "png");
    const isRepeated = megapixels < LARGE_MEGAPIXELS || kind === "baseline.jpg" || isCompared;
    return { picture, runs: isRepeated ? runs : 1, methods, isCompared };
  });

/** The photo itself is compared with its variants, because `handler` and Pillow see the same pixels. */
export const photoTasksOf = (photos: readonly Photo[], runs: number, hasPillow: boolean): Task[] =>
  photos.map((picture) => ({
    picture,
    runs,
    methods: hasPillow ? [...EFFORT_NAMES, "pillow"] : EFFORT_NAMES,
    reference: hasPillow ? "pillow" : "fast",
    isCompared: picture.isComparable,
  }));

/** Tasks of `--quick`: the small pictures and the reference. */
export const quickTasksOf = (pictures: readonly Picture[]): Task[] =>
  tasksOf(pictures, 1).filter(({ picture: { name, megapixels } }) => megapixels < 6 || name === REFERENCE);

const total = ({ bytes }: Measurement): number => Object.values(bytes).reduce((sum, each) => sum + each, 0);

/** @param reference measurements of the method to compare with, in the same runs */
export const figuresOf = (own: readonly Measurement[], reference: readonly Measurement[]): Figures => ({
  cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
  wallMs: median(own.map(({ wallMs }) => wallMs)),
  peakBytes: Math.max(...own.map(({ peakBytes }) => peakBytes)),
  outputBytes: median(own.map(total)),
  cpuRatio: median(own.map(({ cpuMs }, run) => cpuMs / (reference[run]?.cpuMs ?? Number.NaN))),
});

const isThere = (method: Method, { python }: Tools): boolean => python !== undefined || !method.startsWith("pillow");

/** @param onRun called after each process */
export const measureTask = async (task: Task, tools: Tools, onRun: () => void = () => {}): Promise<PictureResult> => {
  const { picture, runs, isCompared } = task;
  const methods = task.methods.filter((method) => isThere(method, tools));
  const measured = new Map<Method, Measurement[]>(methods.map((method) => [method, []]));
  for (let run = 0; run < runs; run++) {
    for (const [method, own] of measured) {
      own.push(await measure(method, picture.file, tools));
      onRun();
    }
  }
  const reference = measured.get(task.reference ?? "handler") ?? [];
  const { name, kind, megapixels, file } = picture;
  return {
    name,
    kind,
    megapixels,
    sourceBytes: (await stat(file)).size,
    runs,
    methods: Object.fromEntries([...measured].map(([method, own]) => [method, figuresOf(own, reference)])),
    ...(isCompared && { similarity: await compared(file, methods, tools) }),
  };
};

const COMPARED: readonly Method[] = ["handler", ...EFFORT_NAMES, "pillow"];

const compared = async (file: string, methods: readonly Method[], tools: Tools) => {
  const found: Partial<Record<Method, Similarity>> = {};
  for (const method of COMPARED.filter((each) => methods.includes(each))) {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    try {
      await measure(method, file, tools, folder);
      found[method] = await similarity(file, folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return found;
};
