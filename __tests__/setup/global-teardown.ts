/** Runs once after all test files. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";

export default (): void => {
  const folder = process.env.ENVIRONMENTS_FOLDER;
  if (folder !== undefined) rmSync(dirname(folder), { recursive: true });
};
