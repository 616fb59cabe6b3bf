/** Names and tags, decided once. */

/** The variables that names are made of. */
export interface Named {
  readonly project_name: string;
  readonly environment: string;
  readonly aws_region: string;
  /** Where the environment has a stack in each of several regions; empty where it has one stack. */
  readonly regions: readonly string[];
}

/** @returns the environment once for each of its stacks */
export const stacksOf = <E extends Named>(environment: E): E[] =>
  environment.regions.length === 0
    ? [environment]
    : environment.regions.map((aws_region) => ({ ...environment, aws_region }));

/** @returns the stack whose dashboard shows all of the environment's */
export const homeOf = <E extends Named>(environment: E): E => stacksOf(environment)[0] ?? environment;

/** @returns the region after the stack's own, and after the last the first */
export const nextRegion = ({ regions, aws_region }: Named): string =>
  regions[(regions.indexOf(aws_region) + 1) % regions.length] ?? aws_region;

const suffixed = (name: string, { aws_region, regions }: Named, suffix = aws_region): string =>
  regions.length === 0 ? name : `${name}-${suffix}`;

/** @returns what commands call the stack: the environment's name, and the region's where there are several */
export const stackName = (environment: Named): string => suffixed(environment.environment, environment);

/** As in AWS's ids of availability zones: euw1 for eu-west-1. A bucket's prefix has no room for more. */
const shortRegion = (region: string): string =>
  region.replaceAll(/north|south|east|west|central|gov/g, ([initial = ""]) => initial).replaceAll("-", "");

/** @returns the queue of the events that a function was not able to handle */
export const deadLetterQueueName = (functionName: string): string => `${functionName}-dead-letters`;

/** @returns every name of a stack. */
export const naming = (stack: Named) => {
  const { project_name: project, environment, aws_region } = stack;
  const base = `${project}-${stackName(stack)}`;
  const bucketBase = suffixed(`${project}-${environment}`, stack, shortRegion(aws_region));
  const functionName = `${base}-processor`;
  return {
    functionName,
    roleName: `${functionName}-role`,
    /** Of the role that S3 copies with, and of what it may do. */
    replicationName: `${base}-replication`,
    logGroupName: `/aws/lambda/${functionName}`,
    deadLetterQueueName: deadLetterQueueName(functionName),
    dashboardName: `${functionName}-monitoring`,
    bucketPrefixes: {
      upload: `${bucketBase}-upload-`,
      processed: `${bucketBase}-processed-`,
      logs: `${bucketBase}-logs-`,
      replica: `${bucketBase}-replica-`,
    },
    stateKey: `${project}/${stackName(stack)}.tfstate`,
    topics: {
      critical: `${base}-critical-alerts`,
      performance: `${base}-performance-alerts`,
      log: `${base}-log-alerts`,
    },
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

/** What a stack's bill is told apart by; each must be activated as a cost allocation tag before the bill shows it. */
interface Billing extends Named {
  readonly cost_center: string;
  readonly owner: string;
  readonly monthly_budget_usd: number;
}

/** @returns the tags of everything in a stack; those that would be empty are left out */
export const tagsOf = (stack: Billing): Record<string, string> => ({
  Project: stack.project_name,
  Environment: stack.environment,
  ManagedBy: "Terraform",
  ...(stack.cost_center !== "" && { CostCenter: stack.cost_center }),
  ...(stack.owner !== "" && { Owner: stack.owner }),
  // A budget adds up the resources of one tag, and neither Project nor Environment is this stack's alone.
  ...(stack.monthly_budget_usd > 0 && { Budget: naming(stack).budgetName }),
});

export type Names = ReturnType<typeof naming>;

/** Whom an alarm wakes: each severity has a topic. */
export type Severity = keyof Names["topics"];

/** @returns where the AWS console shows something of a service: `cloudwatch`, and what follows the `#` there */
export const consoleUrl = (region: string, service: string, place: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${place}`;
