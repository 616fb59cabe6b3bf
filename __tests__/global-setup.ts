/**
 * Points every test, and every command that a test runs, to a copy of the committed environments: files that a user adds
 * to `environments/` and TF_VAR_ variables of the shell change no result.
 */
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The committed environments. To add one, add a name. */
const COMMITTED = ["dev", "prod", "staging"];

export default (): void => {
  const folder = join(mkdtempSync(join(tmpdir(), "image-processor-tests-")), "environments");
  mkdirSync(folder);
  for (const name of COMMITTED)
    copyFileSync(join(__dirname, "../environments", `${name}.tfvars`), join(folder, `${name}.tfvars`));
  process.env.ENVIRONMENTS_FOLDER = folder;
  for (const name of Object.keys(process.env)) if (name.startsWith("TF_VAR_")) delete process.env[name];
};
