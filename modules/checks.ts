/** Reusable rows for variables: the allowed values in words, and the check. */
import { z } from "zod";
import type { Variants } from "../handler/contract/variants";

/** @returns a row that allows only these texts */
export const choice = <const C extends readonly [string, ...string[]]>(...choices: C) => ({
  what: `one of ${choices.join(", ")}`,
  check: z.enum(choices),
});

/** @param unit plural, as in "a whole number of seconds" */
export const whole = (from: number, to: number, unit?: string) => ({
  what: `a whole number${unit === undefined ? "" : ` of ${unit}`} from ${from} to ${to}`,
  check: z.int().min(from).max(to),
});

export const text = (what: string, pattern: RegExp) => ({ what, check: z.string().regex(pattern) });

/** Retention periods that CloudWatch Logs accepts: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export const FLAG = { what: "true or false", check: z.boolean() };
export const COUNT = whole(1, 1_000_000);
export const BYTES = whole(1, 5_000_000_000, "bytes");
export const PERCENT = { what: "a number above 0 and up to 100", check: z.number().gt(0).max(100) };
export const SHARE = { what: "a number above 2 and up to 100", check: z.number().gt(2).max(100) };
/** With less, an alarm at 14.4 times the allowed share could never fire. */
export const SLO = { what: "a number from 95 up to, but not including, 100", check: z.number().min(95).lt(100) };
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html: a single period lasts a day at most. */
export const WINDOW = {
  what: "a multiple of 60 seconds from 60 to 86400",
  check: z.int().min(60).max(86_400).multipleOf(60),
};
export const RETENTION = { what: `one of ${RETENTION_DAYS.join(", ")} days`, check: z.literal(RETENTION_DAYS) };
/** Regions of the partitions aws, aws-us-gov and aws-cn. Isolated regions (us-iso-east-1 …) are not supported. */
const REGION_NAME = /^(?!us-iso|eu-iso)[a-z]{2}(-[a-z]+)+-\d$/;
export const REGION = text("an AWS region such as us-east-1, us-gov-west-1 or cn-north-1", REGION_NAME);
export const REGIONS = {
  what: "a list of different AWS regions",
  check: z.array(z.string().regex(REGION_NAME)).refine((regions) => new Set(regions).size === regions.length),
  condition: (regions: string) => `length(distinct(${regions})) == length(${regions})`,
};
export const NAME = text("lower-case letters, digits and hyphens, starting with a letter", /^[a-z](-?[a-z0-9])*$/);
const NAMESPACE_WORDS = "a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/)";
export const NAMESPACE = text(NAMESPACE_WORDS, /^(?!AWS\/)[\w.\-/#]{1,255}$/);
export const NAMESPACE_OR_DEFAULT = text(`${NAMESPACE_WORDS}, or ""`, /^(?!AWS\/)[\w.\-/#]{0,255}$/);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const RESERVED_BUCKET_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_BUCKET_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
const BUCKET_NAME = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @returns whether S3 refuses a bucket because of the start of its name */
export const isReservedBucketPrefix = (name: string): boolean =>
  RESERVED_BUCKET_PREFIXES.some((prefix) => name.startsWith(prefix));

const bucketName = (suffixes: readonly string[]) => ({
  what: 'a bucket name that S3 allows, or ""',
  check: z
    .string()
    .refine(
      (name) =>
        name === "" ||
        (BUCKET_NAME.test(name) && !isReservedBucketPrefix(name) && !suffixes.some((suffix) => name.endsWith(suffix))),
    ),
  condition: (name: string) =>
    [
      `can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", ${name}))`,
      `!can(regex("\\\\.\\\\.|^[0-9]+\\\\.[0-9]+\\\\.[0-9]+\\\\.[0-9]+$", ${name}))`,
      `!can(regex("^(${RESERVED_BUCKET_PREFIXES.join("|")})", ${name}))`,
      `!can(regex("(${suffixes.join("|").replaceAll(".", "[.]")})$", ${name}))`,
    ].join(" && "),
});

/** Name of a bucket that exists. */
export const BUCKET = bucketName(RESERVED_BUCKET_SUFFIXES);
/** Name of a bucket to create: the suffix -an is reserved for buckets in an account's own namespace. */
export const NEW_BUCKET = bucketName([...RESERVED_BUCKET_SUFFIXES, "-an"]);
export const KEY = text('a key such as images/dev.tfstate, or ""', /^([^/\s][^\s]{0,1023})?$/);
export const PHONE = text('a phone number such as "+15555550100", or ""', /^(\+[1-9]\d{6,14})?$/);
export const URL_BASE = text(
  'an address such as https://example.com/runbooks, or ""',
  /^(https:\/\/[^\s"/]+(\/[^\s"/]+)*)?$/,
);
export const SIGNER = text(
  'the ARN of a signing profile version, or ""',
  /^(arn:aws[\w-]*:signer:[\w-]+:\d{12}:\/signing-profiles\/\w{2,64}\/\w{10})?$/,
);
export const RESERVATION = {
  what: "-1 or a whole number from 1 to 100000",
  check: z
    .int()
    .min(-1)
    .max(100_000)
    .refine((count) => count !== 0),
  condition: (count: string) => `floor(${count}) == ${count} && ${count} >= -1 && ${count} <= 100000 && ${count} != 0`,
};
export const LABEL = text('letters, digits, spaces and . : / = + - @ _, or ""', /^[\p{L}\p{N} .:/=+\-@_]{0,256}$/u);
/** Zod's own pattern without its look-aheads, which forbid a dot at the start and two in a row. */
const isEmail = (address: string): string =>
  `can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", ${address}))`;

export const EMAIL = {
  what: 'an e-mail address, or ""',
  check: z.string().refine((address) => address === "" || z.email().safeParse(address).success),
  condition: (address: string) => `${address} == "" || ${isEmail(address)}`,
};

/** @param matches the check of an element as a Terraform condition */
const listOf = (what: string, item: z.ZodType<string>, max: number, matches: (element: string) => string) => ({
  what: `a list of different ${what}, at most ${max}`,
  condition: (list: string) =>
    `length(distinct(${list})) == length(${list}) && length(${list}) <= ${max} && alltrue([for each in ${list} : ${matches("each")}])`,
  check: z
    .array(item)
    .max(max)
    .refine((list) => new Set(list).size === list.length),
});

export const EMAILS = listOf("e-mail addresses", z.email(), 100, isEmail);
/** Lambda allows 16 subnets and 5 security groups: https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
export const SUBNETS = listOf(
  "subnet ids such as subnet-0123456789abcdef0",
  z.string().regex(/^subnet-[0-9a-f]{8,17}$/),
  16,
  (id) => `can(regex("^subnet-[0-9a-f]{8,17}$", ${id}))`,
);
export const SECURITY_GROUPS = listOf(
  "security group ids such as sg-0123456789abcdef0",
  z.string().regex(/^sg-[0-9a-f]{8,17}$/),
  5,
  (id) => `can(regex("^sg-[0-9a-f]{8,17}$", ${id}))`,
);
export const KMS_KEY = text('the ARN of a KMS key, or ""', /^(arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+)?$/);
export const TOPIC = text('the ARN of an SNS topic, or ""', /^(arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256})?$/);
export const TOPIC_ARN = text("the ARN of an SNS topic", /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/);
export const POLICY = text(
  'the ARN of an IAM policy, or ""',
  /^(arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512})?$/,
);
export const HTTPS = text('an address that starts with https://, or ""', /^(https:\/\/[^\s"/]+(\/[^\s"]*)?)?$/);
const _LOG_GROUP = text('the name of a log group, or ""', /^([\w.\-/#]{1,512})?$/);
export const SLACK_WORKSPACE = text('a Slack workspace id such as T0123456789, or ""', /^(T[A-Z0-9]{1,254})?$/);
export const SLACK_CHANNEL = text('a Slack channel id such as C0123456789, or ""', /^([CG][A-Z0-9]{1,254})?$/);
export const HEADER = text("the value of a header, of up to 200 characters", /^[!-~]([ -~]{0,198}[!-~])?$/);
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const TAG_TEXT = "[\\p{L}\\p{N} .:/=+\\-@_]";
export const OBJECT_TAGS = {
  what: "at most 10 tags (letters, digits, spaces and . : / = + - @ _ ; {variant} in values)",
  check: z
    .record(
      z.string().regex(new RegExp(`^(?!aws:)${TAG_TEXT}{1,128}$`, "iu")),
      z.string().regex(new RegExp(`^(${TAG_TEXT}|\\{variant\\}){0,200}$`, "u")),
    )
    .refine((tags) => Object.keys(tags).length <= 10),
};
/** A table of variants; a rule finds the mistakes in it. */
export const VARIANTS = {
  what: "a map of variants by name",
  check: z.custom<Variants>((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
};
/** Limits that every tagged service accepts: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export const TAGS = {
  what: "at most 40 tags (letters, digits, spaces and . : / = + - @ _ ; keys without the prefix aws:)",
  check: z
    .record(
      z.string().regex(/^(?!aws:)[\p{L}\p{N} .:/=+\-@_]{1,128}$/iu),
      z.string().regex(/^[\p{L}\p{N} .:/=+\-@_]{0,256}$/u),
    )
    .refine((tags) => Object.keys(tags).length <= 40),
  condition: (tags: string) =>
    [
      `length(${tags}) <= 40`,
      `alltrue([for key, value in ${tags} : can(regex("^[\\\\p{L}\\\\p{N} .:/=+@_-]{1,128}$", key))])`,
      `alltrue([for key, value in ${tags} : can(regex("^[\\\\p{L}\\\\p{N} .:/=+@_-]{0,256}$", value))])`,
      `!anytrue([for key, value in ${tags} : can(regex("^(?i)aws:", key))])`,
    ].join(" && "),
};
