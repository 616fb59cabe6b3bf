/** Deploys a stack from CDKTF's JSON to an emulator, and takes its state over into plain Terraform with `moved` blocks. */
import { copyFile, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../../modules/variables";
import { startMoto } from "../../aws/terraform/moto";
import { changesBeside, MOTO_GAPS, withoutUnsupported } from "../../aws/terraform/moto-gaps";
import { flatAddress } from "../../aws/terraform/plain-addresses";
import { plainValues } from "../../aws/terraform/plain-variables";
import { variantsOf } from "../../aws/terraform/plain-variants";
import { stackFor } from "../../build/stack-for";
import { readTerraformJson } from "../../build/stacks";
import type { Finding } from "./finding";
import { copyPlain, initialize } from "./plain";
import { apply, plan, prepare, STATE } from "./rehearsal";

/** Resources of these values have a condition or a key in plain Terraform. */
const MORE: Partial<Environment> = {
  critical_alert_email: "operator@example.com",
  performance_alert_email: "operator@example.com",
  log_alert_email: "operator@example.com",
  additional_critical_alert_emails: ["one@example.com", "two@example.com"],
  critical_alert_sms: "+15555550100",
};

/** @returns prod with everything that moto and plain Terraform have */
export const upgraded = (prod: Environment): Environment => {
  const [variant] = variantsOf([prod], false);
  return { ...(variant?.environment ?? prod), ...withoutUnsupported(), ...MORE };
};

const isNotInPlace = (change: string): boolean => !change.startsWith("change ");

/** @returns a change with the address that the resource has in the JSON */
const flat = (change: string): string =>
  change.replace(/^(\w+) (.*?): /, (_, action, address) => `${action} ${flatAddress(address) ?? address}: `);

/** @param moved the `moved` blocks for the environment */
export const tryUpgrade = async (environment: Environment, packageFile: string, moved: string): Promise<Finding[]> => {
  const moto = await startMoto(0);
  const before = await prepare(stackFor(environment, { packagePath: packageFile }), moto.endpoint);
  await apply(before);
  // The zips stay where the state says: with another path, the functions would change.
  const functions = readTerraformJson(before.folder).resource.aws_lambda_function ?? {};
  const zipOf = (name: string) => String(functions[`${name}_function`]?.filename ?? "");
  const [zip, uploadApiZip] = [zipOf("lambda_function"), zipOf("upload_function")];
  const copy = await copyPlain(moto.endpoint, { variables: plainValues(environment, zip, uploadApiZip) });
  for (const each of [zip, uploadApiZip].filter((file) => file !== ""))
    await cp(join(before.folder, each), join(copy.folder, each));
  await copyFile(join(before.folder, STATE), join(copy.folder, STATE));
  await writeFile(join(copy.folder, "moved.tf"), moved);
  const after = await initialize(copy);
  const own = changesBeside(MOTO_GAPS, await plan(before, true));
  const taken = changesBeside(MOTO_GAPS, await plan(after, true));
  for (const { stop } of [before, after, moto]) await stop();
  return [
    { title: "no change creates, replaces or destroys", expected: [], got: taken.filter(isNotInPlace) },
    { title: "plain Terraform plans for the state what the stack plans itself", expected: own, got: taken.map(flat) },
  ];
};
