/** Removes the copy of the environments that global-setup.ts made. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";

export default (): void => {
  const folder = process.env.ENVIRONMENTS_FOLDER;
  if (folder !== undefined) rmSync(dirname(folder), { recursive: true });
};
