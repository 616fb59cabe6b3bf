/** Runs once before all test files: makes what many of them need, so that no two of them make it at the same time. */
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildHandler } from "../../scripts/build/handler-package";

/** The committed environments. To add one, add a name. */
const COMMITTED = ["dev", "prod", "staging"];

const ENVIRONMENTS = join(__dirname, "../../environments");

/** Tests see the committed environments only, not those that the user adds beside them. */
const copyEnvironments = (): string => {
  const folder = join(mkdtempSync(join(tmpdir(), "image-processor-tests-")), "environments");
  mkdirSync(folder);
  for (const name of COMMITTED) copyFileSync(join(ENVIRONMENTS, `${name}.tfvars`), join(folder, `${name}.tfvars`));
  return folder;
};

/** What Jest passes of a run. */
interface RunOfJest {
  readonly testPathPatterns: { readonly patterns: readonly string[] };
}

export default async ({ testPathPatterns }: RunOfJest): Promise<void> => {
  process.env.ENVIRONMENTS_FOLDER = copyEnvironments();
  // Removed with the environments: what a run has synthesized is never used by the next, whose sources may differ.
  process.env.SHARED_STACKS = join(dirname(process.env.ENVIRONMENTS_FOLDER), "stacks");
  // How long a command may be silent depends on the machine; the line about it would change what tests compare.
  process.env.NOTICE_AFTER_MS ??= "1e9";
  // A run of a few files builds only what these ask for.
  if (testPathPatterns.patterns.length === 0) await buildHandler({ target: "host" });
};
