/** Commands that do the same in a real environment. */
import { NAME_END } from "../sandbox/terraform-json";
import type { Hint } from "./protocol";

/** A bucket whose name AWS completes is found by how its name begins. */
const bucketInAws = (localName: string): string => {
  const prefix = localName.endsWith(NAME_END) ? localName.slice(0, -NAME_END.length) : undefined;
  if (prefix === undefined) return localName;
  return `$(aws s3api list-buckets --query "Buckets[?starts_with(Name, '${prefix}')].Name | [0]" --output text)`;
};

interface Place {
  readonly environment: string;
  readonly uploadBucket: string;
  readonly s3Url: string;
  /** Address of the upload API on this machine. @default the stack has none */
  readonly apiUrl: string | undefined;
  /** One that the drill makes fire. */
  readonly alarm: string;
}

/** Every hint, by the place in the page that shows it: add a row. */
const HINTS: Readonly<Record<string, readonly [what: string, command: (place: Place) => string]>> = {
  upload: [
    "Upload to this machine's S3",
    ({ s3Url, uploadBucket }) =>
      `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws s3 cp photo.jpg s3://${uploadBucket}/ --endpoint-url ${s3Url}`,
  ],
  uploadAws: ["Upload to S3 in AWS", ({ uploadBucket }) => `aws s3 cp photo.jpg "s3://${bucketInAws(uploadBucket)}/"`],
  smoke: ["Upload one image of every format in AWS", ({ environment }) => `npm run smoke -- ${environment}`],
  logs: ["Follow the log in AWS", ({ environment }) => `npm run logs -- ${environment} --follow`],
  key: ["Lines about one upload in AWS", ({ environment }) => `npm run logs -- ${environment} --key '*photo.jpg'`],
  redrive: ["Process the dead-letter queue again in AWS", ({ environment }) => `npm run redrive -- ${environment}`],
  alarms: ["Alarms and their states in AWS", ({ environment }) => `npm run alarms -- ${environment} list`],
  test: [
    "Send yourself a test alarm in AWS",
    ({ environment }) => `npm run alarms -- ${environment} test timeout-errors`,
  ],
  dashboard: ["Links to the AWS console", ({ environment }) => `npm run links -- ${environment}`],
  images: ["Uploads that failed or were refused in AWS", ({ environment }) => `npm run images -- ${environment}`],
  image: ["The record of one upload in AWS", ({ environment }) => `npm run images -- ${environment} photo.jpg`],
  direct: [
    "Upload by a link of this machine's API",
    ({ environment, apiUrl }) =>
      `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local npm run upload -- ${environment} photo.jpg --api-url ${apiUrl}`,
  ],
  directAws: ["Upload by a link of the API in AWS", ({ environment }) => `npm run upload -- ${environment} photo.jpg`],
  backfill: [
    "Backfill this machine's upload bucket",
    ({ environment, s3Url }) =>
      `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local npm run backfill -- ${environment} --endpoint-url ${s3Url}`,
  ],
  backfillAws: [
    "Count what a backfill would process in AWS, and its cost",
    ({ environment }) => `npm run backfill -- ${environment} --dry-run`,
  ],
  backfillResume: [
    "Go on with a run that was stopped in AWS",
    ({ environment }) => `npm run backfill -- ${environment} --resume`,
  ],
  drill: ["Make every alarm fire on this machine", ({ environment }) => `npm run drill -- --env ${environment}`],
  drillAlarm: [
    "Make one alarm fire on this machine",
    ({ environment, alarm }) => `npm run drill -- --env ${environment} --alarm ${alarm}`,
  ],
  patterns: ["Check every metric filter", ({ environment }) => `npm run patterns -- ${environment}`],
};

export const hintsOf = (place: Place): Hint[] =>
  Object.entries(HINTS).map(([id, [what, command]]) => ({ id, what, command: command(place) }));
