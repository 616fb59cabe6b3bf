/** The stack that is drilled: an environment as it would be deployed, with this machine's package and somebody to tell. */
import { join } from "node:path";
import { ENVIRONMENTS, synthesize } from "../../main";
import { readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import { UsageError } from "../terminal/cli";
import { buildHandler } from "./handler-package";

const OUTDIR = join(__dirname, "../../.cache/drill");

/** Told where the environment itself names nobody: addresses and numbers that belong to no one. */
const STAND_INS = { TF_VAR_alert_email: "oncall@example.com", TF_VAR_alert_sms: "+15555550100" };

/**
 * @returns folder of the stack's `cdk.tf.json`
 * @throws UsageError for an unknown environment; Error with what the build or the synthesis has to say
 */
export const drillStack = async (name: string): Promise<string> => {
  const { file } = await buildHandler({ target: "host" });
  const environments = await readEnvironments(ENVIRONMENTS, { ...STAND_INS, ...process.env });
  const wanted = environments.filter((environment) => stackName(environment) === name);
  if (wanted.length === 0) {
    const names = environments.map(stackName).join(", ");
    throw new UsageError(`Expected one of ${names} for --env but got ${JSON.stringify(name)}`);
  }
  process.env.HANDLER_PACKAGE = file;
  synthesize(wanted, OUTDIR);
  return join(OUTDIR, "stacks", name);
};
