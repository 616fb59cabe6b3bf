/** Terraform settings of a stack: versions, provider and backend. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { RuntimeName } from "../handler/contract/runtime";
import { naming, stackName, tagsOf } from "./naming";
import type { Environment } from "./variables";

/**
 * First version of hashicorp/aws that accepts each runtime. nodejs24.x:
 * https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
const PROVIDER_VERSIONS = {
  "nodejs22.x": "5.100.0",
  "nodejs24.x": "6.19.0",
} as const satisfies Record<RuntimeName, string>;

/** Adds required versions, provider and backend to the stack. */
export const configureTerraform = (stack: TerraformStack, environment: Environment): void => {
  new AwsProvider(stack, "aws", { region: environment.aws_region, defaultTags: [{ tags: tagsOf(environment) }] });
  stack.addOverride("terraform.required_version", configureBackend(stack, environment));
  const providerVersion = PROVIDER_VERSIONS[environment.lambda_runtime];
  // The bindings write "aws", which other tools than Terraform do not resolve.
  stack.addOverride("terraform.required_providers.aws.source", "hashicorp/aws");
  stack.addOverride("terraform.required_providers.aws.version", `>= ${providerVersion}, < 7.0.0`);
};

/** @returns the Terraform versions that support the backend */
const configureBackend = (stack: TerraformStack, environment: Environment): string => {
  if (environment.state_bucket === "") {
    // Relative to the stack's folder, cdktf.out/stacks/<stack>: the project's root.
    new LocalBackend(stack, { path: `../../../terraform.${stackName(environment)}.tfstate` });
    return ">= 1.5";
  }
  const backend = new S3Backend(stack, {
    bucket: environment.state_bucket,
    key: environment.state_key || naming(environment).stateKey,
    region: environment.state_region,
    encrypt: true,
  });
  // State locking in S3. The bindings do not have this argument yet: https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
  backend.addOverride("use_lockfile", true);
  return ">= 1.10";
};
