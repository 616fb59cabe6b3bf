/** The account, region and partition of a module where the caller does not pass them. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import type { Construct } from "constructs";
import { dnsSuffixOf, partitionOf } from "./partitions";

/** @returns the given account id, or a reference to the account of the credentials */
export const accountOf = (scope: Construct, { account_id }: { readonly account_id: string }): string =>
  account_id || new DataAwsCallerIdentity(scope, "current").accountId;

/** @returns the given region, or a reference to the region of the provider; `id` exists in versions 5 and 6 of the provider */
export const regionOf = (scope: Construct, { aws_region }: { readonly aws_region: string }): string =>
  aws_region || new DataAwsRegion(scope, "region").id;

/** A region, and what its partition decides: the start of ARNs and the domain of services. */
export interface Place {
  readonly region: string;
  readonly partition: string;
  readonly dnsSuffix: string;
}

/** @returns the place of the given region, or references to the place of the provider */
export const placeOf = (scope: Construct, values: { readonly aws_region: string }): Place => {
  const region = values.aws_region;
  if (region !== "") return { region, partition: partitionOf(region), dnsSuffix: dnsSuffixOf(region) };
  const { partition, dnsSuffix } = new DataAwsPartition(scope, "partition");
  return { region: regionOf(scope, values), partition, dnsSuffix };
};
