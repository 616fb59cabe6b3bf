/** A plan in a folder: Terraform's own file, the stack and zip that it was made from, and what a person reviews. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTerraformJson } from "../../build/stacks";
import { UsageError } from "../../terminal/cli";
import { apply } from "./apply";
import { changesOf, type Plan } from "./plan";
import { summarizePlan } from "./plan-summary";
import { type Target, workingFolder } from "./target";
import { type Place, terraform } from "./working-copy";

/** Files of the folder. */
const FILES = {
  /** Terraform's binary plan. */
  plan: "plan.tfplan",
  json: "plan.json",
  summary: "plan.md",
  /** What the plan is for, to be compared when it is applied. */
  origin: "target.json",
  /** Folder with the stack and its zip. */
  stack: "stack",
} as const;

/** The files that a person reads. */
export const REVIEWED = [FILES.summary, FILES.json] as const;

/** What a plan is for. */
interface Origin {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
}

const originOf = ({ name, environment, account, endpoint = "" }: Target): Origin => ({
  stack: name,
  account,
  region: environment.aws_region,
  endpoint,
});

const LIMIT_SECONDS = { init: 600, plan: 600, show: 120 } as const;

const initialize = (place: Place) => terraform(place, ["init", "-input=false", "-no-color"], LIMIT_SECONDS.init);

const placeIn = (target: Target, folder: string): Place => ({
  name: target.name,
  folder: join(folder, FILES.stack),
  env: target.env,
});

const shownPlan = async (place: Place, folder: string): Promise<Plan> => {
  const { stdout } = await terraform(place, ["show", "-json", join(folder, FILES.plan)], LIMIT_SECONDS.show);
  return JSON.parse(stdout) as Plan;
};

/**
 * Plans a deployment and writes everything that is needed to review and to apply it.
 * @param stack folder that synthesis wrote
 * @param folder for the plan; files of an earlier plan are replaced
 * @throws SkippedError if the provider cannot be installed; Error of one line
 */
export const makePlan = async (target: Target, stack: string, folder: string): Promise<Plan> => {
  await mkdir(folder, { recursive: true });
  const place = await workingFolder(target, stack, join(folder, FILES.stack));
  const file = join(folder, FILES.plan);
  await initialize(place);
  await terraform(place, ["plan", `-out=${file}`, "-input=false", "-no-color"], LIMIT_SECONDS.plan);
  const plan = await shownPlan(place, folder);
  await writeFile(join(folder, FILES.json), JSON.stringify(plan));
  await writeFile(join(folder, FILES.summary), summarizePlan(target.name, plan, readTerraformJson(place.folder)));
  await writeFile(join(folder, FILES.origin), JSON.stringify(originOf(target), undefined, 2));
  return plan;
};

/**
 * @returns the plan in a folder
 * @throws UsageError if the folder holds none, or one for another stack, account, region or emulator
 */
export const readPlan = async (target: Target, folder: string): Promise<Plan> => {
  if (!existsSync(join(folder, FILES.plan)) || !existsSync(join(folder, FILES.origin)))
    throw new UsageError(
      `Expected a plan in ${folder} for --plan but found none: run npm run plan -- ${target.name} first`,
    );
  const got: Origin = JSON.parse(await readFile(join(folder, FILES.origin), "utf8"));
  const expected = originOf(target);
  for (const name of Object.keys(expected) as (keyof Origin)[])
    if (got[name] !== expected[name])
      throw new UsageError(
        `Expected a plan for the ${name} ${expected[name] || "of AWS"} but ${folder} is for ${got[name] || "AWS"}`,
      );
  const place = placeIn(target, folder);
  await initialize(place);
  const plan = await shownPlan(place, folder);
  await requirePackage(plan, place);
  return plan;
};

/** @throws Error unless the zip in the folder is the one that was planned */
const requirePackage = async (plan: Plan, { folder }: Place): Promise<void> => {
  for (const { address, change } of changesOf(plan).filter(({ type }) => type === "aws_lambda_function")) {
    const { filename, source_code_hash: expected } = change.after ?? {};
    if (typeof filename !== "string") continue;
    const got = createHash("sha256")
      .update(await readFile(join(folder, filename)))
      .digest("base64");
    if (got !== expected) throw new Error(`Expected the planned zip for ${address} but ${filename} is another file`);
  }
};

/**
 * Applies exactly the plan in a folder. Terraform refuses it if the state has changed since.
 * @returns where Terraform ran
 * @throws Error of one line, after printing how many resources exist
 */
export const applyPlan = async (target: Target, folder: string): Promise<Place> => {
  const place = placeIn(target, folder);
  await initialize(place);
  await apply(target, place, [join(folder, FILES.plan)]);
  return place;
};
