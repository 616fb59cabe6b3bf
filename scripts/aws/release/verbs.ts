/** The verbs of `npm run release`: release a version, roll back, show the status. */
import type { Environment } from "../../../modules/variables";
import { interruptible } from "../../terminal/interruptible";
import { lateNote } from "../account-uploads";
import { type AliasAddress, type AliasState, moveAlias, notePrevious, requireInService } from "./alias";
import { type CodeDeploy, followDeployment, runningDeployment, startDeployment, stopDeployment } from "./deployment";
import type { Checked } from "./samples";
import { type AlarmWatch, alarmsInAlarm, type ReleaseResult, shiftTraffic } from "./shift";

export interface Choices {
  /** @default the newest version; for a rollback the version before */
  readonly to?: number;
  readonly dryRun?: true;
  readonly ignoreAlarms?: true;
  /** Whether the version must process samples before it gets traffic. */
  readonly samples: boolean;
}

/** The state of an environment's alias and versions, and the clients that change it. */
export interface Release {
  readonly environment: Environment;
  readonly alias: AliasAddress;
  /** The alarms that roll a release back. */
  readonly watch: AlarmWatch;
  /** The alarms during which no release starts. */
  readonly blocking: AlarmWatch;
  /** Invokes a version with samples. */
  readonly check: (version: string, signal: AbortSignal) => Promise<Checked>;
  /** Undefined if this command shifts the alias's weights itself. */
  readonly codeDeploy: CodeDeploy | undefined;
  readonly live: AliasState;
  /** Numbers of the published versions, newest first. */
  readonly versions: readonly number[];
  readonly options: Choices;
}

const progress = (line: string): boolean => process.stderr.write(`${line}\n`);

const versionWanted = (
  { versions, options }: Release,
  otherwise: number | string | undefined,
  purpose: string,
): string => {
  const wanted = options.to ?? otherwise;
  if (wanted !== undefined && versions.includes(Number(wanted))) return String(wanted);
  throw new Error(`Expected one of the versions ${versions.join(", ")} ${purpose} but got ${wanted ?? "none"}`);
};

const requireNoAlarm = async ({ watch, blocking, options }: Release): Promise<void> => {
  const names = options.ignoreAlarms ? [] : await alarmsInAlarm(blocking);
  if (names.length === 0) return;
  const why = names.some((name) => watch.alarmNames.includes(name))
    ? "the release would be rolled back at once"
    : "failures of the new version could not be distinguished from it";
  throw new Error(
    `Expected no critical alarm in ALARM but got ${names.join(", ")}: ${why}. --ignore-alarms releases anyway`,
  );
};

/** The name of a sample, without the folder that it is uploaded to. */
const sampleName = (key: string): string => key.replace(/.*\//, "");

/**
 * @returns the outcome of each sample; undefined if the check was interrupted
 * @throws Error of one line if a sample came out wrong
 */
const requireGoodSamples = async (
  { environment, check, live, options }: Release,
  to: string,
): Promise<string[] | undefined> => {
  if (!options.samples) return [];
  const { outcomes, late, isInterrupted } = await interruptible(async (signal) => {
    const checked = await check(to, signal);
    return { ...checked, isInterrupted: signal.aborted };
  });
  if (late) progress(lateNote(late.buckets, late.prefix).trimEnd());
  if (isInterrupted) return undefined;
  if (environment.refusal_log_level === "ERROR")
    progress("no sample is a file that must be refused: with refusal_log_level ERROR, it would count as an error");
  const lines = outcomes.map(({ key, result }) => `${sampleName(key)}: ${result}`);
  for (const line of lines) progress(`version ${to}, ${line}`);
  if (outcomes.every(({ passed }) => passed)) return lines;
  throw new Error(
    `Expected version ${to} to process the samples but got ${lines.at(-1)}. Uploads still invoke version ${live.version}; --no-samples releases anyway`,
  );
};

const byCodeDeploy = async (codeDeploy: CodeDeploy, { alias, options }: Release, from: string, to: string) =>
  interruptible(async (signal) => {
    await notePrevious(alias, from);
    const id = await startDeployment(codeDeploy, alias, { from, to, ignoreAlarms: options.ignoreAlarms === true });
    progress(`deployment ${id}: ${from} -> ${to}`);
    const ended = await followDeployment(codeDeploy, id, { signal, onStatus: progress });
    if (ended?.status === "released") await requireInService(alias, to);
    if (ended === undefined)
      progress("CodeDeploy continues: --status shows its progress, --rollback stops it and rolls back");
    return ended;
  });

const byWeights = async (
  { environment, alias, watch, options }: Release,
  from: string,
  to: string,
): Promise<ReleaseResult> =>
  interruptible((signal) =>
    shiftTraffic(alias, {
      from,
      to,
      strategy: environment.release_strategy,
      watch: options.ignoreAlarms ? { ...watch, alarmNames: [] } : watch,
      signal,
      onShare: (percent) => progress(`version ${to} gets ${percent} % of the invocations`),
    }),
  );

export type Result = Partial<ReleaseResult> & Readonly<Record<string, unknown>>;

export const releaseNewest = async (release: Release): Promise<Result> => {
  const { environment, codeDeploy, live, versions, options } = release;
  const to = versionWanted(release, versions[0], "to release");
  const [from, strategy] = [live.version, environment.release_strategy];
  const plan = { from, to, strategy, by: codeDeploy ? "CodeDeploy" : "weights" };
  if (live.next)
    throw new Error(
      `Expected no release in progress but got version ${live.next.version} at ${live.next.percent} %: wait until it ends, or roll it back with --rollback`,
    );
  if (from === to)
    return { ...plan, nothing: `version ${to} is already in service; npm run deploy publishes a new one` };
  await requireNoAlarm(release);
  if (options.dryRun) return { ...plan, nothing: "dry run" };
  const samples = await requireGoodSamples(release, to);
  if (samples === undefined) return { ...plan, nothing: "interrupted" };
  const ended = codeDeploy ? await byCodeDeploy(codeDeploy, release, from, to) : await byWeights(release, from, to);
  return { ...plan, ...(samples.length > 0 && { samples }), ...ended };
};

export const rollBack = async (release: Release): Promise<Result> => {
  const { alias, codeDeploy, live, versions, options } = release;
  const deployment = codeDeploy && (await runningDeployment(codeDeploy));
  // After a release that was rolled back, the noted version is the one in service.
  const noted = live.previous === live.version ? undefined : live.previous;
  const before = noted ?? versions.find((version) => version < Number(live.version));
  const to = live.next ? live.version : versionWanted(release, before, "to go back to");
  const plan = { from: live.next?.version ?? live.version, to, by: deployment ? "CodeDeploy" : "alias" };
  if (options.dryRun) return { ...plan, nothing: "dry run" };
  if (codeDeploy && deployment) {
    await stopDeployment(codeDeploy, deployment);
    const ended = await interruptible((signal) =>
      followDeployment(codeDeploy, deployment, { signal, onStatus: progress }),
    );
    if (ended === undefined) return plan;
    await requireInService(alias, to);
    return { ...plan, restored: to };
  }
  // Forget the noted version, so that the next rollback goes further back.
  await moveAlias(alias, { version: to, ...(!live.next && { previous: "" }) });
  return { ...plan, restored: to };
};

export const statusOf = async ({ blocking, codeDeploy, live, versions }: Release): Promise<Result> => ({
  ...live,
  newest: versions[0],
  deployment: codeDeploy && (await runningDeployment(codeDeploy)),
  inAlarm: await alarmsInAlarm(blocking),
});
