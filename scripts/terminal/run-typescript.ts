/** How a child process runs the project's TypeScript. */
import { join } from "node:path";

/** Arguments for Node, before the TypeScript file or `-e`. */
export const RUN_TYPESCRIPT: readonly string[] = ["--require", join(__dirname, "../typescript.cjs")];
