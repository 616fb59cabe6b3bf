/** The runtimes and architectures that the function can run on, and the package built for each. */

/** Supported Lambda runtimes, each with the syntax level for esbuild. To add one, add a row. */
export const RUNTIMES = {
  "nodejs22.x": { esbuildTarget: "node22" },
  "nodejs24.x": { esbuildTarget: "node24" },
} as const satisfies Record<string, { esbuildTarget: string }>;

export type RuntimeName = keyof typeof RUNTIMES;

/** Supported Lambda architectures. `cpu` is npm's name; `elfMachine` is e_machine of native files (ELF specification). To add one, add a row. */
// biome-ignore format: a ledger is read down its columns
export const ARCHITECTURES = {
  arm64:  { cpu: "arm64", elfMachine: 183 },
  x86_64: { cpu: "x64",   elfMachine: 62 },
} as const satisfies Record<string, { cpu: string; elfMachine: number }>;

export type Architecture = keyof typeof ARCHITECTURES;

/**
 * Environment variables that the runtime itself reads. glibc raises the size from which it returns memory to the system each
 * time a larger block is freed, up to 32 MB. Pictures of many sizes then leave gaps, and the process keeps growing: with a
 * fixed size, the peak after 27 camera photos was 262 MB instead of 481 MB, in the same CPU time.
 */
export const PROCESS_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: "1048576" } as const;

/** Entry point in the notation of Lambda: file.export. */
export const HANDLER = "index.handler";

/** @returns the path of the package for an architecture, relative to the root of the project. */
export const packageFile = (architecture: Architecture): string => `dist/handler-linux-${architecture}.zip`;
