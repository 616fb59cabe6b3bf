/** `npm run drill`: makes each alarm of an environment fire for its own cause, and checks that none fires without one. */
import { Command, Option } from "commander";
import { drillStack } from "../build/local-stack";
import { writeTemplate, writeTemplateOnly } from "../cloudformation/files";
import { DELIVERIES, type Delivery } from "../cloudwatch/delivery";
import { type Blueprint, readBlueprint } from "../sandbox/blueprint";
import { runCommand, UsageError } from "../terminal/cli";
import { temporaryFolder } from "../terminal/processes";
import { withProgress } from "../terminal/progress";
import { type Control, control } from "../trials/drill/control";
import { drill, otherProblems, SCENARIO_NAMES, withoutScenario } from "../trials/drill/drill";
import { type Evidence, gather, shortName } from "../trials/drill/evidence";
import {
  type MutantForm,
  type MutantResult,
  runMutants,
  shortenWindows,
  TERRAFORM_JSON,
} from "../trials/drill/mutation-run";
import { probeProblems, probesOf, slowProblems } from "../trials/drill/probes";
import { drillReport, mutantReport, problemReport } from "../trials/drill/report";
import type { DrillResult } from "../trials/drill/result";
import { blueprintKey } from "../trials/drill/same-blueprint";
import { slowProbesOf } from "../trials/drill/slow-probes";
import { structureProblems } from "../trials/drill/structure";
import { samplePictures } from "../trials/drill-samples";

interface Options {
  readonly env: string;
  readonly alarm: readonly string[];
  readonly delivery: Delivery | "both";
  readonly mutants: boolean;
  readonly cloudformation: boolean;
  readonly bothForms: boolean;
  readonly json: boolean;
}

/** Timeouts for which alarms on metrics of invocations are checked, besides the environment's own. */
const TIMEOUTS_SECONDS = [60, 300, 900];

const wantedAlarms = (wanted: readonly string[], names: readonly string[]): string[] =>
  wanted.map((name) => {
    const found = names.find((each) => name === each || name.endsWith(`-${each}`));
    if (found !== undefined) return found;
    throw new UsageError(`Expected one of ${names.join(", ")} for --alarm but got ${JSON.stringify(name)}`);
  });

/** How the drill gets a stack: as Terraform JSON, or as the template that is made from it. */
interface Form extends MutantForm {
  /** @returns folder with the stack in this form, made from the folder of a `cdk.tf.json` */
  readonly of: (terraformDir: string) => string;
}

const TERRAFORM: Form = { ...TERRAFORM_JSON, of: (folder) => folder };

const templateOf = (name: string): Form => {
  const options = { name, isProtected: false };
  return {
    words: "as a template",
    of: (folder) => {
      const outDir = temporaryFolder();
      writeTemplate(folder, { ...options, outDir });
      return outDir;
    },
    write: (stack, outDir) => void writeTemplateOnly(stack, { ...options, outDir }),
  };
};

const formsOf = ({ env, cloudformation, bothForms }: Options): [Form, ...Form[]] => {
  if (bothForms) return [TERRAFORM, templateOf(env)];
  return [cloudformation ? templateOf(env) : TERRAFORM];
};

/** A stack in one form. */
interface FormedStack {
  readonly form: Form;
  readonly stackDir: string;
  readonly blueprint: Blueprint;
}

const formed = (form: Form, terraformDir: string): FormedStack => {
  const stackDir = form.of(terraformDir);
  return { form, stackDir, blueprint: readBlueprint(stackDir) };
};

/** The recordings of one form are those of the other only if both are the same stack. */
const requireSame = ([first, ...others]: readonly FormedStack[]): void => {
  for (const other of others)
    if (first !== undefined && blueprintKey(other.blueprint) !== blueprintKey(first.blueprint))
      throw new Error("Expected the same stack for both forms but got another one: see same-stack.test.ts");
};

/** The same recordings, judged by the alarms of the stack with other timeouts. Its backfill would not allow the longest. */
const atOtherTimeouts = (env: string, evidence: Evidence, form: Form): Promise<Evidence[]> => {
  const others = TIMEOUTS_SECONDS.filter((seconds) => seconds !== evidence.blueprint.function.timeoutSeconds);
  return Promise.all(
    others.map(async (seconds) => {
      const blueprint = readBlueprint(
        form.of(await drillStack(env, { lambda_timeout: seconds, enable_backfill: false })),
      );
      return { ...evidence, blueprint };
    }),
  );
};

const timeoutOf = ({ blueprint }: Evidence): number => blueprint.function.timeoutSeconds;

const timeoutProblems = (all: readonly Evidence[]): string[] =>
  all.flatMap((evidence) =>
    slowProblems(evidence).map((problem) => `lambda_timeout ${timeoutOf(evidence)}: ${problem}`),
  );

const slowOf = (all: readonly Evidence[]): DrillResult["slow"] => ({
  timeoutsSeconds: all.map(timeoutOf).sort((one, other) => one - other),
  alarms: [
    ...new Set(
      all.flatMap((each) => slowProbesOf(each).map(({ alarm }) => shortName({ name: alarm }, each.blueprint))),
    ),
  ],
  problems: timeoutProblems(all),
});

const problemsOf = (
  { stackDir, blueprint }: FormedStack,
  evidence: Evidence,
  alarms: readonly string[],
  found: Control,
): string[] => {
  if (alarms.length > 0)
    return probeProblems(blueprint, evidence).filter((problem) =>
      alarms.some((alarm) => problem.startsWith(`${alarm},`)),
    );
  return [
    ...withoutScenario(blueprint),
    ...probeProblems(blueprint, evidence),
    ...found.problems,
    ...otherProblems(blueprint, evidence),
    ...structureProblems(stackDir, blueprint, evidence),
  ];
};

