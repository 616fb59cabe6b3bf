/** Starts the measured processes, and finds a Python with Pillow. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { PROCESS_ENVIRONMENT } from "../../../handler/contract/runtime";
import type { Picture } from "./corpus";
import type { Measurement, SharpMethod } from "./worker";

const ROOT = join(__dirname, "../../..");

/** Cached files of benchmarks; safe to delete. */
export const CACHE = join(ROOT, ".cache", "bench");

const PILLOW = join(__dirname, "pillow.py");

/** Ways to make the five variants: add a row. `pillow` methods run in Python, the others in Node. */
export const METHODS = {
  handler: {
    about: "this handler with encoder_effort = fast: `processImage`, bundled from its source as the package is",
  },
  fast: { about: "this handler with encoder_effort = fast" },
  balanced: { about: "this handler with encoder_effort = balanced" },
  small: { about: "this handler with encoder_effort = small" },
  lean: {
    about: "this handler with encoder_effort = fast, with a placeholder, and four WebP widths instead of the PNG",
  },
  naive: { about: "five sharp pipelines with default options, each decoding again" },
  floor: { about: "sharp's bare encoders, from pixels already decoded and capped" },
  pillow: { about: "Pillow as the Python original, PNG without `optimize`" },
  pillowOptimize: { about: "Pillow as the Python original, PNG with `optimize`" },
} as const satisfies Record<SharpMethod | "pillow" | "pillowOptimize", { readonly about: string }>;

export type Method = keyof typeof METHODS;

/** @returns whether the method can read this kind of picture */
export const canRead = (method: Method, { kind }: Picture): boolean => method !== "naive" || kind !== "bmp";

export interface Tools {
  /** The bundled worker; the caller removes it. */
  readonly worker: Awaited<ReturnType<typeof bundled>>;
  /** A Python with Pillow. @default none was found */
  readonly python?: { readonly command: string; readonly version: string };
}

const run = promisify(execFile);

/** Bundles a program of this folder, because compilation at run time would be measured, too. */
export const bundled = async (name: string): Promise<{ file: string; remove: () => Promise<void> }> => {
  const file = join(CACHE, `${name}.${process.pid}.cjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(__dirname, name)],
    external: ["sharp", "pidusage", "@aws-sdk/client-s3"],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    outfile: file,
    logLevel: "silent",
  });
  return { file, remove: () => rm(file, { force: true }) };
};

const pillowOf = async (python: string): Promise<Tools["python"]> => {
  const code = "import sys, PIL; print(PIL.__version__, 'on Python', sys.version.split()[0])";
  const found = await run(python, ["-c", code]).catch(() => undefined);
  return found && { command: python, version: `Pillow ${found.stdout.trim()}` };
};

/** @param python command of the Python to check for Pillow */
export const prepareTools = async (python: string): Promise<Tools> => ({
  worker: await bundled("worker.ts"),
  python: await pillowOf(python),
});

/**
 * Makes the variants of a picture in a separate process.
 *
 * @param outDir folder for the variants. @default they are not saved
 * @throws Error, one line, if the process fails
 */
export const measure = async (method: Method, file: string, tools: Tools, outDir?: string): Promise<Measurement> => {
  const rest = outDir === undefined ? [] : [outDir];
  const [command, args] =
    method === "pillow" || method === "pillowOptimize"
      ? [tools.python?.command ?? "python3", [PILLOW, file, method === "pillow" ? "plain" : "optimize", ...rest]]
      : [process.execPath, [tools.worker.file, method, file, ...rest]];
  const env = { ...process.env, ...PROCESS_ENVIRONMENT };
  const { stdout } = await run(command, args, { cwd: ROOT, env }).catch((cause: Error & { stderr?: string }) => {
    const why = (cause.stderr ?? cause.message).trim().split("\n").at(-1);
    throw new Error(`Expected variants of ${file} for ${method} but got ${why}`, { cause });
  });
  return JSON.parse(stdout) as Measurement;
};
