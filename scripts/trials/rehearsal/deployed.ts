/** A deployed stack with its real names. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { naming } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import type { Clients } from "../../aws/clients";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";

export interface Deployed {
  /** The synthesized blueprint with the real account id and bucket names. */
  readonly blueprint: Blueprint;
  readonly accountId: string;
  readonly uploadBucket: string;
  readonly processedBucket: string;
  readonly roleName: string;
  /** Base64, as in Lambda and Terraform. */
  readonly zipSha256: string;
  readonly logRetentionDays: number;
}

/** Placeholders in a blueprint for the account id and the suffix of bucket names. */
const UNDEPLOYED = { accountId: "000000000000", nameEnd: "local" };

/**
 * @param stack the applied stack
 * @param outputs outputs of the applied stack
 */
export const deployedAs = async (
  aws: Clients,
  stack: { readonly folder: string; readonly environment: Environment },
  outputs: Readonly<Record<string, unknown>>,
): Promise<Deployed> => {
  const { roleName, bucketPrefixes } = naming(stack.environment);
  const { Account: accountId = "" } = await aws.sts.send(new GetCallerIdentityCommand({}));
  const [uploadBucket, processedBucket] = [String(outputs.upload_bucket_name), String(outputs.processed_bucket_name)];
  const synthesized = readBlueprint(stack.folder);
  const text = JSON.stringify(synthesized)
    .replaceAll(UNDEPLOYED.accountId, accountId)
    .replaceAll(`${bucketPrefixes.upload}${UNDEPLOYED.nameEnd}`, uploadBucket)
    .replaceAll(`${bucketPrefixes.processed}${UNDEPLOYED.nameEnd}`, processedBucket);
  const zip = readFileSync(synthesized.function.packageFile);
  return {
    blueprint: JSON.parse(text) as Blueprint,
    accountId,
    uploadBucket,
    processedBucket,
    roleName,
    zipSha256: createHash("sha256").update(zip).digest("base64"),
    logRetentionDays: stack.environment.log_retention_days,
  };
};