/** Each mutant in each form, because a stack and its template share what is computed for a mutant. */
const mutantsOf = async ({ terraformDir, forms }: Judging, evidence: Evidence): Promise<MutantResult[]> =>
  withProgress({ label: "mutants" }, (onDone) => runMutants(terraformDir, evidence, { onDone, forms }));

/** Runs each scenario once. @param alarms only these; empty: all */
const record = async (blueprint: Blueprint, alarms: readonly string[]): Promise<Evidence> => {
  const pictures = await samplePictures();
  return withProgress({ label: "faults" }, (onDone) =>
    gather(blueprint, {
      pictures,
      ...(alarms.length > 0 && { only: alarms }),
      onDone: (_, done, total) => onDone(done, total),
    }),
  );
};

interface Judging {
  readonly env: string;
  /** Folder of `cdk.tf.json`. */
  readonly terraformDir: string;
  readonly forms: readonly Form[];
  readonly alarms: readonly string[];
  readonly withMutants: boolean;
}

/** Judges the alarms of a stack by the recordings, with data that arrive as the evidence says. */
const judge = async (stack: FormedStack, evidence: Evidence, judging: Judging): Promise<DrillResult> => {
  const { env, alarms, withMutants } = judging;
  const { blueprint, form } = stack;
  const startedAt = performance.now();
  const others = await atOtherTimeouts(env, evidence, form);
  const found = control(blueprint, evidence);
  return {
    environment: env,
    ...(form.words !== undefined && { form: form.words }),
    delivery: evidence.delivery,
    alarms: drill(blueprint, evidence).filter((each) => alarms.length === 0 || alarms.includes(each.alarm)),
    control: found,
    probes: probesOf(evidence).length + others.reduce((sum, each) => sum + slowProbesOf(each).length, 0),
    slow: slowOf([evidence, ...others]),
    problems: [...problemsOf(stack, evidence, alarms, found), ...timeoutProblems(others)],
    ...(withMutants && { mutants: [...(await mutantsOf(judging, evidence)), ...others.flatMap(shortenWindows)] }),
    seconds: (performance.now() - startedAt) / 1_000,
  };
};

const print = (result: DrillResult, isPart: boolean): void => {
  console.log(drillReport(result, isPart));
  if (result.mutants !== undefined) console.log(mutantReport(result.mutants));
  const wrong = problemReport(result);
  if (wrong !== undefined) console.log(wrong);
};

const isRight = ({ problems, alarms, mutants = [] }: DrillResult): boolean =>
  problems.length === 0 &&
  alarms.every((verdict) => verdict.problems.length === 0) &&
  mutants.every(({ caughtBy }) => caughtBy !== undefined);

const run = async (options: Options): Promise<void> => {
  const { env, alarm, delivery, mutants, json } = options;
  const startedAt = performance.now();
  const forms = formsOf(options);
  const terraformDir = await drillStack(env);
  const [first, ...others] = forms;
  const stack = formed(first, terraformDir);
  const { blueprint } = stack;
  const stacks = [stack, ...others.map((form) => formed(form, terraformDir))];
  requireSame(stacks);
  const alarms = wantedAlarms(
    alarm,
    [...blueprint.alarms, ...blueprint.compositeAlarms].map((each) => shortName(each, blueprint)),
  );
  if (!alarms.every((each) => SCENARIO_NAMES.includes(each))) throw new Error(withoutScenario(blueprint).join("; "));
  const recorded = await record(blueprint, alarms);
  const recordedSeconds = (performance.now() - startedAt) / 1_000;
  const results: DrillResult[] = [];
  for (const each of delivery === "both" ? DELIVERIES : [delivery]) {
    const evidence = { ...recorded, delivery: each };
    for (const judged of stacks) {
      // Each mutant is tried once, with the first delivery.
      const withMutants = mutants && results.length === 0;
      const result = await judge(judged, evidence, { env, terraformDir, forms, alarms, withMutants });
      results.push({ ...result, seconds: result.seconds + recordedSeconds });
    }
  }
  if (json) console.log(JSON.stringify(results.length > 1 ? results : results[0], undefined, 2));
  else for (const result of results) print(result, alarms.length > 0);
  if (!results.every(isRight)) process.exitCode = 1;
};

const collected = (name: string, before: readonly string[]): readonly string[] => [...before, name];

export const command = new Command("npm run drill --")
  .description(
    "Makes each alarm of an environment fire for its own cause, on this machine, with the stack that would be deployed.",
  )
  .option("--env <name>", "environment", "dev")
  .addOption(
    new Option("--alarm <name>", "only this alarm, in detail; can be repeated")
      .argParser(collected)
      .default([], "all alarms"),
  )
  .addOption(
    new Option("--delivery <delays>", "how fast data reach CloudWatch; both: judges the same recordings twice")
      .choices([...DELIVERIES, "both"])
      .default("typical"),
  )
  .option("--mutants", "also change the stack in many ways and check that the drill notices each change", false)
  .option(
    "--cloudformation",
    "judge the CloudFormation template of the environment instead of the Terraform JSON",
    false,
  )
  .addOption(
    new Option("--both-forms", "judge the Terraform JSON and then the CloudFormation template, by the same recordings")
      .conflicts("cloudformation")
      .default(false),
  )
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code 1: an alarm did not fire or fired without cause; with --mutants, a change was not noticed.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
