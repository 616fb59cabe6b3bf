/** Mutation testing of the drill: which mutants of a stack do the drill, its boundary checks and static checks notice? */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { photo } from "../../faults/pictures";
import { type Blueprint, type FunctionBlueprint, readBlueprint } from "../../sandbox/blueprint";
import { control } from "./control";
import { drill, otherProblems, ownProblems, withoutScenario } from "./drill";
import { type Evidence, shortName } from "./evidence";
import { type Mutant, mutantsOf } from "./mutants";
import { OTHERS } from "./other-runs";
import { probeProblems, probeProblemsOf } from "./probes";
import type { Recording } from "./recorded-run";
import { structureProblems } from "./structure";

/** @returns for each alarm, whether its boundary checks notice one evaluation period less */
export const shortenWindows = (evidence: Evidence): MutantResult[] =>
  evidence.blueprint.alarms
    .filter(({ evaluationPeriods, datapointsToAlarm = evaluationPeriods }) => evaluationPeriods > datapointsToAlarm)
    .map((alarm) => {
      const short = shortName(alarm, evidence.blueprint);
      const changed = { ...alarm, evaluationPeriods: alarm.evaluationPeriods - 1 };
      const alarms = evidence.blueprint.alarms.map((each) => (each === alarm ? changed : each));
      const [caughtBy] = probeProblemsOf(alarm, { ...evidence.blueprint, alarms }, evidence);
      const { timeoutSeconds } = evidence.blueprint.function;
      return {
        mutant: `lambda_timeout ${timeoutSeconds}, ${short}: evaluation_periods ${alarm.evaluationPeriods} -> ${changed.evaluationPeriods}`,
        caughtBy,
      };
    });

export interface MutantResult {
  readonly mutant: string;
  /** The first problem found. @default the mutant survived */
  readonly caughtBy?: string;
}

export interface MutationRunOptions {
  /** @default all mutants */
  readonly wanted?: (mutant: Mutant) => boolean;
  readonly onDone?: (done: number, total: number) => void;
  /** Writes a mutant into a folder. @default as `cdk.tf.json` */
  readonly write?: (stack: unknown, folder: string) => void;
}

const writeTerraformJson = (stack: unknown, folder: string): void =>
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));

/** @returns the alarms that a mutant adds or changes */
const changedAlarms = ({ alarms, compositeAlarms }: Blueprint, { blueprint }: Evidence) => {
  const before = new Set([...blueprint.alarms, ...blueprint.compositeAlarms].map((alarm) => JSON.stringify(alarm)));
  return [...alarms, ...compositeAlarms].filter((alarm) => !before.has(JSON.stringify(alarm)));
};

/** @returns all problems of a stack or a mutant of it; what takes least comes first: a drill evaluates every alarm in every scenario */
const problemsOf = function* (stackDir: string, blueprint: Blueprint, evidence: Evidence): Generator<string> {
  yield* structureProblems(stackDir, blueprint, evidence);
  yield* withoutScenario(blueprint);
  yield* probeProblems(blueprint, evidence);
  yield* control(blueprint, evidence).problems;
  yield* otherProblems(blueprint, evidence);
  for (const alarm of changedAlarms(blueprint, evidence))
    yield* ownProblems(alarm, blueprint, evidence).map((problem) => `${shortName(alarm, blueprint)} ${problem}`);
  for (const { alarm, problems } of drill(blueprint, evidence)) yield* problems.map((problem) => `${alarm} ${problem}`);
};

/** Records a run again with the mutated function. */
const rerun = async (name: keyof typeof OTHERS, blueprint: Blueprint, evidence: Evidence): Promise<Evidence> => {
  const run: Recording = await OTHERS[name].run(blueprint, [await photo()], evidence.blueprint.function);
  return { ...evidence, recordings: new Map([...evidence.recordings, [name, run]]) };
};

/**
 * Evaluates filters and alarms again for each mutant, with the recorded runs. The function runs again only if the mutant
 * changes it.
 * @param stackDir folder of `cdk.tf.json`, which the mutants are changes of
 * @throws Error if `cdk.tf.json` cannot be read
 */
export const runMutants = async (
  stackDir: string,
  evidence: Evidence,
  { wanted = () => true, onDone, write = writeTerraformJson }: MutationRunOptions = {},
): Promise<MutantResult[]> => {
  const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
  const recorded = [...evidence.recordings.values()]
    .flatMap(({ lines }) => lines.map(({ message }) => message))
    .join("\n");
  const mutants = mutantsOf(stack, recorded).filter(wanted);
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  /** A package is named relative to its stack. */
  const packaged = (fn: FunctionBlueprint): FunctionBlueprint => {
    const { function: main, otherFunctions } = evidence.blueprint;
    const { packageFile } = [main, ...otherFunctions].find(({ name }) => name === fn.name) ?? fn;
    return { ...fn, packageFile };
  };

  const resultOf = async (mutant: Mutant): Promise<MutantResult> => {
    try {
      write(mutant.stack, folder);
      const read = readBlueprint(folder);
      const { function: main, otherFunctions } = read;
      const blueprint = { ...read, function: packaged(main), otherFunctions: otherFunctions.map(packaged) };
      const judgedBy = mutant.reruns ? await rerun(mutant.reruns, blueprint, evidence) : evidence;
      const [caughtBy] = problemsOf(folder, blueprint, judgedBy);
      return { mutant: mutant.name, caughtBy };
    } catch (error) {
      return { mutant: mutant.name, caughtBy: (error as Error).message };
    }
  };

  try {
    const results: MutantResult[] = [];
    for (const mutant of mutants) {
      results.push(await resultOf(mutant));
      onDone?.(results.length, mutants.length);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
