/** Front door: reads the environment files, creates one stack for each environment and region, and synthesizes them. */
import { mkdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { App } from "cdktf";
import { ENVIRONMENTS, readEnvironments } from "./modules/environment";
import { stackName } from "./modules/naming";
import { ImageProcessorStack } from "./modules/stack";
import type { Environment } from "./modules/variables";

// The HCL parser is a large WebAssembly module that runs for milliseconds only: optimizing it costs more than it saves.
setFlagsFromString("--liftoff-only");

/** @returns the zip that the user names in HANDLER_PACKAGE, for example a signed one; undefined where it is not set */
export const packageOfUser = (): string | undefined => process.env.HANDLER_PACKAGE || undefined;

export interface SynthesizeOptions {
  /** Folder to write to. @default CDKTF_OUTDIR, or `cdktf.out` */
  readonly outdir?: string;
  /** Zip of the function. @default HANDLER_PACKAGE, or the zip that `npm run build` creates */
  readonly packagePath?: string;
}

/**
 * CDKTF takes a stack trace of each reference; mapping these to their sources takes a fifth of the time. It also calls
 * util.isArray, which is deprecated in newer versions of Node.
 */
const withoutSourceMapsAndWarnings = (work: () => void): void => {
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
 * Writes `<outdir>/stacks/<stack>/` for each environment: `cdk.tf.json` and the package.
 * @throws Error with the build command if the package does not exist
 */
export const synthesize = (environments: readonly Environment[], options: SynthesizeOptions = {}): void =>
  withoutSourceMapsAndWarnings(() => {
    const { outdir, packagePath = packageOfUser() } = options;
    // CDKTF creates only the last folder of a path.
    if (outdir !== undefined) mkdirSync(outdir, { recursive: true });
    const app = new App(outdir === undefined ? {} : { outdir });
    for (const environment of environments)
      new ImageProcessorStack(app, stackName(environment), { environment, packagePath });
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
