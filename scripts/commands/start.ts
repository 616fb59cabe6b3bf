/** `npm start`: runs pictures through the stack that would be deployed, on this machine. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { requireKnown } from "../build/environments";
import { devStack, drillStack } from "../build/local-stack";
import { type Console, startConsole } from "../console/server";
import type { Sandbox } from "../sandbox/sandbox";
import { runCommand, UsageError } from "../terminal/cli";
import { openLink } from "../terminal/open-link";
import { wholeNumber } from "../terminal/options";
import { exitCodeOfSignal, onInterrupt } from "../terminal/processes";
import { withNotice, withProgress } from "../terminal/progress";
import { type Input, inputsOf } from "../trials/local-run/inputs";
import { deadLettersReport, imageReport, logReport, metricsReport } from "../trials/local-run/report";
import type { Result } from "../trials/local-run/results";
import { openRun, type Run } from "../trials/local-run/run";

const SAMPLES = join(__dirname, "../images/samples");

/** npm runs scripts in the project's root; the user's paths are relative to the folder where npm was started. */
const BASE = process.env.INIT_CWD ?? process.cwd();

interface StartOptions {
  readonly out: string;
  readonly env: string;
  readonly port?: number;
  readonly inspect?: number;
  readonly console: boolean;
  readonly consolePort?: number;
  readonly open?: true;
}

const start = async (paths: readonly string[], options: StartOptions): Promise<void> => {
  // A debugger can stop the function for any length of time, which the clock of the console cannot follow.
  if (paths.length === 0 && options.console && options.inspect === undefined) return withConsole(options);
  if (options.inspect !== undefined && options.env !== "dev")
    throw new UsageError(`Expected dev for --env with --inspect but got ${options.env}`);
  return withoutConsole(paths, options);
};

const withConsole = async ({ env, port, consolePort, open }: StartOptions): Promise<void> => {
  await requireKnown(env, "--env");
  const interrupted = interruption();
  const onListening = (url: string) => {
    console.log(`The console is at ${pc.bold(url)}: open it in a browser. Stop with Ctrl-C.`);
    if (open) void openLink(url).catch((error: Error) => console.error(`${pc.yellow("note:")} ${error.message}`));
  };
  const starting = withNotice(`preparing the package and the ${env} stack`, () =>
    startConsole({ environment: env, port: consolePort, s3Port: port, onListening }),
  );
  const running = await Promise.race([starting, interrupted]);
  if ("exitCode" in running) {
    process.exitCode = running.exitCode;
    return (await starting).stop();
  }
  try {
    print(consoleInvitation(running, env));
    await interrupted;
  } finally {
    await running.stop();
  }
};

