/** Cold starts: the cost of loading the package, compared with the same sources unbundled. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { exampleSettings } from "../../../handler/contract/settings";
import { buildHandler } from "../../build/handler-package";
import { devStack } from "../../build/local-stack";
import { readBlueprint } from "../../sandbox/blueprint";
import { unpackFunction } from "../../sandbox/function-package";
import { startSandbox } from "../../sandbox/sandbox";
import { CACHE } from "./processes";
import { median } from "./statistics";

export interface Load {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Number of modules loaded from files. */
  readonly modules: number;
}

export interface Cold {
  readonly runs: number;
  readonly bundleBytes: number;
  readonly zipBytes: number;
  /** Medians of `require` in separate processes. */
  readonly bundled: Load;
  readonly unbundled: Load;
  /** sharp alone, which both load. */
  readonly sharp: Load;
  /** Initialization in the local run: from the start of the process until it asks for its first event. */
  readonly initMs: number;
}

const ROOT = join(__dirname, "../../..");
const HANDLER = join(ROOT, "handler");

const run = promisify(execFile);

/** Prints the time that `require` of its argument takes. */
const PROBE = `
  const cpu = process.cpuUsage(), startedAt = performance.now();
  require(process.argv[1]);
  const wallMs = performance.now() - startedAt, { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, modules: Object.keys(require.cache).length }));`;

/** Settings with which the handler loads. */
const SETTINGS_TO_LOAD = exampleSettings();

const load = async (file: string): Promise<Load> => {
  const env = { ...SETTINGS_TO_LOAD, PATH: process.env.PATH ?? "", AWS_REGION: "us-east-1" };
  return JSON.parse((await run(process.execPath, ["-e", PROBE, file], { env })).stdout) as Load;
};

/** Transpiles the handler's sources to CommonJS, file by file, into a folder from which its packages resolve. */
const transpileHandler = async (folder: string): Promise<string> => {
  const names = await readdir(HANDLER, { recursive: true });
  for (const name of names.filter((each) => /^(src|contract)\/.+\.ts$/.test(each.replaceAll("\\", "/")))) {
    const source = await readFile(join(HANDLER, name), "utf8");
    const { code } = await transform(source, { loader: "ts", format: "cjs", target: "node20" });
    const file = join(folder, name.replace(/\.ts$/, ".js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
  return join(folder, "src/index.js");
};

const medianLoad = (loads: readonly Load[]): Load => ({
  wallMs: median(loads.map(({ wallMs }) => wallMs)),
  cpuMs: median(loads.map(({ cpuMs }) => cpuMs)),
  modules: median(loads.map(({ modules }) => modules)),
});

/** A sandbox with one process starts it in advance; the first invocation's report has its initialization time. */
const initMs = async (stackDir: string, picture: Buffer): Promise<number> => {
  const sandbox = await startSandbox({ blueprint: readBlueprint(stackDir), processes: 1 });
  try {
    await sandbox.upload("first", picture);
    await sandbox.settled();
    const reports = sandbox.logs.map(({ text }) => /"initDurationMs":([\d.]+)/.exec(text)?.[1]);
    return Number(reports.find((found) => found !== undefined));
  } finally {
    await sandbox.stop();
  }
};

/** Number of loads of each, in turns, and of starts of the local run. More than one, because the first runs with a cold disk cache. */
const RUNS = 11;
const INIT_RUNS = 5;

/** @param picture bytes that the first invocation processes */
export const measureCold = async (picture: Buffer): Promise<Cold> => {
  const { file: zip, bytes: zipBytes } = await buildHandler({ target: "host" });
  const { folder, taskRoot } = await unpackFunction(zip);
  await mkdir(CACHE, { recursive: true });
  const unbundledFolder = await mkdtemp(join(CACHE, "unbundled-"));
  try {
    const bundle = join(taskRoot, "index.js");
    const files = [bundle, await transpileHandler(unbundledFolder), join(ROOT, "node_modules/sharp")];
    const loads: Load[][] = files.map(() => []);
    for (let i = 0; i < RUNS; i++) for (const [at, file] of files.entries()) loads[at]?.push(await load(file));
    const [bundled, unbundled, sharp] = loads.map(medianLoad);
    if (!bundled || !unbundled || !sharp) throw new Error(`Expected a load for ${relative(ROOT, bundle)} but got none`);
    const stackDir = await devStack();
    const inits: number[] = [];
    for (let i = 0; i < INIT_RUNS; i++) inits.push(await initMs(stackDir, picture));
    const bundleBytes = (await readFile(bundle)).length;
    return { runs: RUNS, bundleBytes, zipBytes, bundled, unbundled, sharp, initMs: median(inits) };
  } finally {
    await rm(folder, { recursive: true });
    await rm(unbundledFolder, { recursive: true });
  }
};
