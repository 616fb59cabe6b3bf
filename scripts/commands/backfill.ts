/** `npm run backfill`: processes objects that are in the upload bucket already. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import pc from "picocolors";
import type { Environment } from "../../modules/variables";
import { findBuckets } from "../aws/account-uploads";
import { MAX_OBJECTS, selectObjects, type WantedObject } from "../aws/backfill/objects";
import {
  type BackfillService,
  backfillOf,
  countsOf,
  listRuns,
  openInvocationsMs,
  type Run,
  requireBackfill,
  resumeRun,
  startRun,
  stopRun,
  unfinishedObjects,
} from "../aws/backfill/runs";
import { backfillFunctionOf, requireCodeInService } from "../aws/backfill/service";
import { type Clients, clientsFor } from "../aws/clients";
import { type ListedState, listedStates, problemRecords, recordsTableOf } from "../aws/records";
import { environmentNamed } from "../build/environments";
import { type BackfillEstimate, estimateBackfill } from "../docs/cost/backfill";
import { ago } from "../terminal/ago";
import { runCommand, UsageError } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";
import { withNotice } from "../terminal/progress";
import { confirmYes } from "../terminal/prompt";
import { grouped, table } from "../terminal/table";

interface Options {
  readonly prefix: string;
  readonly since?: Date;
  readonly missing?: string;
  readonly state?: ListedState;
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly status?: true;
  readonly stop?: true;
  readonly resume?: true;
  readonly retry?: string;
  readonly json?: true;
  readonly endpointUrl?: string;
}

/** How many runs `--status` lists. */
const SHOWN_RUNS = 10;

const BYTES_PER_MB = 1024 * 1024;

const since = (text: string): Date => {
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new UsageError(`Expected a date such as 2026-01-31 for --since but got ${JSON.stringify(text)}`);
};

const print = (json: true | undefined, value: object, text: string): void =>
  console.log(json ? JSON.stringify(value, undefined, 2) : text);

const objectsWanted = async (
  clients: Clients,
  environment: Environment,
  { prefix, since, missing, state }: Options,
): Promise<WantedObject[]> => {
  if (state !== undefined) {
    const records = await problemRecords(recordsTableOf(clients.dynamodb, environment), [state], MAX_OBJECTS);
    return [...new Set(records.map(({ key }) => key))].filter((key) => key.startsWith(prefix)).map((key) => ({ key }));
  }
  const selection = { prefix, ...(since && { since }), ...(missing !== undefined && { missing }) };
  const buckets = await findBuckets(clients.s3, environment);
  return withNotice("Listing the upload bucket", () =>
    selectObjects(clients.s3, buckets, selection, environment.variants),
  );
};

const requireVariant = ({ environment: name, variants }: Environment, missing: string | undefined): void => {
  if (missing === undefined || Object.hasOwn(variants, missing)) return;
  const known = Object.keys(variants).join(", ");
  throw new UsageError(`Expected a variant of ${name} (${known}) for --missing but got ${JSON.stringify(missing)}`);
};

/** Options that choose objects. */
const CHOOSING = ["prefix", "since", "missing", "state"] as const;

/** Options that start a run of these objects, or show what it would do. */
const STARTING = ["dryRun", "all", ...CHOOSING] as const;

/** Options that cannot be combined: the first of a row excludes the others. */
const EXCLUSIVE = [
  ["state", "since", "missing"],
  ["retry", "status", "stop", "resume", ...CHOOSING],
  ["status", "stop", "resume", ...STARTING],
  ["stop", "resume", ...STARTING],
  ["resume", ...STARTING],
] as const satisfies readonly (readonly (keyof Options)[])[];

const requireOneIntent = (options: Options): void => {
  const flag = (name: string) => `--${name.replace("dryRun", "dry-run")}`;
  for (const [first, ...others] of EXCLUSIVE) {
    const other = others.find((name) => Boolean(options[name]));
    if (options[first] !== undefined && other !== undefined)
      throw new UsageError(`Expected ${flag(first)} without ${flag(other)} but got both`);
  }
};

const timeOf = (hours: number): string =>
  hours < 1 ? `${Math.max(1, Math.round(hours * 60))} min` : `${grouped(hours, 1)} h`;

const estimateText = (count: number, { usd, hours }: BackfillEstimate): string => {
  const cost = usd === undefined ? "cost unknown in this region" : `about $${grouped(usd, 2)}`;
  return `${grouped(count)} ${count === 1 ? "object" : "objects"}, ${cost}, about ${timeOf(hours)} if every variant is missing`;
};

const meanMbOf = (objects: readonly WantedObject[]): number | undefined => {
  const sizes = objects.flatMap(({ sizeBytes }) => sizeBytes ?? []);
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0) / sizes.length / BYTES_PER_MB;
};

const requireNoRun = async (service: BackfillService): Promise<void> => {
  const [running] = (await listRuns(service, SHOWN_RUNS)).filter(({ status }) => status === "RUNNING");
  if (running !== undefined)
    throw new Error(`The run ${running.name} is in progress: wait until it ends, or stop it with --stop`);
};

/** With a run that was just stopped, batches would be throttled until its last invocations have ended. */
const waitForConcurrency = async (service: BackfillService, timeoutSeconds: number): Promise<void> => {
  const waitMs = await openInvocationsMs(service, timeoutSeconds);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1_000);
  await withNotice(`Waiting ${seconds} s for the last invocations of the run that has ended`, () => sleep(waitMs));
};