const withoutConsole = async (paths: readonly string[], options: StartOptions): Promise<void> => {
  const { port, env } = options;
  const outDir = outDirOf(options.out);
  const isDemo = paths.length === 0;
  const inputs = await inputsOf(isDemo ? [SAMPLES] : paths, BASE, (path, why) =>
    console.error(`${pc.yellow("skipped:")} ${path} is ${why}`),
  );
  const stackDir = await withNotice(`preparing the package and the ${env} stack`, () =>
    env === "dev" ? devStack({ debug: options.inspect !== undefined }) : drillStack(env),
  );
  const interrupted = interruption();
  const startedMs = Date.now();
  const onResult = (result: Promise<Result>) => void printUpload(result, run);
  const run: Run = await openRun({
    stackDir,
    outDir,
    port,
    inspectPort: options.inspect,
    keepsObjects: isDemo,
    onResult,
  });
  try {
    const results = await Promise.race([processAll(run, inputs), interrupted]);
    if (!Array.isArray(results)) {
      process.exitCode = results.exitCode;
      return;
    }
    const { logs, metrics } = run.sandbox;
    print(
      ...results.map(imageReport),
      metricsReport(metrics, startedMs),
      logReport(logs),
      await deadLettersOf(run),
      outputsReport(results, outDir),
    );
    if (results.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
    if (isDemo) {
      print(invitation(run.sandbox, env));
      await interrupted;
    }
  } finally {
    await run.sandbox.stop();
  }
};

const print = (...parts: readonly (string | undefined)[]): void => {
  for (const part of parts) if (part !== undefined) console.log(`${part}\n`);
};

/** Shows progress for more than three files, on a terminal only. */
const processAll = async (run: Run, inputs: readonly Input[]): Promise<Result[]> => {
  if (inputs.length <= 3) return run.process(inputs, () => {});
  let done = 0;
  return withProgress({ total: inputs.length }, (onDone) => run.process(inputs, () => onDone(++done)));
};

const deadLettersOf = async ({ sandbox }: Run): Promise<string | undefined> =>
  deadLettersReport(await sandbox.deadLetters(), sandbox.endpointUrl);

/** For an upload that another program made through the S3 endpoint. */
const printUpload = async (result: Promise<Result>, run: Run): Promise<void> => {
  const { sandbox } = run;
  try {
    const image = await result;
    const lines = sandbox.logs.filter(({ requestId }) => requestId !== undefined && requestId === image.requestId);
    print(imageReport(image), logReport(lines), await deadLettersOf(run));
  } catch (error) {
    console.error(`${pc.red("error:")} ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** One folder at a time: Node's `recursive` hangs in file systems that take no folders, such as /proc. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
};

/** @throws UsageError where no folder can be made */
const outDirOf = (path: string): string => {
  const folder = resolve(BASE, path);
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: "a file" });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new UsageError(`Expected a folder that can be written to for --out but got ${path} (${code})`, { cause });
  }
  return folder;
};

/** Resolves at Ctrl-C, or when the process is asked to end; a second signal ends it at once. */
const interruption = (): Promise<{ exitCode: number }> =>
  new Promise((resolve) => onInterrupt((signal) => resolve({ exitCode: exitCodeOfSignal(signal) })));

const outputsReport = (results: readonly Result[], outDir: string): string | undefined => {
  const count = results.reduce((sum, { variants }) => sum + variants.length, 0);
  const folder = relative(BASE, outDir);
  const shown = folder.startsWith("..") ? outDir : folder || ".";
  return count === 0 ? undefined : `${count} variants of this run are in ${pc.bold(shown)}`;
};

/** The local S3 accepts any credentials; the AWS CLI requires some. */
const copyCommand = (endpointUrl: string, uploadBucket: string): string => {
  const credentials = "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1";
  return `  ${credentials} aws s3 cp photo.jpg s3://${uploadBucket}/ --endpoint-url ${endpointUrl}`;
};

/** The local API accepts any key id with this secret; with the authorizer jwt it accepts only tokens that it has issued. */
const uploadCommand = (env: string, apiUrl: string): string =>
  `  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local npm run upload -- ${env} photo.jpg --api-url ${apiUrl}`;

const apiInvitation = (env: string, apiUrl: string | undefined): string[] =>
  apiUrl === undefined ? [] : [`The upload API listens at ${pc.bold(apiUrl)}:`, uploadCommand(env, apiUrl)];

const invitation = ({ endpointUrl, uploadBucket, apiUrl }: Sandbox, env: string): string =>
  [
    `S3 listens at ${pc.bold(endpointUrl)}; stop with Ctrl-C. From another terminal:`,
    copyCommand(endpointUrl, uploadBucket),
    ...apiInvitation(env, apiUrl),
  ].join("\n");

const consoleInvitation = ({ s3Url, uploadBucket, apiUrl }: Console, env: string): string =>
  [
    `S3 listens at ${pc.bold(s3Url)}. From another terminal:`,
    copyCommand(s3Url, uploadBucket),
    ...apiInvitation(env, apiUrl),
  ].join("\n");

export const command = new Command("npm start --")
  .description(
    "Opens a console for the browser, or processes pictures, on this machine with the stack that would be deployed.",
  )
  .argument(
    "[path...]",
    "pictures, or folders of pictures; without a path: a console for the browser and an S3 endpoint, until Ctrl-C",
  )
  .option("--out <folder>", "where the variants are saved", "out")
  .option("--port <number>", "port of the S3 endpoint (default: a free one)", wholeNumber("--port", 1, 65_535))
  .option("--env <environment>", "environment whose stack runs", "dev")
  .option("--no-console", "without a path: process the samples, print the results, and keep only the S3 endpoint open")
  .option(
    "--console-port <number>",
    "port of the console (default: a free one)",
    wholeNumber("--console-port", 1, 65_535),
  )
  .option("--open", "open the console in the browser")
  .option("--inspect <port>", "make the function wait for a debugger on this port", wholeNumber("--inspect", 1, 65_535))
  .addHelpText("after", "\nExit code 1: a picture has no variants, or they cannot be saved.")
  .action(start);

if (require.main === module) void runCommand(command);
