/** Where the environment files are. */
import { join } from "node:path";

/** `environments/` of the project, or the folder that the shell names in ENVIRONMENTS_FOLDER. */
export const ENVIRONMENTS = process.env.ENVIRONMENTS_FOLDER || join(__dirname, "../environments");
