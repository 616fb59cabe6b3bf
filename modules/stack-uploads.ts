/** What the stack passes to the upload API and to its function. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UPLOAD_API_PACKAGE } from "../handler/contract/upload-api";
import { naming } from "./naming";
import { type UploadHandlerProps, uploadHandler } from "./upload_handler";
import type { Environment } from "./variables";

type Buckets = Pick<
  UploadHandlerProps,
  "upload_bucket_id" | "upload_bucket_arn" | "processed_bucket_id" | "processed_bucket_arn"
>;

/** What the function shares with the rest of the stack. */
interface Shared extends Pick<UploadHandlerProps, "records"> {
  readonly enable_kms_key: boolean;
  readonly kms_key_arn: string;
  readonly account_id: string;
  readonly buckets: Buckets;
  /** Zip of the function. @default the zip that `npm run build` creates */
  readonly packagePath: string | undefined;
}

/** @returns inputs of `lambda_function` @throws Error with the command that builds the missing package */
export const uploadFunctionInputs = (environment: Environment, shared: Shared) => {
  const { buckets, records, packagePath, ...kms } = shared;
  const { functionName, roleName, logGroupName } = naming(environment).uploads;
  return {
    ...kms,
    function_name: functionName,
    role_name: roleName,
    log_group_name: logGroupName,
    package_path: existing(packagePath),
    runtime: environment.lambda_runtime,
    architecture: environment.lambda_architecture,
    log_retention_days: environment.log_retention_days,
    permissions_boundary_arn: environment.permissions_boundary_arn,
    code_signing_profile_version_arn: environment.code_signing_profile_version_arn,
    aws_region: environment.aws_region,
    ...uploadHandler({
      ...buckets,
      records,
      max_image_bytes: environment.max_image_bytes,
      log_level: environment.log_level,
      kms_key_arn: kms.enable_kms_key ? kms.kms_key_arn : undefined,
    }),
  };
};

/** @returns inputs of `upload_api` that come from the environment */
export const uploadApiInputs = (environment: Environment) => ({
  api_name: naming(environment).uploads.apiName,
  authorizer: environment.upload_api_authorizer,
  jwt_issuer: environment.upload_api_jwt_issuer,
  jwt_audience: environment.upload_api_jwt_audience,
  cors_origins: environment.upload_api_cors_origins,
  links_per_second: environment.upload_api_links_per_second,
  reads_per_second: environment.upload_api_reads_per_second,
});

const existing = (packagePath: string | undefined): string => {
  const path = resolve(packagePath ?? join(__dirname, "..", UPLOAD_API_PACKAGE));
  if (existsSync(path)) return path;
  throw new Error(
    `The upload API's package ${relative(process.cwd(), path)} does not exist. Build it with: npm run build`,
  );
};
