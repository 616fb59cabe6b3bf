/** What a runbook says about its environment: values of variables, and steps that depend on what is switched on. */
import type { Environment, VariableName } from "../../modules/variables";

export interface RunbookFacts {
  readonly environment: Environment;
  /** Name of the stack, as commands take it. */
  readonly stack: string;
  /** Name of the upload bucket, or a placeholder. */
  readonly uploadBucket: string;
}

/** Variables that are part of a version of the function: with an alias, a change takes effect with a release. */
const IN_VERSION: readonly VariableName[] = [
  ...(["lambda_memory_size", "lambda_timeout", "large_image_bytes"] as const),
  ...(["max_image_bytes", "max_image_pixels", "max_image_side_px", "max_image_frames"] as const),
];

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** Such as "1 hour" or "90 seconds". */
const duration = (seconds: number): string => {
  if (seconds % 3600 === 0) return plural(seconds / 3600, "hour");
  return seconds % 60 === 0 ? plural(seconds / 60, "minute") : plural(seconds, "second");
};

const MEGABYTE = 1024 ** 2;

/** @returns the value of a variable as a person writes it */
export const shownValue = (environment: Environment, name: VariableName): string => {
  const value = environment[name];
  if (typeof value !== "number") return String(value);
  if (name.endsWith("_seconds") || name === "lambda_timeout") return duration(value);
  if (name.endsWith("_ms")) return duration(value / 1000);
  if (name.endsWith("_bytes")) return `${Number((value / MEGABYTE).toFixed(1))} MB`;
  if (name === "lambda_memory_size") return `${value} MB`;
  if (name.endsWith("_percent")) return `${value} %`;
  return value.toLocaleString("en-US");
};

/** Such as "`lambda_timeout` (1 minute)". */
export const variable = ({ environment }: RunbookFacts, name: VariableName): string =>
  `\`${name}\` (${shownValue(environment, name)})`;

/**
 * @param when begins the sentence, such as "If such images are normal"
 * @returns a step that changes a variable, with the commands that put the change into service
 */
export const change = (facts: RunbookFacts, verb: "Raise" | "Lower", name: VariableName, when?: string): string => {
  const { environment, stack } = facts;
  const isReleased = environment.enable_release_alias && IN_VERSION.includes(name);
  const commands = `\`npm run deploy -- ${stack}\`${isReleased ? `, and then \`npm run release -- ${stack}\`` : ""}`;
  const verbInSentence = when === undefined ? verb : `${when}, ${verb.toLowerCase()}`;
  return `${verbInSentence} ${variable(facts, name)} in \`environments/${environment.environment}.tfvars\` and run ${commands}.`;
};

/** The step that undoes the last deployment or release. */
export const undo = ({ environment, stack }: RunbookFacts): string =>
  environment.enable_release_alias
    ? `If it began with a release, roll back: \`npm run release -- ${stack} --rollback\`. If it began with a deployment of permissions, buckets or alarms, deploy the previous commit: \`npm run deploy -- ${stack}\`.`
    : `If it began with a deployment, deploy the previous commit: \`npm run deploy -- ${stack}\`.`;

/** The step that undoes changes made by hand. */
export const restore = ({ stack }: RunbookFacts): string =>
  `\`npm run plan -- ${stack}\` shows what differs from the configuration, and \`npm run deploy -- ${stack}\` restores it.`;

/** How to process uploads whose events were dropped. */
export const reprocess = ({ environment, stack, uploadBucket }: RunbookFacts): string =>
  environment.enable_dead_letter_queue
    ? `When the cause is fixed, process the dropped uploads again: \`npm run redrive -- ${stack}\`. Don't copy them: a copy is a new version and gets a second set of variants.`
    : `When the cause is fixed, process the dropped uploads again. Copy each one onto itself: \`aws s3 cp s3://${uploadBucket}/<key> s3://${uploadBucket}/<key> --metadata-directive REPLACE\`.`;

/** What becomes of an upload that fails every time. */
export const afterRetries = (facts: RunbookFacts): string => {
  const kept = facts.environment.enable_dead_letter_queue
    ? "its event goes to the dead-letter queue and stays there for 14 days"
    : "its event is dropped; the upload itself stays in the bucket";
  return `Lambda retries each upload ${plural(facts.environment.lambda_retry_attempts, "time")} (\`lambda_retry_attempts\`). After that, ${kept}.`;
};

/** How long an upload may wait for the function. */
export const waiting = (facts: RunbookFacts): string => {
  const { enable_dead_letter_queue: isKept } = facts.environment;
  return `Uploads wait for at most ${shownValue(facts.environment, "lambda_max_event_age_seconds")} (\`lambda_max_event_age_seconds\`). After that, Lambda drops their events${isKept ? " into the dead-letter queue" : ""}.`;
};

/** What to look at first: a release may be the cause. */
export const releaseStatus = ({ environment, stack }: RunbookFacts): readonly string[] =>
  environment.enable_release_alias ? [`npm run release -- ${stack} --status`] : [];

/** @returns a saved query as a reader finds it, or where its text is */
export const savedQuery = ({ environment }: RunbookFacts, name: string): string =>
  environment.enable_saved_queries ? `the saved query \`${name}\`` : `the query \`${name}\` of \`modules/queries.ts\``;
