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
    bucketPrefixes: { upload: `${base}-upload-`, processed: `${base}-processed-` },
    topics: {
      critical: `${base}-critical-alerts`,
      performance: `${base}-performance-alerts`,
      log: `${base}-log-alerts`,
    },
    tags: { Project: project, Environment: environment, ManagedBy: "Terraform" },
  };
};

export type Names = ReturnType<typeof naming>;

/** Whom an alarm wakes: each severity has a topic. */
export type Severity = keyof Names["topics"];

/** @returns where the AWS console shows something of a service: `cloudwatch`, and what follows the `#` there */
export const consoleUrl = (region: string, service: string, place: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${place}`;