const start = async (
  service: BackfillService,
  options: Options,
  { env, timeoutSeconds }: { readonly env: string; readonly timeoutSeconds: number },
): Promise<void> => {
  const { clients, environment } = service;
  const { retry, all, dryRun, yes, json } = options;
  const objects =
    retry === undefined ? await objectsWanted(clients, environment, options) : await unfinishedObjects(service, retry);
  const estimate = estimateBackfill(environment, objects.length, meanMbOf(objects));
  if (objects.length === 0) return print(json, { environment: env, objects: 0 }, "There is nothing to process.");
  const text = estimateText(objects.length, estimate);
  if (dryRun)
    return print(json, { environment: env, objects: objects.length, ...estimate }, `${text}. Nothing was started.`);
  await requireNoRun(service);
  await confirmYes(`processes ${text}`, yes);
  const { upload } = await findBuckets(clients.s3, environment);
  await waitForConcurrency(service, timeoutSeconds);
  const name = await startRun(service, upload, objects, all);
  const follow = `npm run backfill -- ${env} --status`;
  print(
    json,
    { environment: env, run: name, objects: objects.length, ...estimate },
    `Started ${name}: ${text}.\nFollow it with ${follow}`,
  );
};

const stop = async (service: BackfillService, { json }: Options, env: string): Promise<void> => {
  const running = (await listRuns(service, SHOWN_RUNS)).filter(({ status }) => status === "RUNNING");
  for (const run of running) await stopRun(service, run);
  const names = running.map(({ name }) => name);
  const text =
    names.length === 0
      ? "No run is in progress."
      : `Stopped ${names.join(", ")}. --resume continues the run within 14 days.`;
  print(json, { environment: env, stopped: names }, text);
};

const resume = async (
  service: BackfillService,
  { yes, json }: Options,
  { env, timeoutSeconds }: { readonly env: string; readonly timeoutSeconds: number },
): Promise<void> => {
  await requireNoRun(service);
  const [newest] = await listRuns(service, 1);
  if (newest === undefined || newest.status === "SUCCEEDED")
    throw new Error(
      `Expected a run that was stopped or failed but got ${newest === undefined ? "none" : `${newest.name}, which has succeeded: --retry ${newest.name} processes what failed in it`}`,
    );
  await confirmYes(`resumes ${newest.name}, which is ${newest.status}`, yes);
  await waitForConcurrency(service, timeoutSeconds);
  await resumeRun(service, newest);
  print(json, { environment: env, resumed: newest.name }, `Resumed ${newest.name}: only its open batches run again.`);
};

const COLOURS: Readonly<Record<string, (text: string) => string>> = { SUCCEEDED: pc.green, RUNNING: pc.yellow };

const rowOf = ({ run, counts }: { run: Run; counts: Awaited<ReturnType<typeof countsOf>> }): string[] => {
  const { succeeded = 0, failed = 0, timedOut = 0, total = 0 } = counts ?? {};
  return [
    run.name,
    (COLOURS[run.status] ?? pc.red)(run.status.toLowerCase()),
    ago(Date.now() - run.started.getTime()),
    `${grouped(succeeded)} of ${grouped(total)}`,
    grouped(failed + timedOut),
  ];
};

const status = async (service: BackfillService, { json }: Options, env: string): Promise<void> => {
  const runs: { run: Run; counts: Awaited<ReturnType<typeof countsOf>> }[] = [];
  for (const run of await listRuns(service, SHOWN_RUNS)) runs.push({ run, counts: await countsOf(service, run) });
  const columns = {
    run: "left",
    status: "left",
    started: "left",
    "in finished batches": "right",
    "in failed batches": "right",
  } as const;
  const text = runs.length === 0 ? "There is no run yet." : table(columns, runs.map(rowOf));
  print(json, { environment: env, runs: runs.map(({ run, counts }) => ({ ...run, counts })) }, text);
};

const run = async (env: string, options: Options): Promise<void> => {
  requireOneIntent(options);
  const environment = await environmentNamed(env);
  requireBackfill(environment);
  requireVariant(environment, options.missing);
  const clients = clientsFor(environment.aws_region, options.endpointUrl);
  const { arn, timeoutSeconds } = await backfillFunctionOf(clients, environment);
  const service = await backfillOf(clients, environment, arn);
  const starts = !(options.status || options.stop || options.dryRun);
  if (starts) await requireCodeInService(clients, environment);
  if (options.status) await status(service, options, env);
  else if (options.stop) await stop(service, options, env);
  else if (options.resume) await resume(service, options, { env, timeoutSeconds });
  else await start(service, options, { env, timeoutSeconds });
};

export const command = new Command("npm run backfill --")
  .description(
    "Processes objects that are in the upload bucket already, with the code that is in service and the shell's credentials. " +
      "Prints number, cost and time, and asks before it starts. Variants that are stored are not made again, so a run can be repeated.",
  )
  .addArgument(environmentArgument())
  .option("--prefix <prefix>", "only objects whose keys begin with this", "")
  .addOption(new Option("--since <date>", "only objects stored since this date, such as 2026-01-31").argParser(since))
  .option("--missing <variant>", "only objects without this variant; a variant of an older version counts")
  .addOption(new Option("--state <state>", "only uploads with this state in the metadata table").choices(listedStates))
  .option("--all", "make every variant again, even those that are stored", false)
  .option("--dry-run", "only print number, cost and time", false)
  .option("--yes", "do not ask", false)
  .option("--status", "list the newest runs")
  .option("--stop", "stop the run in progress")
  .option("--resume", "continue the newest run, if it was stopped or failed: only its open batches run again")
  .option("--retry <run>", "process the objects of a run's failed batches in a new run")
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText(
    "after",
    "\nAfter a run was stopped or has failed, the next one starts once its last invocations have ended, within the function's timeout. " +
      "A run fails when more than backfill_tolerated_failure_percent of its objects fail; --resume continues it for 14 days. " +
      "A run with fewer failures has succeeded: --retry processes them.\n" +
      "Exit code 1: nothing was started, because of a release, another run, or an answer of AWS.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
