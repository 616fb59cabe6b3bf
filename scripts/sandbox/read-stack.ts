/** Reads the stack of a folder: Terraform JSON, or a CloudFormation template. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTemplate } from "./template";
import { readTerraformJson, type Stack } from "./terraform-json";

/**
 * @param stackDir folder that holds `cdk.tf.json` or `template.json`
 * @throws Error if the file cannot be read or is not a stack
 */
export const readStack = (stackDir: string): Stack =>
  existsSync(join(stackDir, "template.json")) ? readTemplate(stackDir) : readTerraformJson(stackDir);
