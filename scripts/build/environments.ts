/** Finds one environment by the name of its stack. */
import { ENVIRONMENTS, environmentFiles, readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import { didYouMean } from "../../modules/spelling";
import type { Environment } from "../../modules/variables";
import { UsageError } from "../terminal/cli";

/** @returns the names of all stacks, or those of the files if one of the files is not valid */
export const stackNames = (shell: NodeJS.ProcessEnv): Promise<readonly string[]> =>
  readEnvironments(ENVIRONMENTS, shell).then(
    (environments) => environments.map(stackName),
    () => environmentFiles(ENVIRONMENTS),
  );

/** The name of a region's stack is the file's name, a hyphen and the region. */
const filesFor = (name: string): readonly string[] =>
  environmentFiles(ENVIRONMENTS).filter((file) => name === file || name.startsWith(`${file}-`));

/**
 * Reads the names of files only, which is quick: a mistake in a file is found later.
 * @throws UsageError as `environmentNamed` if there is no file for the environment
 */
export const requireKnown = async (name: string, argument: string): Promise<void> => {
  if (filesFor(name).length === 0) await environmentNamed(name, argument);
};

/**
 * Reads only the file of the environment, so a mistake in another one does not matter.
 * @param argument names the place on the command line: `<env>`
 * @throws UsageError that lists the environments there are; InvalidEnvironments
 */
export const environmentNamed = async (
  name: string,
  argument = "<env>",
  shell: NodeJS.ProcessEnv = process.env,
): Promise<Environment> => {
  const files = filesFor(name);
  const environments = files.length === 0 ? [] : await readEnvironments(ENVIRONMENTS, shell, files);
  const found = environments.find((environment) => stackName(environment) === name);
  if (found !== undefined) return found;
  const names = await stackNames(shell);
  const list = names.join(", ");
  throw new UsageError(
    `Expected one of ${list} for ${argument} but got ${JSON.stringify(name)}${didYouMean(name, names)}`,
  );
};
