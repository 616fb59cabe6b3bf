/** Ledger of runbooks of alarms on the upload API and its links. */
import type { Runbooks } from "./runbook";
import type { RunbookFacts } from "./runbook-facts";

/** @returns how to try the API as a client does */
const tryIt = ({ stack }: RunbookFacts): string =>
  `Upload a photo as a client does: \`npm run upload -- ${stack} photo.jpg\`.`;

/** By the alarm's name: add a row. */
export const UPLOAD_RUNBOOKS = {
  "upload-api-errors": (facts) => ({
    impact:
      "Clients get no upload links, or cannot see the state of their uploads. Uploads that are in the bucket are processed.",
    causes: [
      "`errorName` in the first query is that of DynamoDB: the table throttles, fails or denies access.",
      "The function runs into its timeout or cannot start: the first query shows `record.status`.",
      "Lambda throttles the function because the account's concurrency is used up. Then neither query nor log shows anything, and API Gateway answers `503`.",
    ],
    fix: [
      `Find the most frequent \`errorName\` in the first query. See what differs from the stack with \`npm run plan -- ${facts.stack}\`, and restore it with ${facts.deploy}.`,
      "Without any line, compare the account's *Concurrent executions* with its quota in Service Quotas.",
      `If it started with a deployment, deploy the last commit that worked: ${facts.deploy}. A release of the other function changes nothing here.`,
      tryIt(facts),
    ],
    afterwards: ["Nothing is lost: clients ask for a new link."],
  }),
  "upload-api-refusals": (facts) => ({
    impact: "Clients whose requests are refused cannot upload.",
    causes: [
      "A new version of a client sends another body, or an unknown `contentType`: `problem` in the first query says what is wrong.",
      "Tokens or signatures are refused with `401` or `403`, which the function does not see: the issuer changed its keys or its address, or a policy of the callers was changed.",
      `Clients send more requests than ${facts.value("upload_api_links_per_second")} and ${facts.value("upload_api_reads_per_second")} allow; they get \`429\`.`,
      "Someone scans the API, or guesses ids; these requests get `404`.",
    ],
    fix: [
      "Count `statusCode` and `problem` in the first query. Refusals without a line are API Gateway's own.",
      tryIt(facts),
      `If clients need more requests, raise the limits and run ${facts.deploy}.`,
      `If so many refusals are normal here, raise ${facts.value("upload_api_refusal_threshold_percent", "percent")}.`,
    ],
  }),
  "upload-api-latency": (facts) => ({
    impact: "Clients wait long for upload links, or give up.",
    causes: [
      "DynamoDB answers slowly: the function waits for the record of each link.",
      "Traffic rises quickly, so that many requests wait for a cold start.",
    ],
    fix: [
      `See whether \`durationMs\` in the first query is as long. If not, the time passes before the function starts.`,
      "For DynamoDB, see the AWS Health Dashboard of this region, and wait.",
      `If such a latency is normal here, raise ${facts.value("upload_api_latency_threshold_ms", "milliseconds")}.`,
    ],
  }),
  "links-unused": (facts) => ({
    impact: "Clients get upload links, but their files do not reach the function.",
    causes: [
      "S3 refuses the uploads: files are too large, or clients change the form. Only the client sees S3's answer.",
      "Browsers refuse to send them: `upload_api_cors_origins` lacks the address of a page.",
      "The function's permission for the bucket or the key was changed by hand, so that S3 denies every link.",
      "The notification of the bucket was changed, so that uploads invoke nothing; `no-invocations` fires, too, where it exists.",
      "A client asks for links without need.",
    ],
    fix: [
      tryIt(facts),
      `If that works, ask the senders of the keys in the first query for S3's answer. If not, see what differs with \`npm run plan -- ${facts.stack}\`, and restore it with ${facts.deploy}.`,
      `If so many unused links are normal here, raise ${facts.value("links_unused_threshold_percent", "percent")}.`,
    ],
  }),
  "direct-uploads": () => ({
    impact: "Some clients cannot upload, or wait long.",
    causes: [
      "`upload-api-refusals` is in ALARM: many requests are refused.",
      "`upload-api-latency` is in ALARM: the API answers slowly.",
      "`links-unused` is in ALARM: links are issued, but uploads do not arrive.",
    ],
    fix: ["Continue with the runbook of the alarm that is in ALARM."],
  }),
} as const satisfies Runbooks;
