/** Names and tags, decided once. */

/** @returns every name that follows from the project's and the environment's. */
export const naming = (project: string, environment: string) => {
  const base = `${project}-${environment}`;
  const functionName = `${base}-processor`;
  return {
    functionName,
    roleName: `${functionName}-role`,
    logGroupName: `/aws/lambda/${functionName}`,
    dashboardName: `${functionName}-monitoring`,
    bucketPrefixes: { upload: `${base}-upload-`, processed: `${base}-processed-`, logs: `${base}-logs-` },
    topics: {
      critical: `${base}-critical-alerts`,
      performance: `${base}-performance-alerts`,
      log: `${base}-log-alerts`,
    },
    keyName: base,
    budgetName: base,
  };
};

/** What a stack's bill is told apart by; each must be activated as a cost allocation tag before the bill shows it. */
interface Billing {
  readonly project_name: string;
  readonly environment: string;
  readonly cost_center: string;
  readonly owner: string;
  readonly monthly_budget_usd: number;
}

/** @returns the tags of everything in a stack; those that would be empty are left out */
export const tagsOf = ({ project_name, environment, ...billing }: Billing): Record<string, string> => ({
  Project: project_name,
  Environment: environment,
  ManagedBy: "Terraform",
  ...(billing.cost_center !== "" && { CostCenter: billing.cost_center }),
  ...(billing.owner !== "" && { Owner: billing.owner }),
  // A budget adds up the resources of one tag, and neither Project nor Environment is this stack's alone.
  ...(billing.monthly_budget_usd > 0 && { Budget: naming(project_name, environment).budgetName }),
});

export type Names = ReturnType<typeof naming>;

/** Whom an alarm wakes: each severity has a topic. */
export type Severity = keyof Names["topics"];

/** @returns where the AWS console shows something of a service: `cloudwatch`, and what follows the `#` there */
export const consoleUrl = (region: string, service: string, place: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${place}`;
