/** Front door: one stack per environment file, or one for each region that it names, then synth. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { App } from "cdktf";
import { readEnvironments } from "./modules/environment";
import { stackName } from "./modules/naming";
import { ImageProcessorStack } from "./modules/stack";
import type { Environment } from "./modules/variables";

// The HCL parser is a large WebAssembly module that runs for milliseconds: to optimize it takes longer than all the rest.
setFlagsFromString("--liftoff-only");

export const ENVIRONMENTS = join(__dirname, "environments");

/**
 * CDKTF takes a stack trace of every reference: to map each to its source would be a fifth of the work.
 * And it calls util.isArray, of which newer Nodes warn, though nobody here can change it.
 */
const undisturbed = (work: () => void): void => {
  const { sourceMapsEnabled, noDeprecation } = process;
  process.setSourceMapsEnabled(false);
  process.noDeprecation = true;
  try {
    work();
  } finally {
    process.setSourceMapsEnabled(sourceMapsEnabled);
    process.noDeprecation = noDeprecation;
  }
};

/**
 * Writes `<outdir>/stacks/<stack>/` of each environment: `cdk.tf.json`, and the package HANDLER_PACKAGE or the one built.
 * @param outdir @default CDKTF_OUTDIR, or `cdktf.out`
 */
export const synthesize = (environments: readonly Environment[], outdir?: string): void =>
  undisturbed(() => {
    // CDKTF itself makes the last folder of a path only.
    if (outdir !== undefined) mkdirSync(outdir, { recursive: true });
    const app = new App(outdir === undefined ? {} : { outdir });
    for (const environment of environments) {
      const packagePath = process.env.HANDLER_PACKAGE;
      new ImageProcessorStack(app, stackName(environment), { environment, ...(packagePath && { packagePath }) });
    }
    app.synth();
  });

if (require.main === module) {
  readEnvironments(ENVIRONMENTS, process.env)
    .then((environments) => synthesize(environments))
    .catch((error: Error) => {
      console.error(process.env.DEBUG ? error : error.message);
      process.exitCode = 1;
    });
}
