/** All names and tags of a stack. */

/** The variables that names are built from. */
export interface Named {
  readonly project_name: string;
  readonly environment: string;
  readonly aws_region: string;
  /** Regions with a stack each; empty where the environment has a single stack. */
  readonly regions: readonly string[];
  readonly upload_bucket_name?: string;
  readonly processed_bucket_name?: string;
  readonly existing_upload_bucket_name?: string;
  readonly existing_processed_bucket_name?: string;
  readonly existing_log_group_name?: string;
  readonly existing_critical_alerts_topic_arn?: string;
  readonly existing_performance_alerts_topic_arn?: string;
  readonly existing_log_alerts_topic_arn?: string;
}

/** @returns one environment for each stack, with its own `aws_region` */
export const stacksOf = <E extends Named>(environment: E): E[] =>
  environment.regions.length === 0
    ? [environment]
    : environment.regions.map((aws_region) => ({ ...environment, aws_region }));

/** @returns the stack in the first region, which has the dashboard of all regions */
export const homeOf = <E extends Named>(environment: E): E => stacksOf(environment)[0] ?? environment;

/** @returns the region after the stack's own; the first follows the last */
export const nextRegion = ({ regions, aws_region }: Named): string =>
  regions[(regions.indexOf(aws_region) + 1) % regions.length] ?? aws_region;

const suffixed = (name: string, { aws_region, regions }: Named, suffix = aws_region): string =>
  regions.length === 0 ? name : `${name}-${suffix}`;

/** @returns the stack's name in commands: the environment, and the region where there are several */
export const stackName = (environment: Named): string => suffixed(environment.environment, environment);

/** Short forms as in AWS's availability zone ids: euw1 for eu-west-1. A bucket prefix is limited to 37 characters. */
const shortRegion = (region: string): string =>
  region.replaceAll(/north|south|east|west|central|gov/g, ([initial = ""]) => initial).replaceAll("-", "");

/** @returns the name of the function's dead-letter queue */
export const deadLetterQueueName = (functionName: string): string => `${functionName}-dead-letters`;

/** @returns the name of the table with a record of each upload */
export const recordsTableName = (functionName: string): string => `${functionName}-records`;

const endOf = (arn: string | undefined): string => arn?.split(":").at(-1) ?? "";

/** @returns every name of a stack */
export const naming = (stack: Named) => {
  const { project_name: project, environment, aws_region } = stack;
  const base = `${project}-${stackName(stack)}`;
  const bucketBase = suffixed(`${project}-${environment}`, stack, shortRegion(aws_region));
  const functionName = `${base}-processor`;
  return {
    functionName,
    roleName: `${functionName}-role`,
    /** Name of S3's replication role and of its policy. */
    replicationName: `${base}-replication`,
    logGroupName: stack.existing_log_group_name || `/aws/lambda/${functionName}`,
    deadLetterQueueName: deadLetterQueueName(functionName),
    recordsTableName: recordsTableName(functionName),
    /** The upload API and its function. */
    uploads: {
      apiName: `${base}-uploads`,
      functionName: `${base}-uploads`,
      roleName: `${base}-uploads-role`,
      logGroupName: `/aws/lambda/${base}-uploads`,
    },
    /** The state machine of backfills and its function. */
    backfill: {
      stateMachineName: `${base}-backfill`,
      roleName: `${base}-backfill-role`,
      functionName: `${base}-backfill`,
      functionRoleName: `${base}-backfill-function-role`,
      logGroupName: `/aws/lambda/${base}-backfill`,
    },
    dashboardName: `${functionName}-monitoring`,
    bucketPrefixes: {
      upload: `${bucketBase}-upload-`,
      processed: `${bucketBase}-processed-`,
      logs: `${bucketBase}-logs-`,
      backfill: `${bucketBase}-backfill-`,
      replica: `${bucketBase}-replica-`,
      /** Replicas of uploads. */
      originals: `${bucketBase}-originals-`,
    },
    /** Full names of the buckets; undefined where the provider appends a suffix to the prefix. */
    bucketNames: {
      upload: stack.upload_bucket_name || stack.existing_upload_bucket_name || undefined,
      processed: stack.processed_bucket_name || stack.existing_processed_bucket_name || undefined,
    },
    stateKey: `${project}/${stackName(stack)}.tfstate`,
    topics: {
      critical: endOf(stack.existing_critical_alerts_topic_arn) || `${base}-critical-alerts`,
      performance: endOf(stack.existing_performance_alerts_topic_arn) || `${base}-performance-alerts`,
      log: endOf(stack.existing_log_alerts_topic_arn) || `${base}-log-alerts`,
    },
    /** Name of the chat channel's configuration and role. */
    chatName: `${base}-critical-alerts-chat`,
    aliasName: "live",
    releases: {
      applicationName: functionName,
      deploymentGroupName: "live",
      roleName: `${base}-releases-role`,
    },
    keyName: base,
    budgetName: base,
  };
};

/** Variables for billing. Activate their tags as cost allocation tags, or the bill does not show them. */
interface Billing extends Named {
  readonly cost_center: string;
  readonly owner: string;
  readonly monthly_budget_usd: number;
  readonly extra_tags: Readonly<Record<string, string>>;
}

/** Keys of the tags that the stack sets itself. */
export const OWN_TAGS = ["Project", "Environment", "ManagedBy", "CostCenter", "Owner", "Budget"] as const;

/** @returns the tags of all resources of a stack, without empty ones */
export const tagsOf = (
  stack: Billing,
): Partial<Record<(typeof OWN_TAGS)[number], string>> & Record<string, string> => ({
  ...stack.extra_tags,
  Project: stack.project_name,
  Environment: stack.environment,
  ManagedBy: "Terraform",
  ...(stack.cost_center !== "" && { CostCenter: stack.cost_center }),
  ...(stack.owner !== "" && { Owner: stack.owner }),
  // A budget filters by one tag, and neither Project nor Environment alone is unique to this stack.
  ...(stack.monthly_budget_usd > 0 && { Budget: naming(stack).budgetName }),
});

export type Names = ReturnType<typeof naming>;

/** How urgent an alarm is. Each severity has its own topic. */
export type Severity = keyof Names["topics"];
