/** What the function runs on: runtimes, CPUs, and the package made for each. */

/** Lambda runtimes the bundle is made for: add a row. Each gives the syntax level that esbuild may emit. */
export const RUNTIMES = {
  "nodejs22.x": { esbuildTarget: "node22" },
  "nodejs24.x": { esbuildTarget: "node24" },
} as const satisfies Record<string, { esbuildTarget: string }>;

export type RuntimeName = keyof typeof RUNTIMES;

/** Lambda architectures: add a row. `cpu` is npm's word for it; `elfMachine` is the e_machine of its native files (ELF specification). */
// biome-ignore format: a ledger is read down its columns
export const ARCHITECTURES = {
  arm64:  { cpu: "arm64", elfMachine: 183 },
  x86_64: { cpu: "x64",   elfMachine: 62 },
} as const satisfies Record<string, { cpu: string; elfMachine: number }>;

export type Architecture = keyof typeof ARCHITECTURES;

/** Entry point, as Lambda spells it: file.export. */
export const HANDLER = "index.handler";

/** @returns the package built for an architecture, relative to the project's root. */
export const packageFile = (architecture: Architecture): string => `dist/handler-linux-${architecture}.zip`;
