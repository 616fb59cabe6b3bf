/** `npm run drill`: makes each alarm of an environment fire for its own cause, and checks that none fires without one. */
import { Command } from "commander";
import { drillStack } from "../build/local-stack";
import { readBlueprint } from "../sandbox/blueprint";
import { runCommand, UsageError } from "../terminal/cli";
import { withProgress } from "../terminal/progress";
import { drill, otherProblems, SCENARIO_NAMES, withoutScenario } from "../trials/drill/drill";
import { type Evidence, gather, shortName } from "../trials/drill/evidence";
import { runMutants } from "../trials/drill/mutation-run";
import { type Control, control, probeProblems, probesOf } from "../trials/drill/probes";
import { drillReport, mutantReport, problemReport } from "../trials/drill/report";
import type { DrillResult } from "../trials/drill/result";
import { structureProblems } from "../trials/drill/structure";
import { samplePictures } from "../trials/drill-samples";

interface Options {
  readonly env: string;
  readonly alarm?: string;
  readonly mutants: boolean;
  readonly json: boolean;
}

/** The boundary checks of the rate use refused uploads, too. */
const runsFor = (alarm: string): string[] => (alarm === "low-success-rate" ? [alarm, "log-errors"] : [alarm]);

const wantedAlarm = (name: string | undefined, names: readonly string[]): string | undefined => {
  const wanted = name === undefined ? undefined : names.find((each) => name === each || name.endsWith(`-${each}`));
  if (name !== undefined && wanted === undefined) {
    throw new UsageError(`Expected one of ${names.join(", ")} for --alarm but got ${JSON.stringify(name)}`);
  }
  return wanted;
};

const problemsOf = (stackDir: string, evidence: Evidence, alarm: string | undefined, found: Control): string[] => {
  const { blueprint } = evidence;
  if (alarm !== undefined)
    return probeProblems(blueprint, evidence).filter((problem) => problem.startsWith(`${alarm},`));
  return [
    ...withoutScenario(blueprint),
    ...probeProblems(blueprint, evidence),
    ...found.problems,
    ...otherProblems(blueprint, evidence),
    ...structureProblems(stackDir, blueprint, evidence),
  ];
};

const run = async ({ env, alarm: name, mutants, json }: Options): Promise<void> => {
  const startedAt = performance.now();
  const stackDir = await drillStack(env);
  const blueprint = readBlueprint(stackDir);
  const names = blueprint.alarms.map((each) => shortName(each, blueprint));
  const alarm = wantedAlarm(name, names);
  if (alarm !== undefined && !SCENARIO_NAMES.includes(alarm)) throw new Error(withoutScenario(blueprint).join("; "));
  const pictures = await samplePictures();
  const evidence = await withProgress({ label: "faults" }, (onDone) =>
    gather(blueprint, {
      pictures,
      ...(alarm && { only: runsFor(alarm) }),
      onDone: (_, done, total) => onDone(done, total),
    }),
  );
  const alarms = drill(blueprint, evidence).filter((verdict) => alarm === undefined || verdict.alarm === alarm);
  const found = control(blueprint, evidence);
  const problems = problemsOf(stackDir, evidence, alarm, found);
  const probes = probesOf(evidence).length;
  const results = mutants
    ? await withProgress({ label: "mutants" }, (onDone) => runMutants(stackDir, evidence, { onDone }))
    : undefined;
  const seconds = (performance.now() - startedAt) / 1_000;
  const result: DrillResult = {
    environment: env,
    alarms,
    control: found,
    probes,
    problems,
    ...(results && { mutants: results }),
    seconds,
  };

  if (json) console.log(JSON.stringify(result, undefined, 2));
  else {
    console.log(drillReport(result, alarm !== undefined));
    if (results !== undefined) console.log(mutantReport(results));
    const wrong = problemReport(result);
    if (wrong !== undefined) console.log(wrong);
  }
  const isRight =
    problems.length === 0 &&
    alarms.every((verdict) => verdict.problems.length === 0) &&
    (results ?? []).every(({ caughtBy }) => caughtBy !== undefined);
  if (!isRight) process.exitCode = 1;
};

export const command = new Command("npm run drill --")
  .description(
    "Makes each alarm of an environment fire for its own cause, on this machine, with the stack that would be deployed.",
  )
  .option("--env <name>", "environment", "dev")
  .option("--alarm <name>", "only this alarm, in detail")
  .option("--mutants", "also change the stack in many ways and check that the drill notices each change", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code 1: an alarm did not fire or fired without cause; with --mutants, a change was not noticed.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
