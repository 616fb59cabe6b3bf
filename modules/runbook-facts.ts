/** Sentences and commands that runbooks share, with the values of one environment. */

import type { AlarmName } from "./alarm-rows";
import { singleAlarms } from "./alarm-rows";
import { naming, stackName } from "./naming";
import type { Environment, NumberVariable } from "./variables";

/** Full names of the buckets, or placeholders such as `<upload bucket>`. */
export interface BucketNames {
  readonly upload: string;
  readonly processed: string;
}

export type RunbookFacts = ReturnType<typeof factsOf>;

const UNITS = [
  { seconds: 3600, name: "hour" },
  { seconds: 60, name: "minute" },
  { seconds: 1, name: "second" },
];

/** @returns the duration in the largest unit that divides it: "1 hour", "90 seconds" */
export const duration = (seconds: number): string => {
  const { seconds: size, name } = UNITS.find((unit) => seconds % unit.seconds === 0) ?? { seconds: 1, name: "second" };
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
};

/** @returns sentences that are true for this environment, for use in its runbooks */
export const factsOf = (environment: Environment, buckets: BucketNames) => {
  const stack = stackName(environment);
  const { functionName } = naming(environment);
  const alarms = new Set(singleAlarms(environment).map(({ name }) => name));
  const alias = environment.enable_release_alias;
  const queue = environment.enable_dead_letter_queue;
  const deploy = `\`npm run deploy -- ${stack}\``;
  const release = `\`npm run release -- ${stack}\``;
  const attempts = environment.lambda_retry_attempts;
  const copy = `\`aws s3 cp s3://${buckets.upload}/<key> s3://${buckets.upload}/<key> --metadata-directive REPLACE\``;
  return {
    environment,
    stack,
    functionName,
    buckets,
    alias,
    queue,
    deploy,
    /** A variable with its value and unit. */
    value: (name: NumberVariable, unit = ""): string => `\`${name}\` (${environment[name]}${unit && ` ${unit}`})`,
    /** @returns the sentence if the environment has the alarm */
    ifAlarm: (name: AlarmName, sentence: string): string[] => (alarms.has(name) ? [sentence] : []),
    /** @returns the sentences if refused files count as errors and failures */
    ifRefusalsFail: (...sentences: string[]): string[] => (environment.refusal_log_level === "ERROR" ? sentences : []),
    /** How to make a changed variable effective. */
    apply: alias ? `${deploy}, then ${release}: uploads invoke the released version` : deploy,
    rollback: alias
      ? `If it started with a release, roll back: \`npm run release -- ${stack} --rollback\`.`
      : `If it started with a deployment, check out the previous commit and run ${deploy}.`,
    /** What happens to a failed upload. */
    retries:
      attempts === 0
        ? "Lambda does not retry failed uploads (`lambda_retry_attempts`)."
        : `Lambda retries each failed upload ${attempts === 1 ? "once" : `up to ${attempts} times`} (\`lambda_retry_attempts\`).`,
    dropped: queue
      ? "Lambda then sends its event to the dead-letter queue."
      : "Lambda then drops its event. The upload stays in the bucket.",
    maxWait: `${duration(environment.lambda_max_event_age_seconds)} (\`lambda_max_event_age_seconds\`)`,
    /** How to process uploads whose events Lambda has given up. */
    reprocess: queue
      ? `Process the events in the dead-letter queue: \`npm run redrive -- ${stack}\`. Do not copy uploads over themselves: that makes a second set of variants.`
      : `Process each lost upload again by copying it over itself: ${copy}.`,
    query: (name: string): string =>
      environment.enable_saved_queries
        ? `the saved query \`${functionName}/${name}\``
        : `the query \`${name}\` of modules/queries.ts`,
  };
};
