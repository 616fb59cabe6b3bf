/** Applies, plans and destroys a stack against an emulator. */
import { appendFile, copyFile, cp } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Plan } from "../../aws/terraform/plan";
import { type Served, withProvider } from "../../aws/terraform/provider-server";
import {
  copyStack,
  emulatorProvider,
  isolatedEnv,
  type Override,
  type Place,
  terraform,
} from "../../aws/terraform/working-copy";
import { temporaryFolder } from "../../terminal/processes";

export const STATE = "terraform.tfstate";

const LIMIT_SECONDS = { init: 120, apply: 200, plan: 120, show: 60, destroy: 200 } as const;

const overrideOf = (stack: string): Override => ({
  terraform: { backend: { local: { path: STATE } } },
  provider: emulatorProvider(stack),
});

const QUIET = ["-no-color", "-input=false"] as const;

/**
 * @param stack has one provider: see provider-server.ts
 * @returns an initialized Terraform working copy of the stack that can reach only the emulator
 */
export const prepare = async (stack: string, endpoint: string): Promise<Served> => {
  const place = {
    name: "dev",
    folder: await copyStack(stack, overrideOf(stack)),
    env: await isolatedEnv(temporaryFolder(), endpoint),
  };
  await terraform(place, ["init", ...QUIET], LIMIT_SECONDS.init);
  return withProvider(place);
};

/** @throws Error of one line that also lists what exists if the apply fails half-way */
export const apply = async (place: Place): Promise<void> => {
  await terraform(place, ["apply", "-auto-approve", ...QUIET], LIMIT_SECONDS.apply);
};

/** @param refresh whether to read the emulator's resources or trust the state */
export const plan = async (place: Place, refresh: boolean): Promise<Plan> => {
  const file = "rehearsal.tfplan";
  await terraform(place, ["plan", `-out=${file}`, `-refresh=${refresh}`, ...QUIET], LIMIT_SECONDS.plan);
  const { stdout } = await terraform(place, ["show", "-json", file], LIMIT_SECONDS.show);
  return JSON.parse(stdout) as Plan;
};

/** @returns the plan from the applied stack to another; without a refresh, so the emulator's gaps do not show */
export const planOf = async (stack: string, applied: Place): Promise<Plan> => {
  const place = { ...applied, folder: await copyStack(stack, overrideOf(stack)) };
  await copyFile(join(applied.folder, STATE), join(place.folder, STATE));
  await copyFile(join(applied.folder, ".terraform.lock.hcl"), join(place.folder, ".terraform.lock.hcl"));
  return plan(place, false);
};

/** @returns a copy of a stack whose zip has one additional byte, which zip readers ignore */
export const withOtherCode = async (stack: { folder: string; packageFile: string }): Promise<string> => {
  const folder = join(temporaryFolder(), "stack");
  await cp(stack.folder, folder, { recursive: true });
  await appendFile(join(folder, relative(stack.folder, stack.packageFile)), "\n");
  return folder;
};

export const destroy = async (place: Place): Promise<void> => {
  await terraform(place, ["destroy", "-auto-approve", ...QUIET], LIMIT_SECONDS.destroy);
};
