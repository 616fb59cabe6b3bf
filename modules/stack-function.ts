/** What the stack passes to the function that processes uploads, and what invokes it. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import type { TerraformStack } from "cdktf";
import { type Architecture, packageFile } from "../handler/contract/runtime";
import { type ImageProcessorProps, imageProcessor } from "./image_processor";
import { naming } from "./naming";
import type { Environment } from "./variables";

/** What the function gets from other modules. */
interface Shared {
  readonly enable_kms_key: boolean;
  readonly kms_key_arn: string;
  readonly account_id: string;
  readonly package_path: string;
  readonly buckets: Pick<ImageProcessorProps, "upload_bucket_arn" | "processed_bucket_arn" | "processed_bucket_id">;
  readonly records: ImageProcessorProps["records"];
  readonly dead_letter_queue_arn: string;
}

/** @returns inputs of `lambda_function` */
export const functionInputs = (environment: Environment, { buckets, records, ...shared }: Shared) => {
  const { functionName, roleName, logGroupName, aliasName } = naming(environment);
  return {
    ...environment,
    ...shared,
    function_name: functionName,
    role_name: roleName,
    log_group_name: logGroupName,
    runtime: environment.lambda_runtime,
    architecture: environment.lambda_architecture,
    timeout: environment.lambda_timeout,
    memory_size: environment.lambda_memory_size,
    retry_attempts: environment.lambda_retry_attempts,
    max_event_age_seconds: environment.lambda_max_event_age_seconds,
    enable_alias: environment.enable_release_alias,
    alias_name: aliasName,
    ...imageProcessor({
      ...environment,
      ...buckets,
      records,
      kms_key_arn: shared.enable_kms_key ? shared.kms_key_arn : undefined,
    }),
  };
};

/** @returns the path of the function's zip @throws Error with the command that builds the missing package */
export const existingPackage = (packagePath: string | undefined, architecture: Architecture): string => {
  const path = resolve(packagePath ?? join(__dirname, "..", packageFile(architecture)));
  if (existsSync(path)) return path;
  const command = `npm run build -- --architecture ${architecture}`;
  throw new Error(`The function's package ${relative(process.cwd(), path)} does not exist. Build it with: ${command}`);
};

/** The function, and who may invoke it. */
interface Invoked {
  readonly accountId: string;
  readonly buckets: { readonly upload_bucket_id: string; readonly upload_bucket_arn: string };
  readonly lambda: { readonly function_name: string; readonly function_arn: string };
  /** @default `$LATEST` is invoked */
  readonly alias: { readonly name: string; readonly arn: string } | undefined;
}

/** The types of events that invoke the function: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const uploadEvents = ({ delete_variants_with_upload }: Environment): string[] => [
  "s3:ObjectCreated:*",
  ...(delete_variants_with_upload ? ["s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"] : []),
];

/** Lets S3 invoke the function for each upload. */
export const invokeOnUpload = (
  stack: TerraformStack,
  environment: Environment,
  { accountId, buckets, lambda, alias }: Invoked,
): void => {
  const permission = new LambdaPermission(stack, "upload_permission", {
    statementId: "AllowUploadBucket",
    action: "lambda:InvokeFunction",
    functionName: lambda.function_name,
    qualifier: alias?.name,
    principal: "s3.amazonaws.com",
    sourceArn: buckets.upload_bucket_arn,
    sourceAccount: accountId,
  });
  new S3BucketNotification(stack, "upload_notification", {
    bucket: buckets.upload_bucket_id,
    lambdaFunction: [{ lambdaFunctionArn: alias?.arn ?? lambda.function_arn, events: uploadEvents(environment) }],
    // S3 checks the permission when the notification is created.
    dependsOn: [permission],
  });
};
