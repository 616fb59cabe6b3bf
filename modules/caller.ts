/** The account and region of a module where the caller does not pass them. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import type { Construct } from "constructs";

/** @returns the given account id, or a reference to the account of the credentials */
export const accountOf = (scope: Construct, { account_id }: { readonly account_id: string }): string =>
  account_id || new DataAwsCallerIdentity(scope, "current").accountId;

/** @returns the given region, or a reference to the region of the provider; `id` exists in versions 5 and 6 of the provider */
export const regionOf = (scope: Construct, { aws_region }: { readonly aws_region: string }): string =>
  aws_region || new DataAwsRegion(scope, "region").id;
