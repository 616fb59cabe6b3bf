/** What the stack passes to its modules, computed from the environment. */
import { costWidget } from "./cost-widget";
import type { DashboardStack } from "./dashboard-charts";
import { homeOf, naming, type Severity, stackName, stacksOf } from "./naming";
import type { Environment } from "./variables";

/** The e-mail address of each topic; "" where it has none. */
const emailsOf = (environment: Environment): Record<Severity, string> => ({
  critical: environment.critical_alert_email,
  performance: environment.performance_alert_email,
  log: environment.log_alert_email,
});

/** @returns all e-mail addresses of each topic */
export const addressesOf = (environment: Environment): Record<Severity, readonly string[]> => {
  const emails = emailsOf(environment);
  const all = (severity: Severity) => [
    ...new Set(
      [emails[severity], ...environment[`additional_${severity}_alert_emails`]].filter((address) => address !== ""),
    ),
  ];
  return { critical: all("critical"), performance: all("performance"), log: all("log") };
};

/** Whether the stack has the dashboard of all regions. */
export const isHome = (environment: Environment): boolean => homeOf(environment).aws_region === environment.aws_region;

/** @returns what the dashboard shows: the stacks of all regions, and the upload API of this region */
export const dashboardStacks = (
  environment: Environment,
  uploadApiId?: string,
): [DashboardStack, ...DashboardStack[]] => {
  const [first = environment, ...others] = stacksOf(environment);
  const shown = (stack: Environment): DashboardStack => {
    const names = naming(stack);
    const isOwn = stack.aws_region === environment.aws_region;
    return {
      values: stack,
      names: { ...names, ...(isOwn && uploadApiId !== undefined && { uploadApiId }) },
      showsRegion: stack.regions.length > 0,
      showsImages: true,
      cost: costWidget(stack, names),
    };
  };
  return [shown(first), ...others.map(shown)];
};

/** @returns where to look first when an alarm fires */
export const helpOf = (environment: Environment): string => {
  const stack = stackName(environment);
  const doctor = `Start with: npm run doctor -- ${stack}.`;
  return environment.enable_saved_queries ? doctor : `${doctor} Log: npm run logs -- ${stack} --errors.`;
};
