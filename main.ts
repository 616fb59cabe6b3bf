/** Entry point: reads the environment files, creates one stack for each environment and region, and synthesizes them. */
import { mkdirSync } from "node:fs";
import { App } from "cdktf";
import { ENVIRONMENTS, readEnvironments } from "./modules/environment";
import { stackName } from "./modules/naming";
import { ImageProcessorStack } from "./modules/stack";
import type { Environment } from "./modules/variables";

/** @returns the zip that the user names in HANDLER_PACKAGE, for example a signed one; undefined where it is not set */
export const packageOfUser = (): string | undefined => process.env.HANDLER_PACKAGE || undefined;

/** @returns the zip of the upload API that the user names in UPLOAD_API_PACKAGE; undefined where it is not set */
export const uploadApiPackageOfUser = (): string | undefined => process.env.UPLOAD_API_PACKAGE || undefined;

export interface SynthesizeOptions {
  /** Folder to write to. @default CDKTF_OUTDIR, or `cdktf.out` */
  readonly outdir?: string;
  /** Zip of the function. @default HANDLER_PACKAGE, or the zip that `npm run build` creates */
  readonly packagePath?: string;
  /** Zip of the upload API's function. @default UPLOAD_API_PACKAGE, or the zip that `npm run build` creates */
  readonly uploadApiPackagePath?: string;
}

/**
 * CDKTF formats a stack trace for each reference, which takes time and is not used here. It also calls util.isArray, which
 * is deprecated in newer versions of Node.
 */
export const withoutTracesAndWarnings = <T>(work: () => T): T => {
  const { noDeprecation } = process;
  const { captureStackTrace, prepareStackTrace } = Error;
  process.noDeprecation = true;
  Error.captureStackTrace = () => {};
  Error.prepareStackTrace = () => "";
  try {
    return work();
  } finally {
    process.noDeprecation = noDeprecation;
    Error.captureStackTrace = captureStackTrace;
    Error.prepareStackTrace = prepareStackTrace;
  }
};

/**
 * Writes `<outdir>/stacks/<stack>/` for each environment: `cdk.tf.json` and the package.
 * @throws Error with the build command if the package does not exist
 */
export const synthesize = (environments: readonly Environment[], options: SynthesizeOptions = {}): void =>
  withoutTracesAndWarnings(() => {
    const { outdir, packagePath = packageOfUser() } = options;
    const { uploadApiPackagePath = uploadApiPackageOfUser() } = options;
    // CDKTF creates only the last folder of a path.
    if (outdir !== undefined) mkdirSync(outdir, { recursive: true });
    const app = new App(outdir === undefined ? {} : { outdir });
    for (const environment of environments)
      new ImageProcessorStack(app, stackName(environment), { environment, packagePath, uploadApiPackagePath });
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
