/** Outputs that the Terraform original has for each of its alarms. They are "" where the alarm does not exist. */

/** Outputs of `cloudwatch_alarms`, with the short names of the alarms. */
export const METRIC_ALARM_OUTPUTS = {
  error_alarm_arn: "high-error-rate",
  duration_alarm_arn: "high-duration",
  throttle_alarm_arn: "throttles",
  concurrency_alarm_arn: "high-concurrency",
  log_error_alarm_arn: "log-errors",
  success_rate_alarm_arn: "low-success-rate",
} as const;

/** Outputs of `log_alerts`, with the short names of the alarms. */
export const LOG_ALARM_OUTPUTS = {
  timeout_alarm_arn: "timeout-errors",
  memory_alarm_arn: "memory-errors",
  pil_alarm_arn: "image-processing-errors",
  s3_permission_alarm_arn: "s3-permission-errors",
  critical_alarm_arn: "critical-errors",
  large_image_alarm_arn: "large-images",
} as const;

/** @param arns of all alarms by short name */
export const originalOutputs = <O extends Readonly<Record<string, string>>>(
  names: O,
  arns: Readonly<Record<string, string>>,
): { readonly [N in keyof O]: string } =>
  Object.fromEntries(Object.entries(names).map(([output, alarm]) => [output, arns[alarm] ?? ""])) as {
    readonly [N in keyof O]: string;
  };
