/** `npm run bench`: compares the handler with plain sharp, bare encoders and Pillow on the same pictures. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { runCommand } from "../terminal/cli";
import { wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";
import { measureCold } from "../trials/bench/cold";
import { isFastEnough, measureConsoleStart } from "../trials/bench/console-start";
import { corpus, type Picture, SIZES } from "../trials/bench/corpus";
import { summaryOf } from "../trials/bench/efforts";
import { measureFormats } from "../trials/bench/formats";
import { measureLean } from "../trials/bench/lean";
import { machine } from "../trials/bench/machine";
import { measureOverlap, type Overlap } from "../trials/bench/overlap";
import { measureTask, photoTasksOf, quickTasksOf, REFERENCE, type Task, tasksOf } from "../trials/bench/paired";
import { inOtherKinds, photosIn } from "../trials/bench/photos";
import { photosReport } from "../trials/bench/photos-report";
import { CACHE, prepareTools, type Tools } from "../trials/bench/processes";
import {
  benchReport,
  coldReport,
  consoleReport,
  formatsReport,
  leanReport,
  overlapReport,
  throughputReport,
  worstReport,
} from "../trials/bench/report";
import {
  type Formats,
  type PhotoResults,
  type PictureResult,
  type Results,
  readResults,
  type WorstMemory,
  writeResults,
} from "../trials/bench/results";
import { type Trial as EncoderTrial, sweepEncoders } from "../trials/bench/sweep";
import { sweepReport } from "../trials/bench/sweep-report";
import { judge } from "../trials/bench/targets";
import { measureThroughput } from "../trials/bench/throughput";
import { measureWorst } from "../trials/bench/worst-memory";

interface Options {
  readonly runs: number;
  readonly python: string;
  readonly quick: boolean;
  readonly photos?: string;
  readonly sweep: boolean;
  readonly memory: boolean;
  readonly overlap: boolean;
  readonly lean: boolean;
  readonly formats: boolean;
  readonly cold: boolean;
  readonly console: boolean;
  readonly throughput: boolean;
  readonly json: boolean;
  readonly write: boolean;
  readonly targets: boolean;
}

const SAMPLE = join(__dirname, "../images/samples/sunrise-sideways.jpg");

const note = (text: string): void => void process.stderr.write(`${pc.dim(text)}\n`);

const pictures = (isWanted: (megapixels: number) => boolean = () => true): Promise<Picture[]> =>
  corpus(
    join(CACHE, "pictures"),
    SIZES.filter(({ megapixels }) => isWanted(megapixels)),
    ({ megapixels }) => note(`painting ${megapixels} megapixels …`),
  );

const measureAll = (tasks: readonly Task[], tools: Tools): Promise<PictureResult[]> =>
  withProgress({ showsTimeLeft: true }, async (onDone) => {
    const total = tasks.reduce((sum, { runs, methods }) => sum + runs * methods.length, 0);
    let done = 0;
    const results: PictureResult[] = [];
    for (const task of tasks) results.push(await measureTask(task, tools, () => onDone(++done, total)));
    return results;
  });

const sweep = async ({ photos: folder, runs }: Options): Promise<EncoderTrial[]> => {
  const files = await photoFiles(folder);
  return withProgress({ showsTimeLeft: true }, (onDone) => sweepEncoders(files, runs, onDone));
};

/** Of `--memory`: about what two processors need for all kinds. */
const MEMORY_LIMIT_MS = 200_000;

/** With --write, each kind is saved at once: a run that is interrupted is not lost. */
const worstMemory = async ({ python, write }: Options): Promise<WorstMemory> => {
  const tools = await prepareTools(python);
  try {
    const here = machine(undefined);
    const worst = (kinds: WorstMemory["kinds"]) => ({ date: today(), machine: here.finished(), kinds });
    const before = readResults().worst?.kinds ?? {};
    return await withProgress({ showsTimeLeft: true }, async (onDone) => {
      const options = { before, limitMs: MEMORY_LIMIT_MS };
      const kinds = await measureWorst(tools, options, (done, total, found) => {
        onDone(done, total);
        if (write) writeResults({ ...readResults(), worst: worst(found) });
      });
      return worst(kinds);
    });
  } finally {
    await tools.worker.remove();
  }
};

const overlap = async ({ runs }: Options): Promise<Overlap> => {
  const all = await pictures((megapixels) => megapixels === 12);
  const [picture] = all.filter(({ name }) => name === REFERENCE);
  if (picture === undefined) throw new Error(`Expected ${REFERENCE} for the corpus but got none`);
  return withProgress({ showsTimeLeft: true }, (onDone) => measureOverlap(picture, runs, onDone));
};

const lean = async ({ photos: folder, runs, python }: Options) => {
  const tools = await prepareTools(python);
  try {
    const all = folder === undefined ? await pictures((megapixels) => megapixels === 12) : await photosIn(folder);
    const wanted = all.filter(({ name }) => folder !== undefined || name === REFERENCE);
    return await withProgress({ showsTimeLeft: true }, (onDone) => measureLean(wanted, runs, tools, onDone));
  } finally {
    await tools.worker.remove();
  }
};

/** The user's photos, or the painted one. */
const photoFiles = async (folder: string | undefined): Promise<string[]> => {
  const all = folder === undefined ? await pictures((megapixels) => megapixels === 12) : await photosIn(folder);
  return all.filter(({ name }) => folder !== undefined || name === REFERENCE).map(({ file }) => file);
};

const formats = async ({ photos, runs }: Options): Promise<Formats> => {
  const files = await photoFiles(photos);
  return withProgress({ showsTimeLeft: true }, (onDone) => measureFormats(files, runs, onDone));
};

