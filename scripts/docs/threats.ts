/** What could be done to an environment, what prevents it, and which tests and resources show that. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expected, readStack } from "../sandbox/terraform-json";
import { code, table } from "../terminal/markdown";

const ROOT = join(__dirname, "../..");

interface Threat {
  readonly answer: string;
  /** Titles of tests, by their files in `__tests__`. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
  /** Types of Terraform resources that `prod` has. */
  readonly resources?: readonly string[];
}

/** Threats by the sentence that says them: add a row. */
export const THREATS = {
  "A damaged picture crashes the decoder, or makes it run for ever": {
    answer:
      "It is refused with a reason or made right: the tests try a thousand, `npm run fuzz` 20 000. What is not done in time fails, and is tried again.",
    tests: {
      "trials/fuzz/fuzz.test.ts": [
        "are refused with a reason or made right: no crash, no hang, no stray rejection, little memory",
      ],
      "handler/deadline.test.ts": ["logs every unfinished image and fails if S3 does not answer a %s"],
    },
  },
  "A small file unpacks to far too much": {
    answer: "Bytes, pixels, sides, frames, scans and packed texts have limits, held before a pixel is decoded.",
    tests: {
      "handler/refusals.test.ts": ["refuses the size claimed by a header before decoding"],
      "trials/fuzz/fuzz.test.ts": ["are refused for their reasons, in little memory"],
    },
  },
  "A file is one thing by its name and another by its bytes, such as SVG or HTML": {
    answer:
      "Names and content types decide nothing. Five formats are let in, by the first bytes; every other decoder is blocked. Nothing but newly encoded pixels is written.",
    tests: {
      "handler/refusals.test.ts": [
        "blocks all other loaders of libvips, in case a file gets past the check of its first bytes",
        "refuses a BMP that embeds another format",
      ],
    },
  },
  "A photo tells where it was taken, and by whom": {
    answer: "Variants carry no metadata. Uploads keep theirs, and are private.",
    tests: { "handler/variants.test.ts": ["makes %s in its format, upright, in colour and without metadata"] },
  },
  "A key breaks out of its folder, a header or a line of the log": {
    answer:
      "Keys are text to S3 and to JSON, are encoded where a header carries them, and cut where they grow too long.",
    tests: {
      "handler/keys.test.ts": ["names the variants of %s after its folder and name", "encodes %j in a header"],
      "trials/log-samples.test.ts": [
        "writes each line as one flat JSON object that carries the request and the level of its event",
      ],
    },
  },
  "A photo that is called AccessDenied.jpg wakes somebody": {
    answer: "Filters select fields, never words.",
    tests: { "trials/log-samples.test.ts": ["lets every filter hear exactly its own lines"] },
  },
  "An event is repeated, late or made up": {
    answer:
      "Output keys are derived from the upload, and an event whose object was replaced changes nothing. Only the upload bucket of this account may invoke; whoever may besides has no more than the function's role, which reads that bucket alone.",
    tests: {
      "handler/index.test.ts": ["overwrites only its own variants when its event is delivered again"],
      "handler/stale.test.ts": ["leaves the variants of its replacement unchanged, whichever event comes first"],
      "modules/stack.test.ts": ["depends on the permission, which only this bucket of this account has"],
    },
    resources: ["aws_lambda_permission"],
  },
  "Another account makes a service act here in its name": {
    answer:
      "What a service may do here is limited to this account or to one resource of it, by a condition. That Lambda can take the function's role needs none: only who may pass the role can make it.",
    tests: {
      "modules/sns_notifications.test.ts": [
        "creates one topic for each severity; only alarms of this account may publish to it",
      ],
      "trials/drill/permissions.test.ts": [
        "is refused wherever a statement, an action, a service or an account is another",
      ],
    },
  },
  "The function does what it need not": {
    answer:
      "Its role allows what the package was seen to call, and what a ledger gives a reason for; one action more or fewer fails a test.",
    tests: {
      "trials/drill/permissions.test.ts": [
        "allows exactly what the package calls, and what the ledger says that others need",
        "is refused without any one of its actions, and with one more",
      ],
    },
    resources: ["aws_iam_role_policy"],
  },
  "A bucket becomes public": {
    answer: "Access lists are off, public policies are blocked, and every request to the buckets can be written down.",
    tests: {
      "modules/s3_buckets.test.ts": [
        "creates the %s bucket encrypted, private and versioned, and removes noncurrent versions and old delete markers",
      ],
    },
    resources: ["aws_s3_bucket_public_access_block", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_logging"],
  },
  "Somebody reads a disk, or a wire": {
    answer:
      "Buckets, topics, queue and log are encrypted with the account's own key, which rotates; buckets and queue answer over TLS only.",
    tests: {
      "modules/encryption_key.test.ts": ["rotates, and only alarms of this account and this log group may use it"],
      "modules/s3_buckets.test.ts": ["denies requests to the %s bucket without TLS"],
      "modules/dead_letter_queue.test.ts": ["keeps messages for 14 days, encrypted, and accepts TLS only"],
    },
    resources: ["aws_kms_key", "aws_s3_bucket_server_side_encryption_configuration"],
  },
  "Pictures are deleted or overwritten": {
    answer: "The function can delete nothing and never touches an upload; old versions stay for 30 days.",
    tests: { "handler/index.test.ts": ["leaves the upload unchanged"] },
    resources: ["aws_s3_bucket_versioning"],
  },
  "Uploads without end run up a bill, or take the account's capacity": {
    answer: "Reserved concurrency is a ceiling too, loops are impossible and would be ended, and a budget tells.",
    tests: {
      "modules/codedeploy.test.ts": [
        "cannot loop: for all names of project and environment, it reads and writes different buckets",
      ],
    },
    resources: ["aws_lambda_function_recursion_config", "aws_budgets_budget"],
  },
  "A package of npm is not what it was": {
    answer:
      "Versions are exact, and npm ci holds every package to the lockfile's hash; the build does so again with sharp's native packages. AWS Signer can be required to have signed the zip.",
    tests: {
      "build/sharp-packages.test.ts": ["refuses a tarball that is not what the lockfile names"],
      "modules/codedeploy.test.ts": ["accepts only packages signed by its signing profile, where there is one"],
    },
  },
} as const satisfies Record<string, Threat>;

/** @returns what is cited and is not there */
export const uncited = (threats: Readonly<Record<string, Threat>>, stackDir: string): string[] => {
  const stack = readStack(stackDir);
  return Object.values(threats).flatMap(({ tests, resources = [] }) => [
    ...Object.entries(tests).flatMap(([file, titles]) => {
      const text = readFileSync(join(ROOT, "__tests__", file), "utf8");
      return titles.filter((title) => !text.includes(`"${title}"`)).map((title) => `${file}: ${title}`);
    }),
    ...resources.filter((type) => stack.resources(type, []).length === 0),
  ]);
};

/** @throws Error where a test or a resource that is cited does not exist */
export const threatsTable = (stackDir: string): string => {
  const missing = uncited(THREATS, stackDir);
  if (missing.length > 0) throw expected("every test and resource that is cited", "docs/security.md", missing);
  return table(
    ["threat", "answer", "shown by"],
    Object.entries<Threat>(THREATS).map(([threat, { answer, tests, resources = [] }]) => [
      threat,
      answer,
      [
        ...Object.entries(tests).flatMap(([file, titles]) => titles.map((title) => `[${title}](../__tests__/${file})`)),
        ...resources.map(code),
      ].join("; "),
    ]),
  );
};
