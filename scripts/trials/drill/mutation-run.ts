/** Mutation testing of the drill: which mutants of a stack do the drill, its boundary checks and static checks notice? */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pLimit from "p-limit";
import { photo } from "../../faults/pictures";
import { type Blueprint, type FunctionBlueprint, readBlueprint } from "../../sandbox/blueprint";
import { control } from "./control";
import { drill, otherProblems, ownProblems, withoutScenario } from "./drill";
import { type Evidence, RUNS_AT_A_TIME, shortName } from "./evidence";
import { type Mutant, mutantsOf } from "./mutants";
import { forgetting } from "./observe";
import { OTHERS } from "./other-runs";
import { probeProblems, probeProblemsOf } from "./probes";
import type { Recording } from "./recorded-run";
import { remembered } from "./remembered";
import { blueprintKey } from "./same-blueprint";
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
  /** Each mutant is judged in each of these forms. @default as `cdk.tf.json` */
  readonly forms?: readonly MutantForm[];
}

/** How a mutant is written for the sandbox's reader. */
export interface MutantForm {
  /** For the names of mutants. @default the form needs no name */
  readonly words?: string;
  readonly write: (stack: unknown, folder: string) => void;
}

export const TERRAFORM_JSON: MutantForm = {
  write: (stack, folder) => writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack)),
};

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
  { wanted = () => true, onDone, forms = [TERRAFORM_JSON] }: MutationRunOptions = {},
): Promise<MutantResult[]> => {
  const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
  const recorded = [...evidence.recordings.values()]
    .flatMap(({ lines }) => lines.map(({ message }) => message))
    .join("\n");
  const mutants = mutantsOf(stack, recorded).filter(wanted);
  const places = forms.map((form) => ({ ...form, folder: mkdtempSync(join(tmpdir(), "mutant-")) }));
  /** A package is named relative to its stack. */
  const packaged = (fn: FunctionBlueprint): FunctionBlueprint => {
    const { function: main, otherFunctions } = evidence.blueprint;
    const { packageFile } = [main, ...otherFunctions].find(({ name }) => name === fn.name) ?? fn;
    return { ...fn, packageFile };
  };

  type MutantPlace = (typeof places)[number];

  const blueprintOf = ({ stack }: Mutant, { write, folder }: MutantPlace): Blueprint => {
    write(stack, folder);
    const read = readBlueprint(folder);
    return { ...read, function: packaged(read.function), otherFunctions: read.otherFunctions.map(packaged) };
  };

  /** @returns what each form of a mutant is judged by; forms that are the same stack share a run */
  const evidencesOf = async (mutant: Mutant): Promise<(Evidence | Error)[]> => {
    const { reruns } = mutant;
    if (reruns === undefined) return places.map(() => evidence);
    const runs = new Map<string, Promise<Evidence>>();
    const ofForm = async (place: MutantPlace) => {
      const blueprint = blueprintOf(mutant, place);
      return remembered(runs, blueprintKey(blueprint), () => rerun(reruns, blueprint, evidence));
    };
    return Promise.all(places.map((place) => ofForm(place).catch((error: Error) => error)));
  };

  const resultOf = (mutant: Mutant, place: MutantPlace, judgedBy: Evidence | Error): MutantResult => {
    const name = [mutant.name, place.words].filter(Boolean).join(", ");
    try {
      if (judgedBy instanceof Error) throw judgedBy;
      const blueprint = blueprintOf(mutant, place);
      const [caughtBy] = problemsOf(place.folder, blueprint, judgedBy);
      return { mutant: name, caughtBy };
    } catch (error) {
      return { mutant: name, caughtBy: (error as Error).message };
    }
  };

  try {
    // All runs come before the first judgement, which would keep this process from answering the functions in time.
    const limit = pLimit(RUNS_AT_A_TIME);
    const evidences = await Promise.all(mutants.map((mutant) => limit(evidencesOf, mutant)));
    const results: MutantResult[] = [];
    for (const [i, mutant] of mutants.entries()) {
      // Forgotten once the mutant is judged, with all that is computed from it.
      const judgedBy = evidences.shift() ?? [];
      const ofForms = () => places.map((place, form) => resultOf(mutant, place, judgedBy[form] ?? evidence));
      results.push(...forgetting(ofForms));
      onDone?.(i + 1, mutants.length);
      // Lets the progress be seen.
      await setImmediate();
    }
    return results;
  } finally {
    for (const { folder } of places) rmSync(folder, { recursive: true, force: true });
  }
};