const photoResults = async ({ photos: folder = "", runs, python }: Options): Promise<PhotoResults> => {
  const tools = await tooled(python);
  try {
    const photos = await photosIn(folder);
    const others = await inOtherKinds(photos, join(CACHE, "photos"));
    const here = machine(tools.python?.version);
    const found = await measureAll(photoTasksOf([...photos, ...others], runs, tools.python !== undefined), tools);
    return { date: today(), machine: here.finished(), ...summaryOf(found.slice(0, photos.length), found) };
  } finally {
    await tools.worker.remove();
  }
};

const cold = async () => measureCold(await readFile(SAMPLE));

const UPLOADS = 24;

const throughput = async () => {
  const all = await pictures((megapixels) => megapixels === 2 || megapixels === 48);
  const small = all.filter(({ megapixels, kind }) => megapixels === 2 && kind === "baseline.jpg");
  const [picture] = small;
  if (picture === undefined) throw new Error("Expected a JPEG of 2 megapixels for the corpus but got none");
  // A BMP of 48 megapixels exceeds max_image_bytes, so it is refused before it needs memory.
  return measureThroughput(
    picture,
    UPLOADS,
    all.filter(({ megapixels, kind }) => megapixels === 48 && kind !== "bmp"),
  );
};

const today = (): string => new Date().toISOString().slice(0, 10);

const tooled = async (python: string): Promise<Tools> => {
  const tools = await prepareTools(python);
  if (tools.python === undefined)
    note(pc.yellow(`skipped: Pillow, because ${python} does not have it; use --python <command> for another Python`));
  return tools;
};

const measured = async ({ runs, python, quick, write }: Options): Promise<Omit<Results, "formats">> => {
  const tools = await tooled(python);
  try {
    const here = machine(tools.python?.version);
    const tasks = quick
      ? quickTasksOf(await pictures((megapixels) => megapixels <= 12))
      : tasksOf(await pictures(), runs);
    const found = await measureAll(tasks, tools);
    const rest = write ? { cold: await cold(), throughput: await throughput() } : {};
    return { date: today(), machine: here.finished(), pictures: found, ...rest };
  } finally {
    await tools.worker.remove();
  }
};

/** Some documents need CDKTF, which is slow to load: import it here only. */
const keep = async (results: Partial<Results>): Promise<void> => {
  writeResults({ ...readResults(), ...results });
  const { updateDocuments } = await import("../docs/generated.js");
  await updateDocuments(false);
};

const run = async (options: Options): Promise<void> => {
  const show = <T>(value: T, report: (value: T) => string): void =>
    console.log(options.json ? JSON.stringify(value, undefined, 2) : report(value));
  if (options.sweep) return show(await sweep(options), sweepReport);
  if (options.memory) {
    const worst = await worstMemory(options);
    show(worst, worstReport);
    if (options.write) await keep({ worst });
    return;
  }
  if (options.overlap) {
    const found = await overlap(options);
    show(found, overlapReport);
    if (options.write) await keep({ overlap: found });
    return;
  }
  if (options.lean) {
    const found = await lean(options);
    show(found, leanReport);
    if (options.write) await keep({ lean: found });
    return;
  }
  if (options.formats) {
    const found = await formats(options);
    show(found, formatsReport);
    if (options.write) await keep({ formats: found });
    return;
  }
  if (options.photos !== undefined) {
    const photos = await photoResults(options);
    show(photos, photosReport);
    if (options.write) await keep({ photos });
    return;
  }
  if (options.cold) return show(await cold(), coldReport);
  if (options.console) {
    const starts = await measureConsoleStart(options.runs);
    show(starts, consoleReport);
    if (options.targets && !isFastEnough(starts)) process.exitCode = 1;
    return;
  }
  if (options.throughput) return show(await throughput(), throughputReport);
  const results = await measured(options);
  const verdicts = judge(results);
  show({ ...results, targets: verdicts }, () => benchReport(results, verdicts));
  if (options.write) await keep(results);
  if (options.targets && verdicts.some(({ isMet }) => isMet === false)) process.exitCode = 1;
};

export const command = new Command("npm run bench --")
  .description("Compares the handler with plain sharp, bare encoders and Pillow; fails if a target is missed.")
  .option("--runs <number>", "measurements of each picture and method", wholeNumber("--runs", 1, 100), 5)
  .option("--python <command>", "a Python with Pillow", "python3")
  .option("--quick", "small pictures and the 12 MP photo, once", false)
  .option("--photos <folder>", "your photos instead of the painted pictures, with every encoder_effort and Pillow")
  .option("--sweep", "only encoder settings, with the painted photo of 12 megapixels or those of --photos", false)
  .option(
    "--memory",
    "only the memory that the largest admitted file of each kind takes; four minutes at most, so repeat it",
    false,
  )
  .option("--overlap", "only the time that is saved by uploading while encoding, with a store as slow as S3", false)
  .option(
    "--lean",
    "only variants for web pages without the PNG, with the painted photo of 12 megapixels or those of --photos",
    false,
  )
  .option(
    "--formats",
    "only bytes and CPU time of each output format, with the painted photo or those of --photos",
    false,
  )
  .option("--cold", "only the cost of loading the package", false)
  .option("--console", "only how soon the console of npm start can be seen, in Chromium", false)
  .option("--throughput", "only the throughput of the local stack, with 1, 2 and 8 processes", false)
  .option("--json", "print the result as JSON", false)
  .option(
    "--write",
    "measure everything and save it in scripts/trials/bench/results.json and docs/performance.md",
    false,
  )
  .option("--no-targets", "measure without judging")
  .addHelpText("after", "\nExit code 1: a target is missed.")
  .action(run);

if (require.main === module) void runCommand(command);
