/** Ledger of runbooks of alarms on backfills. */
import type { Runbooks } from "./runbook";
import type { RunbookFacts } from "./runbook-facts";

const IMPACT =
  "None for live uploads: a backfill has its own function and concurrency. Its objects are not all processed.";

const look = ({ stack }: RunbookFacts): string =>
  `See which run it is, and how far it got: \`npm run backfill -- ${stack} --status\`.`;

const resume = ({ stack }: RunbookFacts): string =>
  `When the cause is fixed, continue: \`npm run backfill -- ${stack} --resume\`. Batches that have finished do not run again.`;

const retry = ({ stack }: RunbookFacts): string =>
  `A run within its tolerated failures succeeds and cannot be resumed. Process what failed in it: \`npm run backfill -- ${stack} --retry <run>\`.`;

/** By the alarm's name: add a row. */
export const BACKFILL_RUNBOOKS = {
  "backfill-failed": (facts) => ({
    impact: IMPACT,
    causes: [
      `More than ${facts.value("backfill_tolerated_failure_percent", "percent")} of its objects were in batches that failed; \`backfill-batches-failed\` fires, too.`,
      "Step Functions cannot read the manifest or write the results: the role of the state machine was changed by hand, or the manifest expired.",
    ],
    fix: [
      look(facts),
      "Find the most frequent `errorName` in the first query. Without any line, see the cause of the run in the Step Functions console.",
      `See what differs from the stack with \`npm run plan -- ${facts.stack}\`, and restore it with ${facts.deploy}.`,
      resume(facts),
    ],
  }),
  "backfill-timed-out": (facts) => ({
    impact: IMPACT,
    causes: [
      `The run has more objects than ${facts.value("backfill_max_concurrency")} batches at once can process in ${facts.value("backfill_max_hours", "hours")}.`,
      "Objects are slow, or S3 answers slowly: the first query shows what failed meanwhile.",
    ],
    fix: [
      look(facts),
      `If it only needs more time: raise \`backfill_max_hours\` or \`backfill_max_concurrency\`, and run ${facts.deploy}. A resumed run keeps its old limits, so start a new one: it skips what is stored.`,
      `Otherwise fix the cause, then continue: \`npm run backfill -- ${facts.stack} --resume\`.`,
    ],
  }),
  "backfill-aborted": (facts) => ({
    impact: IMPACT,
    causes: [
      `A person stopped it: \`npm run backfill -- ${facts.stack} --stop\`, or in the Step Functions console. CloudTrail names the caller of \`StopExecution\`.`,
    ],
    fix: [
      look(facts),
      "If it was intended, there is nothing to do.",
      `Otherwise continue: \`npm run backfill -- ${facts.stack} --resume\`. Step Functions allows that for 14 days.`,
    ],
  }),
  "backfill-batches-failed": (facts) => ({
    impact: IMPACT,
    causes: [
      "S3, KMS or DynamoDB fails or denies access: `errorName` and `operation` in the first query say which.",
      `Batches run into \`lambda_timeout\`: their images are slower than ${facts.value("backfill_slowest_image_seconds", "seconds")} each.`,
      "Lambda throttles the function: an aborted run still uses its reserved concurrency, or it is used elsewhere.",
    ],
    fix: [
      look(facts),
      "Find the most frequent `errorName` in the first query.",
      `For timeouts, lower ${facts.value("backfill_batch_size")} and run ${facts.deploy}.`,
    ],
    afterwards: [retry(facts)],
  }),
  "backfill-batches-timed-out": (facts) => ({
    impact: IMPACT,
    causes: [
      "Each attempt of a batch runs until its timeout, because S3 answers slowly or its images are slow.",
      "Lambda throttles the function for minutes.",
    ],
    fix: [
      look(facts),
      "See in the first query what failed, and how long the invocations took.",
      `Lower ${facts.value("backfill_batch_size")} and run ${facts.deploy}.`,
    ],
    afterwards: [retry(facts)],
  }),
  "backfill-failure-rate": (facts) => ({
    impact: IMPACT,
    causes: [
      "S3, KMS or DynamoDB fails or denies access for many objects.",
      "The code in service cannot process a kind of old object, and fails instead of refusing it.",
    ],
    fix: [
      "Find the most frequent `errorName` in the first query.",
      `If more objects fail, stop the run before it fails: \`npm run backfill -- ${facts.stack} --stop\`.`,
      resume(facts),
      `If so many failures are normal here, raise ${facts.value("backfill_failure_threshold_percent", "percent")}.`,
    ],
  }),
} as const satisfies Runbooks;
