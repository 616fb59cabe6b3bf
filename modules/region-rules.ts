/** Rules between the variables that name an environment and its regions. */
import { isReservedBucketPrefix } from "./checks";
import { naming, stacksOf } from "./naming";
import { PARTITIONS, partitionOf } from "./partitions";
import { isUnset, type Rule, unset } from "./rule";
import type { VariableName } from "./variables";

/** Things that exist in one region, or once in the world: an environment with stacks in several regions cannot share them. */
const SINGLE = [
  "upload_bucket_name",
  "processed_bucket_name",
  "existing_upload_bucket_name",
  "existing_processed_bucket_name",
  "existing_kms_key_arn",
  "existing_critical_alerts_topic_arn",
  "existing_performance_alerts_topic_arn",
  "existing_log_alerts_topic_arn",
  "vpc_subnet_ids",
  "slack_channel_id",
] as const satisfies readonly VariableName[];

const notInSeveralRegions = (name: (typeof SINGLE)[number]): Rule => ({
  of: [name, "regions"],
  broken: (environment) =>
    environment.regions.length < 2 || isUnset(environment[name])
      ? undefined
      : {
          what: `${unset(name)} (the stacks of ${environment.regions.length} regions cannot share it)`,
          got: environment[name],
        },
});

const REGIONAL_ARNS = [
  "existing_kms_key_arn",
  "existing_critical_alerts_topic_arn",
  "existing_performance_alerts_topic_arn",
  "existing_log_alerts_topic_arn",
] as const satisfies readonly VariableName[];

const inTheRegion = (name: (typeof REGIONAL_ARNS)[number]): Rule => ({
  of: [name, "aws_region", "regions"],
  broken: ({ [name]: arn, aws_region: region }) =>
    arn === "" || arn.split(":")[3] === region ? undefined : { what: `an ARN in aws_region (${region})`, got: arn },
});

/** The variables that some partition lacks. */
const UNAVAILABLE = [
  ...new Set(Object.values(PARTITIONS).flatMap(({ unavailable }) => Object.keys(unavailable))),
] as VariableName[];

const availableInPartition = (name: VariableName): Rule => ({
  of: [name, "aws_region"],
  broken: (environment) => {
    const partition = partitionOf(environment.aws_region);
    const reason = (PARTITIONS[partition].unavailable as Readonly<Record<string, string>>)[name];
    return reason === undefined || isUnset(environment[name])
      ? undefined
      : { what: `${unset(name)} in ${partition} (${reason})`, got: environment[name] };
  },
});

/** Names, regions and partitions: add a row. */
export const REGION_RULES: readonly Rule[] = [
  {
    of: ["environment"],
    broken: ({ environment }, file) =>
      environment === file ? undefined : { what: `"${file}" (the name of the file)`, got: environment },
  },
  {
    of: ["project_name", "environment", "aws_region", "regions"],
    broken: (environment) => {
      const prefixes = stacksOf(environment).flatMap((stack) => {
        const { bucketPrefixes, bucketNames } = naming(stack);
        const named: Readonly<Record<string, string | undefined>> = bucketNames;
        return Object.entries(bucketPrefixes).flatMap(([kind, prefix]) => (named[kind] === undefined ? [prefix] : []));
      });
      const reserved = prefixes.find(isReservedBucketPrefix);
      if (reserved !== undefined)
        return {
          what: "a start that S3 does not reserve",
          name: "the bucket prefix from project_name and environment",
          got: reserved,
        };
      const longest = prefixes.reduce((a, b) => (a.length >= b.length ? a : b));
      return longest.length <= 37
        ? undefined
        : {
            what: "at most 37 characters",
            name: "the bucket prefix from project_name and environment",
            got: longest,
          };
    },
  },
  {
    of: ["regions", "aws_region"],
    broken: ({ regions, aws_region }) =>
      regions.length === 0 || regions[0] === aws_region
        ? undefined
        : { what: `a list that starts with aws_region (${aws_region})`, got: regions },
  },
  {
    of: ["enable_replication", "regions"],
    broken: ({ enable_replication, regions }) =>
      enable_replication && regions.length < 2
        ? {
            what: `false (replication needs at least two regions, and regions has ${regions.length})`,
            got: enable_replication,
          }
        : undefined,
  },
  {
    of: ["state_key", "regions"],
    broken: ({ state_key, regions }) =>
      regions.length === 0 || state_key === ""
        ? undefined
        : { what: '"" (the stack of each region has its own key)', got: state_key },
  },
  ...SINGLE.map(notInSeveralRegions),
  ...REGIONAL_ARNS.map(inTheRegion),
  ...UNAVAILABLE.map(availableInPartition),
];
