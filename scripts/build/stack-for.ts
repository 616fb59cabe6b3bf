/** One environment's stack, synthesized for this machine only: to be read or run, and then removed. */
import { join } from "node:path";
import { synthesize } from "../../main";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { temporaryFolder } from "../terminal/processes";
import { PROJECT, stackFolder } from "./stacks";

/** Replaces the function's zip where only the JSON is read. */
const NO_PACKAGE = join(PROJECT, "package.json");

export interface StackOptions {
  /** The function's zip. @default a placeholder: the JSON can be read, the function cannot run */
  readonly packagePath?: string;
  /** The zip of the upload API's function. @default a placeholder */
  readonly uploadApiPackagePath?: string;
  /** Folder to write to. @default a temporary folder that is removed when this process ends */
  readonly outdir?: string;
}

/**
 * @returns folder of the stack's `cdk.tf.json`
 * @throws Error if the package does not exist
 */
export const stackFor = (
  environment: Environment,
  { packagePath = NO_PACKAGE, uploadApiPackagePath = NO_PACKAGE, outdir = temporaryFolder() }: StackOptions = {},
): string => {
  synthesize([environment], { outdir, packagePath, uploadApiPackagePath });
  return stackFolder(stackName(environment), outdir);
};
