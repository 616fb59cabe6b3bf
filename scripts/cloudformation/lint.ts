/** cfn-lint: https://github.com/aws-cloudformation/cfn-lint. The package of npm with this name is another program. */
import { SkippedError } from "../terminal/cli";
import { run } from "../terminal/processes";

/** Reading the schemas of all resource types takes seconds. */
const LIMIT_SECONDS = 300;

const cfnLint = (args: readonly string[]) =>
  run({ program: "cfn-lint", args: [...args], env: process.env, limitSeconds: LIMIT_SECONDS });

/** @throws SkippedError if version 1 is not on the PATH */
export const requireCfnLint = async (): Promise<void> => {
  const install = 'run pip install "cfn-lint>=1"';
  const { stdout } = await cfnLint(["--version"]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new SkippedError(`Expected cfn-lint 1 on the PATH but found none: ${install}`);
  });
  const [, major] = /^cfn-lint (\d+)\./.exec(stdout) ?? [];
  if (major === undefined || Number(major) < 1)
    throw new SkippedError(
      `Expected cfn-lint 1 on the PATH but it is ${stdout.trim() || "another program"}: ${install}`,
    );
};

/** @param region a type may be missing in some regions @returns the errors and warnings in a template, or "" */
export const lintProblems = async (file: string, region: string): Promise<string> => {
  const { stdout, stderr } = await cfnLint(["--format", "parseable", "--regions", region, "--", file]);
  return `${stdout}${stderr}`.trim();
};
