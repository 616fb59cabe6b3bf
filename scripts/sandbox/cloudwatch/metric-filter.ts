/** A metric filter of CloudWatch Logs: log lines in, data points out. */

/** As PutMetricFilter takes it; `value` is a number's text, `$.field` (JSON) or `$name` (space-delimited). */
export interface MetricFilter {
  readonly name: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly value: string;
    /** @default nothing is reported for a minute without a match */
    readonly defaultValue?: number;
    /** @default "None" */
    readonly unit?: string;
    /** Dimension names, and the selectors whose values they take. @default no dimensions */
    readonly dimensions?: Readonly<Record<string, string>>;
  };
}
