/** Warnings to show before a deployment: valid environments with surprising effects. */
import { shortestStepSeconds } from "./alarm-windows";
import { isExampleAddress } from "./example-address";
import { stackName } from "./naming";
import { STRATEGIES } from "./release-strategies";
import { addressesOf } from "./stack-inputs";
import type { Environment } from "./variables";

/** @returns the topics without a subscriber; an existing topic belongs to someone else, who subscribes people to it */
const withoutSubscriber = (environment: Environment): string[] => {
  const addresses = addressesOf(environment);
  const { critical_alert_sms, critical_alert_https_endpoint, slack_channel_id } = environment;
  const subscribed = {
    critical: [...addresses.critical, critical_alert_sms, critical_alert_https_endpoint, slack_channel_id],
    performance: addresses.performance,
    log: addresses.log,
  };
  return (["critical", "performance", "log"] as const).filter(
    (severity) =>
      environment[`existing_${severity}_alerts_topic_arn`] === "" && subscribed[severity].every((each) => each === ""),
  );
};

type Check = (environment: Environment, all: readonly Environment[]) => string | undefined;

/** @returns a sentence if a release moves on before Lambda has reported the failures of the step before */
const shortStep = (environment: Environment): string | undefined => {
  const { enable_release_alias, release_strategy, lambda_timeout } = environment;
  const { everyMinutes } = STRATEGIES[release_strategy];
  const atLeast = shortestStepSeconds(lambda_timeout);
  if (!enable_release_alias || everyMinutes === 0 || everyMinutes * 60 > atLeast) return undefined;
  return `${stackName(environment)} shifts traffic after ${everyMinutes * 60} s (release_strategy ${release_strategy}), but Lambda can report a failure ${atLeast} s after its start (lambda_timeout ${lambda_timeout} s and delivery). Choose a strategy with longer steps, or a shorter lambda_timeout.`;
};

/** Uploads that the new version must get before it gets all of them, so that its failures can be seen. */
const ENOUGH_UPLOADS = 5;

/** @returns a sentence if a release's first step is over before the new version had enough uploads whose failures are reported in time */
const blindCanary = (environment: Environment): string | undefined => {
  const { enable_release_alias, release_strategy, lambda_timeout, uploads_per_month } = environment;
  const { everyMinutes, firstPercent } = STRATEGIES[release_strategy];
  if (!enable_release_alias || firstPercent === 100) return undefined;
  const seenSeconds = Math.max(0, everyMinutes * 60 - shortestStepSeconds(lambda_timeout));
  const uploads = (uploads_per_month / SECONDS_PER_MONTH) * (firstPercent / 100) * seenSeconds;
  if (uploads >= ENOUGH_UPLOADS) return undefined;
  return `${stackName(environment)} gives a new version about ${uploads.toFixed(1)} uploads (${firstPercent} % of ${uploads_per_month.toLocaleString("en-US")} a month) whose failures are reported before release_strategy ${release_strategy} goes on; ${ENOUGH_UPLOADS} are enough to see a bad version. Choose a strategy with longer steps.`;
};

const SECONDS_PER_MONTH = 30 * 24 * 3_600;

/** Each function gives at most one warning. To add one, add a function. */
const CHECKS: readonly Check[] = [
  (environment) => {
    const topics = withoutSubscriber(environment);
    if (topics.length === 0) return undefined;
    const which = topics.length === 3 ? ", so notifications" : ` for ${topics.join(" and ")} notifications, so these`;
    return `${stackName(environment)} has no subscribers${which} reach no one. Set alert_email in environments/${environment.environment}.local.tfvars or TF_VAR_alert_email.`;
  },
  (environment, all) => {
    const others = all.filter(
      ({ environment: name, aws_region, metric_namespace }) =>
        name < environment.environment &&
        aws_region === environment.aws_region &&
        metric_namespace === environment.metric_namespace,
    );
    return others.length === 0
      ? undefined
      : `${[...others, environment].map(stackName).join(" and ")} share the metric_namespace ${environment.metric_namespace}. In one account, each would count the log lines of the others.`;
  },
  (environment) =>
    isExampleAddress(environment.runbook_base_url)
      ? `${stackName(environment)} links to runbooks at ${environment.runbook_base_url}, which is only an example. Set runbook_base_url to the address where you publish docs/runbooks, or to "".`
      : undefined,
  shortStep,
  blindCanary,
  (environment) =>
    environment.enable_upload_api && environment.upload_api_public
      ? `${stackName(environment)} has a public upload API: anyone who knows its address can store files in your bucket, at your cost. Only upload_api_links_per_second (${environment.upload_api_links_per_second}) limits them.`
      : undefined,
  (environment) =>
    environment.existing_upload_bucket_name === ""
      ? undefined
      : `${stackName(environment)} replaces the notification configuration of the bucket ${environment.existing_upload_bucket_name}.`,
];

/** @param environments all that will be synthesized @returns one sentence for each warning */
export const warnings = (environments: readonly Environment[]): string[] =>
  environments.flatMap((environment) => CHECKS.flatMap((check) => check(environment, environments) ?? []));
