/** What `npm run release` can do: release a version, take it back, and say what is in service. */
import type { Environment } from "../../../modules/variables";
import { interruptible } from "../../terminal/interruptible";
import { type Live, moveAlias, notePrevious, type Place } from "./alias";
import { type CodeDeploy, followDeployment, startDeployment, stopDeployment, underWay } from "./deployment";
import { type Ended, ringing, shiftTraffic, type Watch } from "./shift";

export interface Choices {
  /** @default the newest version, or the one before */
  readonly to?: number;
  readonly dryRun?: true;
  readonly ignoreAlarms?: true;
}

/** A release of one environment: what it acts on, and what it found there. */
export interface Release {
  readonly environment: Environment;
  readonly place: Place;
  readonly watch: Watch;
  /** Undefined where the alias's weights are moved here. */
  readonly codeDeploy: CodeDeploy | undefined;
  readonly live: Live;
  /** Numbers of the published versions, the newest first. */
  readonly versions: readonly number[];
  readonly options: Choices;
}

const tell = (line: string): boolean => process.stderr.write(`${line}\n`);

const versionWanted = ({ versions, options }: Release, otherwise: number | string | undefined, why: string): string => {
  const wanted = options.to ?? otherwise;
  if (wanted !== undefined && versions.includes(Number(wanted))) return String(wanted);
  throw new Error(`Expected one of the versions ${versions.join(", ")} ${why} but got ${wanted ?? "none"}`);
};

const requireQuiet = async ({ watch, options }: Release): Promise<void> => {
  const names = options.ignoreAlarms ? [] : await ringing(watch);
  if (names.length === 0) return;
  throw new Error(
    `Expected no critical alarm that rings but got ${names.join(", ")}: a release would be taken back at once; --ignore-alarms releases all the same`,
  );
};

const byCodeDeploy = async (codeDeploy: CodeDeploy, { place, options }: Release, from: string, to: string) =>
  interruptible(async (signal) => {
    await notePrevious(place, from);
    const id = await startDeployment(codeDeploy, place, { from, to, ignoreAlarms: options.ignoreAlarms === true });
    tell(`deployment ${id}: ${from} -> ${to}`);
    const ended = await followDeployment(codeDeploy, id, { signal, onStatus: tell });
    if (ended === undefined) tell("CodeDeploy goes on: --status shows how far it is, --rollback takes it back");
    return ended;
  });

const byWeights = async ({ environment, place, watch, options }: Release, from: string, to: string): Promise<Ended> =>
  interruptible((signal) =>
    shiftTraffic(place, {
      from,
      to,
      strategy: environment.release_strategy,
      watch: options.ignoreAlarms ? { ...watch, alarmNames: [] } : watch,
      signal,
      onShare: (percent) => tell(`version ${to} gets ${percent} % of the invocations`),
    }),
  );

export type Result = Partial<Ended> & Readonly<Record<string, unknown>>;

export const releaseNewest = async (release: Release): Promise<Result> => {
  const { environment, codeDeploy, live, versions, options } = release;
  const to = versionWanted(release, versions[0], "to release");
  const [from, strategy] = [live.version, environment.release_strategy];
  const plan = { from, to, strategy, by: codeDeploy ? "CodeDeploy" : "weights" };
  if (live.next)
    throw new Error(
      `Expected no release under way but got version ${live.next.version} at ${live.next.percent} %: wait for its end, or take it back with --rollback`,
    );
  if (from === to) return { ...plan, nothing: `version ${to} is in service; npm run deploy publishes another` };
  await requireQuiet(release);
  if (options.dryRun) return { ...plan, nothing: "dry run" };
  const ended = codeDeploy ? await byCodeDeploy(codeDeploy, release, from, to) : await byWeights(release, from, to);
  return { ...plan, ...ended };
};

export const rollBack = async (release: Release): Promise<Result> => {
  const { place, codeDeploy, live, versions, options } = release;
  const deployment = codeDeploy && (await underWay(codeDeploy));
  // A release that was taken back has noted the version that is in service.
  const noted = live.previous === live.version ? undefined : live.previous;
  const before = noted ?? versions.find((version) => version < Number(live.version));
  const to = live.next ? live.version : versionWanted(release, before, "to go back to");
  const plan = { from: live.next?.version ?? live.version, to, by: deployment ? "CodeDeploy" : "alias" };
  if (options.dryRun) return { ...plan, nothing: "dry run" };
  if (codeDeploy && deployment) {
    await stopDeployment(codeDeploy, deployment);
    const ended = await interruptible((signal) => followDeployment(codeDeploy, deployment, { signal, onStatus: tell }));
    return { ...plan, ...(ended && { restored: to }) };
  }
  // What was taken back is not the version to go back to next time.
  await moveAlias(place, { version: to, ...(!live.next && { previous: "" }) });
  return { ...plan, restored: to };
};

export const statusOf = async ({ watch, codeDeploy, live, versions }: Release): Promise<Result> => ({
  ...live,
  newest: versions[0],
  deployment: codeDeploy && (await underWay(codeDeploy)),
  ringing: await ringing(watch),
});
