/** Puts mutants of a stack on trial: which of them do the drill, its probes and the structure checks notice? */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import type { Recording } from "./bench";
import { drill, otherProblems, withoutScenario } from "./drill";
import type { Evidence } from "./evidence";
import { type Mutant, mutantsOf } from "./mutants";
import { photo } from "./pictures";
import { control, probeProblems } from "./probes";
import { OTHERS } from "./scenarios";
import { structureProblems } from "./structure";

export interface Trial {
  readonly mutant: string;
  /** The first thing that gave the mutant away. @default it survived */
  readonly caughtBy?: string;
}

export interface TrialOptions {
  /** @default all */
  readonly wanted?: (mutant: Mutant) => boolean;
  readonly onDone?: (done: number, total: number) => void;
}

/** @returns everything that is wrong with a stack, or a mutant of it; cheap checks first */
export const problemsOf = function* (stackDir: string, blueprint: Blueprint, evidence: Evidence): Generator<string> {
  yield* structureProblems(stackDir, blueprint, evidence);
  yield* withoutScenario(blueprint);
  yield* probeProblems(blueprint, evidence);
  for (const { alarm, problems } of drill(blueprint, evidence)) yield* problems.map((problem) => `${alarm} ${problem}`);
  yield* control(blueprint, evidence).problems;
  yield* otherProblems(blueprint, evidence);
};

/** A run by the function as it has become. */
const rerun = async (name: keyof typeof OTHERS, blueprint: Blueprint, evidence: Evidence): Promise<Evidence> => {
  const run: Recording = await OTHERS[name].run(blueprint, [await photo()], evidence.blueprint.function);
  return { ...evidence, recordings: new Map([...evidence.recordings, [name, run]]) };
};

/**
 * What filters and alarms make of the recorded runs is worked out again for each mutant; the function runs again only
 * where it is changed itself.
 * @throws Error when `cdk.tf.json` cannot be read
 */
export const tryMutants = async (
  stackDir: string,
  evidence: Evidence,
  { wanted = () => true, onDone }: TrialOptions = {},
): Promise<Trial[]> => {
  const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
  const recorded = [...evidence.recordings.values()]
    .flatMap(({ lines }) => lines.map(({ message }) => message))
    .join("\n");
  const mutants = mutantsOf(stack, recorded).filter(wanted);
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  const { packageFile } = evidence.blueprint.function;

  const trialOf = async (mutant: Mutant): Promise<Trial> => {
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(mutant.stack));
    try {
      const read = readBlueprint(folder);
      const blueprint = { ...read, function: { ...read.function, packageFile } };
      const judgedBy = mutant.reruns ? await rerun(mutant.reruns, blueprint, evidence) : evidence;
      const [caughtBy] = problemsOf(folder, blueprint, judgedBy);
      return { mutant: mutant.name, caughtBy };
    } catch (error) {
      return { mutant: mutant.name, caughtBy: (error as Error).message };
    }
  };

  try {
    const trials: Trial[] = [];
    for (const mutant of mutants) {
      trials.push(await trialOf(mutant));
      onDone?.(trials.length, mutants.length);
    }
    return trials;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
