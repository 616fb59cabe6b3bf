/** Inputs that several modules have. */
import { z } from "zod";
import { FLAG, KMS_KEY, NAMESPACE_OR_DEFAULT, POLICY, REGION, text, URL_BASE } from "../checks";
import type { Inputs } from "./inputs";

const FUNCTION_NAME = text("a function name: up to 64 letters, digits, - and _", /^[\w-]{1,64}$/);
const GROUP_NAME = text("the name of a log group", /^[\w.\-/#]{1,512}$/);
const ACCOUNT = text('an account id with 12 digits, or ""', /^(\d{12})?$/);
const REGION_OR_DEFAULT = { what: `${REGION.what}, or ""`, check: REGION.check.or(z.literal("")) };

// biome-ignore format: a ledger is read down its columns
export const COMMON = {
  function_name:            { ...FUNCTION_NAME,          description: "Name of the Lambda function." },
  log_group_name:           { ...GROUP_NAME,             description: "Log group of the function. Pass a reference to the resource, so that Terraform creates it first." },
  account_id:               { ...ACCOUNT, default: "",   description: "Id of the AWS account. Default: the account of the credentials." },
  aws_region:               { ...REGION_OR_DEFAULT, default: "", description: "Region of the module's resources. Default: the provider's." },
  metric_namespace:         { ...NAMESPACE_OR_DEFAULT, default: "", description: "Namespace of the custom metrics. Default: `ImageProcessor/<function_name>`, because functions that share a namespace count each other's log lines." },
  enable_kms_key:           { ...FLAG, default: false,   description: "Encrypts with kms_key_arn instead of keys owned by AWS." },
  kms_key_arn:              { ...KMS_KEY, default: "",   description: "ARN of the KMS key for enable_kms_key." },
  permissions_boundary_arn: { ...POLICY, default: "",    description: "IAM policy that limits every role." },
  runbook_base_url:         { ...URL_BASE, default: "",  description: "Address where you publish the pages of `docs/runbooks`. Alarms and dashboard link to them." },
  enable_image_metrics:     { ...FLAG, default: false,   description: "Adds what needs the metrics and log events of this project's image handler. Leave it off for another function: an alarm on a metric that is never published stays in OK." },
} as const satisfies Inputs;
