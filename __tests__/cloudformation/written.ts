/** A template beside the Terraform JSON that it is made from. */
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { writeTemplate } from "../../scripts/cloudformation/files";
import { type Synthesized, synthesized, temporary } from "../modules/synthesized";

/** @returns the stack, and the folder of its template */
export const written = (environment: Environment): { stack: Synthesized; folder: string } => {
  const stack = synthesized(environment);
  const folder = temporary();
  const options = { outDir: folder, name: stackName(environment), isProtected: environment.protected };
  writeTemplate(stack.folder, options);
  return { stack, folder };
};
