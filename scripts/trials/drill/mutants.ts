/** Mutants: single changes to a synthesized stack, made by rules for its JSON. The drill must notice each one. */
import type { OTHERS } from "./scenarios";

export type Json = Record<string, unknown>;

export interface Mutant {
  readonly name: string;
  /** The whole `cdk.tf.json`, changed. */
  readonly stack: Json;
  /** The function itself, or how it is run, is changed, so that this has to be run again. @default nothing has to */
  readonly reruns?: keyof typeof OTHERS;
}

/** A change of one value: where it is, what it becomes (undefined: removed), and the words for it. */
interface Change {
  readonly path: readonly (string | number)[];
  readonly to: unknown;
  readonly words: string;
}

type Rule = (label: string, row: Json, recorded: string) => readonly Change[];

const at = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key as string], value);

const change = (row: Json, path: readonly (string | number)[], make: (value: never) => unknown): Change[] => {
  const value = at(row, path);
  if (value === undefined) return [];
  const to = make(value as never);
  if (to === undefined || to === value) return [];
  return [{ path, to, words: `${path.join(".")} ${short(value)} -> ${short(to)}` }];
};

const short = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const removed = (row: Json, path: readonly (string | number)[]): Change[] =>
  at(row, path) === undefined ? [] : [{ path, to: undefined, words: `${path.join(".")} removed` }];

const swappedCase = (text: string): string =>
  [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");

const COMPARISON: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: "GreaterThanThreshold",
  LessThanThreshold: "LessThanOrEqualToThreshold",
};

/**
 * Only what says something else than the original is a mutant: of a count that must reach 1, Maximum, Average and Minimum
 * say the same as Sum, and of invocations, which are 1 each, every statistic is at least 1.
 */
const statistics = ({ statistic, threshold, namespace, comparison_operator: comparison }: Json): readonly string[] => {
  if (comparison === "LessThanThreshold") return [];
  // Of whole numbers, the greatest reaches 1 where their sum does.
  if (statistic === "Maximum") return ["Average", "Minimum", ...(Number(threshold) > 1 ? ["Sum"] : [])];
  if (statistic !== "Sum") return [];
  // Each refused request is a datum of 1, and there are no others.
  if (namespace === "AWS/DynamoDB") return Number(threshold) > 1 ? ["Average", "Maximum", "Minimum"] : [];
  return Number(threshold) > 1 ? ["Average", "Maximum", "Minimum", "SampleCount"] : ["SampleCount"];
};

/** Silence has no datapoints, so below its threshold of 1 nothing more can be missing. */
const thresholds = ({ threshold, comparison_operator: comparison }: Json): readonly number[] => {
  const value = Number(threshold);
  return comparison === "LessThanThreshold" && value === 1 ? [value + 1] : [value - 1, value + 1];
};

/** CloudWatch takes no evaluation of more periods than there are to alarm on, nor fewer. */
const windows = (row: Json): Change[] => [
  ...change(row, ["evaluation_periods"], (periods: number) => periods + 1),
  ...(Number(row.evaluation_periods) > Number(row.datapoints_to_alarm)
    ? change(row, ["evaluation_periods"], (periods: number) => periods - 1)
    : []),
  ...(Number(row.datapoints_to_alarm) > 1 ? change(row, ["datapoints_to_alarm"], (wanted: number) => wanted - 1) : []),
  ...(Number(row.evaluation_periods) > Number(row.datapoints_to_alarm)
    ? change(row, ["datapoints_to_alarm"], (wanted: number) => wanted + 1)
    : []),
];

const renamed = (row: Json, rename: (key: string) => string): Json =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [rename(key), value]));

const metricChanges = (row: Json, path: readonly (string | number)[]): Change[] => [
  ...change(row, [...path, "metric_name"], (name: string) => `${name}s`),
  ...change(row, [...path, "namespace"], (namespace: string) => `${namespace}/Other`),
  ...change(row, [...path, "dimensions"], (dimensions: Json) => renamed(dimensions, (name) => name.toLowerCase())),
  ...(at(row, [...path, "metric_name"]) !== undefined && at(row, [...path, "dimensions"]) === undefined
    ? [{ path: [...path, "dimensions"], to: { FunctionName: "f" }, words: `${path.join(".")} dimensions added` }]
    : []),
];

/** FILL leaves no period without data, so their treatment changes nothing. An alarm that keeps its state uses FILL for one metric only. */
const hasAlwaysData = (row: Json): boolean =>
  row.treat_missing_data === "notBreaching" && JSON.stringify(queriesOf(row)).includes("FILL(");

const treatments = (row: Json): Change[] => [
  ...["notBreaching", "breaching", "missing", "ignore"].flatMap((treatment) =>
    change(row, ["treat_missing_data"], () => treatment),
  ),
  ...removed(row, ["treat_missing_data"]),
];

/** An alarm without actions notifies no one either way. */
const disabled = (row: Json): Change[] =>
  row.alarm_actions === undefined ? [] : [{ path: ["actions_enabled"], to: false, words: "actions disabled" }];

const alarmRule: Rule = (_label, row) => [
  ...thresholds(row).flatMap((value) => change(row, ["threshold"], () => value)),
  ...change(row, ["comparison_operator"], (operator: string) => COMPARISON[operator]),
  ...statistics(row).flatMap((statistic) => change(row, ["statistic"], () => statistic)),
  ...[60, 300, 600].flatMap((seconds) => change(row, ["period"], () => seconds)),
  ...windows(row),
  ...(hasAlwaysData(row) ? [] : treatments(row)),
  ...metricChanges(row, []),
  ...queriesOf(row).flatMap((_, i) => [
    ...metricChanges(row, ["metric_query", i, "metric"]),
    ...queryStatistics(row, i).flatMap((stat) => change(row, ["metric_query", i, "metric", "stat"], () => stat)),
    ...change(row, ["metric_query", i, "metric", "period"], () => 60),
    ...expressions(row, ["metric_query", i, "expression"]),
  ]),
  ...["alarm_actions", "ok_actions"].flatMap((key) => [
    ...change(row, [key], (arns: string[]) => arns.map(otherTopic)),
    ...removed(row, [key]),
  ]),
  ...disabled(row),
];

/**
 * Not SampleCount: nearly every datum is 1, so it equals Sum. Of whole numbers, the greatest reaches 1 where their sum does, so
 * Maximum is no change for a metric that an expression only compares with 1.
 */
const queryStatistics = (row: Json, index: number): readonly string[] => {
  const queries = queriesOf(row) as readonly Json[];
  const expression = String(queries.find(({ expression: text }) => text !== undefined)?.expression);
  const uses = [...expression.matchAll(new RegExp(`\\b${queries[index]?.id}\\b(?:, 0\\))?(.{0,5})`, "g"))];
  const isComparedWithOne = uses.every(([, after = ""]) => /^ (?:>=|<) 1\b/.test(after));
  return ["Average", ...(isComparedWithOne ? [] : ["Maximum"])];
};

const queriesOf = ({ metric_query: queries }: Json): readonly unknown[] => (Array.isArray(queries) ? queries : []);

const expressions = (row: Json, path: readonly (string | number)[]): Change[] => [
  ...change(row, path, (text: string) => text.replace(/>= (\d+)/, (_, n: string) => `>= ${Number(n) + 1}`)),
  ...change(row, path, (text: string) => text.replace(/>= (\d+)/, (_, n: string) => `>= ${Number(n) - 1}`)),
  ...change(row, path, (text: string) => text.replace(">=", ">")),
  ...change(row, path, (text: string) => text.replace("100 * s", "100 * f")),
  ...change(row, path, (text: string) => text.replace("100 * s", "10 * s")),
];

const TOPICS = ["critical", "performance", "log"];

const otherTopic = (arn: string): string => {
  const index = TOPICS.findIndex((name) => arn.includes(`_${name}.`));
  const from = TOPICS[index] ?? "";
  return arn.replace(`_${from}.`, `_${TOPICS[(index + 1) % TOPICS.length]}.`);
};

/** Texts of a pattern that occur in a recorded line. The runs cannot test the others. */
const quotedTexts = (pattern: string, recorded: string): readonly string[] =>
  [...pattern.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text).filter((text) => recorded.includes(`"${text}"`));

const transformation = ["metric_transformation"] as const;

const filterRule: Rule = (_label, row, recorded) => {
  const pattern = String(row.pattern);
  const isCount = at(row, [...transformation, "value"]) === "1";
  const dimensions = [...transformation, "dimensions"];
  const isDivided = at(row, dimensions) !== undefined;
  return [
    ...quotedTexts(pattern, recorded).flatMap((text) =>
      change(row, ["pattern"], (whole: string) => whole.replace(`"${text}"`, `"${swappedCase(text)}"`)),
    ),
    ...change(row, ["pattern"], (whole: string) => whole.replace(/\$\.(\w+)/, "$$.$1s")),
    ...change(row, ["pattern"], (whole: string) => whole.replace(" = ", " != ")),
    ...change(row, ["pattern"], () => "ERROR"),
    ...change(row, ["log_group_name"], () => "/aws/lambda/another"),
    ...change(row, [...transformation, "name"], (name: string) => `${name}s`),
    ...change(row, [...transformation, "namespace"], (namespace: string) => `${namespace}/Other`),
    ...(isCount ? removed(row, [...transformation, "default_value"]) : []),
    ...(isCount && !isDivided
      ? []
      : [{ path: [...transformation, "default_value"], to: "0", words: "default 0 on a value" } satisfies Change]),
    ...removed(row, dimensions),
    ...change(row, dimensions, (texts: Json) => renamed(texts, (name) => name.toLowerCase())),
    ...change(row, dimensions, (texts: Json) =>
      Object.fromEntries(Object.keys(texts).map((name) => [name, "$.event"])),
    ),
  ];
};

const REMOVED: Rule = () => [{ path: [], to: undefined, words: "removed" }];

/** Removes each action of each statement, and each statement with one action. */
const statementRule: Rule = (_label, row) => {
  const policy = JSON.parse(String(row.policy)) as { Statement: { Action: string | string[] }[] };
  const variant = (make: (statements: { Action: string | string[] }[]) => void): string => {
    const copy = structuredClone(policy);
    make(copy.Statement);
    return JSON.stringify(copy);
  };
  return policy.Statement.flatMap(({ Action }, i) =>
    [Action].flat().map((action, j, all) => ({
      path: ["policy"],
      to: variant((statements) => {
        if (all.length === 1) statements.splice(i, 1);
        else (statements[i] as { Action: string[] }).Action.splice(j, 1);
      }),
      words: `${action} not allowed by statement ${i + 1}`,
    })),
  );
};

/** Replaces one part of the policy's text, if present. */
const reworded = (row: Json, words: string, from: RegExp, to: string): Change[] => {
  const policy = String(row.policy);
  return from.test(policy) ? [{ path: ["policy"], to: policy.replace(from, to), words }] : [];
};

const policyRule: Rule = (label, row, recorded) => [
  ...statementRule(label, row, recorded),
  ...reworded(row, "s3:DeleteObject allowed", /"Action":\[/, '$&"s3:DeleteObject",'),
];

/** Policies that allow one service to publish, write or use a key on behalf of this account only. */
const trustRule: Rule = (label, row, recorded) => [
  ...statementRule(label, row, recorded),
  ...reworded(row, "another service", /("Service":)"[^"]*"/, '$1"ec2.amazonaws.com"'),
  ...reworded(row, "another account", /("aws:SourceAccount":)"[^"]*"/, '$1"111111111111"'),
];

const functionRule: Rule = (_label, row) => {
  const variables = at(row, ["environment", "variables"]) as Record<string, string>;
  return [
    ...Object.keys(variables).map((name) => ({
      path: ["environment", "variables"],
      to: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key === name ? `${key}_` : key, value])),
      words: `${name} renamed`,
    })),
    ...change(row, ["environment", "variables", "METRIC_NAMESPACE"], (namespace: string) => `${namespace}/Other`),
    ...change(row, ["publish"], () => false),
    ...removed(row, ["tracing_config"]),
    ...change(row, ["environment", "variables", "TRACING"], () => "off"),
    ...change(row, ["handler"], () => "index.main"),
    ...removed(row, ["dead_letter_config"]),
    ...change(row, ["logging_config", "log_format"], () => "Text"),
    ...change(row, ["logging_config", "system_log_level"], () => "WARN"),
    ...change(row, ["logging_config", "application_log_level"], () => "ERROR"),
  ];
};

/** Notification and permission must both name the alias, or both none. */
const permissionRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...removed(row, ["qualifier"]),
  ...(row.qualifier === undefined ? [{ path: ["qualifier"], to: "live", words: "of an alias" }] : []),
];

const notificationRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...change(row, ["lambda_function", 0, "events"], () => ["s3:ObjectRemoved:*"]),
  { path: ["lambda_function", 0, "filter_suffix"], to: ".jpg", words: "only of .jpg" },
  ...change(row, ["lambda_function", 0, "lambda_function_arn"], (arn: string) =>
    arn.replace(/aws_lambda_alias\.(\w+)_alias\./, "aws_lambda_function.$1_function."),
  ),
];

const aliasRule: Rule = (_label, row) => [
  ...change(row, ["function_version"], () => "$LATEST"),
  ...removed(row, ["lifecycle"]),
  ...withoutEach(row, ["lifecycle", "ignore_changes"], (attribute) => attribute !== "description"),
];

/** Removes each entry of a list. */
const withoutEach = (
  row: Json,
  path: readonly (string | number)[],
  matters: (entry: string) => boolean = () => true,
): Change[] =>
  ((at(row, path) ?? []) as string[])
    .filter(matters)
    .flatMap((left) => change(row, path, (entries: string[]) => entries.filter((entry) => entry !== left)));

const deploymentGroupRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...change(row, ["deployment_config_name"], () => "CodeDeployDefault.AllAtOnce"),
  ...change(row, ["deployment_group_name"], (name: string) => `${name}s`),
  ...change(row, ["deployment_style", "deployment_type"], () => "IN_PLACE"),
  ...change(row, ["alarm_configuration", "enabled"], () => false),
  ...withoutEach(row, ["alarm_configuration", "alarms"]),
  ...change(row, ["auto_rollback_configuration", "enabled"], () => false),
  ...withoutEach(row, ["auto_rollback_configuration", "events"]),
];

/** Each change of the rule of a composite alarm: an operator, a state, a negation, an alarm. */
const compositeRule: Rule = (label, row, recorded) => {
  const rule = String(row.alarm_rule);
  const variants = [...rule.matchAll(/\b(?:AND|OR|NOT |ALARM)(?=[ (A])/g)].map(({ 0: word, index }) => {
    const to = { AND: "OR", OR: "AND", "NOT ": "", ALARM: "OK" }[word];
    return {
      path: ["alarm_rule"],
      to: `${rule.slice(0, index)}${to}${rule.slice(index + word.length)}`,
      words: `${word.trim()} ${index} changed`,
    };
  });
  return [
    ...REMOVED(label, row, recorded),
    ...variants,
    ...["alarm_actions", "ok_actions"].flatMap((key) => [
      ...change(row, [key], (arns: string[]) => arns.map(otherTopic)),
      ...removed(row, [key]),
    ]),
    ...disabled(row),
    ...removed(row, ["actions_suppressor"]),
    ...["wait_period", "extension_period"].flatMap((key) =>
      change(row, ["actions_suppressor", key], (seconds: number) => seconds / 2),
    ),
  ];
};

/** By resource type: add a row. */
const RULES: Readonly<Record<string, Rule>> = {
  aws_cloudwatch_metric_alarm: alarmRule,
  aws_cloudwatch_composite_alarm: compositeRule,
  aws_cloudwatch_log_metric_filter: (...row) => [...filterRule(...row), ...REMOVED(...row)],
  aws_s3_bucket_notification: notificationRule,
  aws_lambda_permission: permissionRule,
  aws_lambda_alias: aliasRule,
  aws_codedeploy_deployment_group: deploymentGroupRule,
  aws_lambda_function_event_invoke_config: (_label, row) => [
    ...change(row, ["maximum_retry_attempts"], (attempts: number) => Math.max(attempts - 1, 0)),
    ...change(row, ["maximum_event_age_in_seconds"], () => 60),
    ...change(row, ["function_name"], () => "another"),
  ],
  aws_dynamodb_table: (label, row, recorded) => [
    ...REMOVED(label, row, recorded),
    ...change(row, ["billing_mode"], () => "PROVISIONED"),
    ...change(row, ["hash_key"], () => "id"),
    ...change(row, ["range_key"], () => "problem"),
    ...change(row, ["ttl", "enabled"], () => false),
    ...change(row, ["point_in_time_recovery", "enabled"], () => false),
    ...change(row, ["server_side_encryption", "enabled"], () => false),
  ],
  aws_sqs_queue: (label, row, recorded) => [
    ...REMOVED(label, row, recorded),
    ...change(row, ["message_retention_seconds"], (seconds: number) => seconds - 1),
    ...change(row, ["sqs_managed_sse_enabled"], () => false),
    ...removed(row, ["kms_master_key_id"]),
  ],
  aws_sqs_queue_policy: (...row) => [...statementRule(...row), ...REMOVED(...row)],
  aws_sns_topic_policy: (...row) => [...trustRule(...row), ...REMOVED(...row)],
  aws_s3_bucket_policy: trustRule,
  aws_kms_key: trustRule,
  aws_iam_role_policy: policyRule,
  aws_lambda_function: functionRule,
};

const RERUNS: Readonly<Record<string, Mutant["reruns"]>> = {
  aws_lambda_function: "healthy",
  aws_dynamodb_table: "healthy",
  aws_lambda_function_event_invoke_config: "disturbance",
};

const replaced = (value: unknown, [key, ...rest]: readonly (string | number)[], to: unknown): unknown => {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaced(item, rest, to) : item));
  const inner = replaced((value as Json | undefined)?.[key as string], rest, to);
  const { [key as string]: _, ...others } = (value ?? {}) as Json;
  return inner === undefined ? others : { ...(value as Json), [key]: inner };
};

/** Changes that no scenario can show, and what shows them instead: add a row. */
const NOT_PLAYED: readonly RegExp[] = [
  // `npm run patterns` runs these filters on every kind of log line; no alarm of `alarm_routing = "each"` reads their metrics.
  /_(Attempts|FailedAttempts|LateImages|SupersededImages): pattern /,
  // Set for the C library, which has no log line: many-pictures.test.ts.
  /: MALLOC_MMAP_THRESHOLD_ renamed$/,
  // Without a table, images are processed without records: records.test.ts.
  /: RECORDS_TABLE renamed$/,
  // A single lost record is in one minute, so the sums of one and of five minutes are equal.
  /records_lost: period 300 -> 60$/,
];

/**
 * @param stack `cdk.tf.json` as an object
 * @param recorded all recorded log lines
 */
export const mutantsOf = (stack: Json, recorded: string): Mutant[] => {
  const resources = stack.resource as Record<string, Record<string, Json>>;
  return Object.entries(RULES).flatMap(([type, rule]) =>
    Object.entries(resources[type] ?? {}).flatMap(([label, row]) =>
      rule(label, row, recorded)
        .map(({ path, to, words }) => ({
          name: `${type}.${label}: ${words}`,
          stack: replaced(stack, ["resource", type, label, ...path], to) as Json,
          ...(type in RERUNS && { reruns: RERUNS[type] }),
        }))
        .filter(({ name }) => !NOT_PLAYED.some((change) => change.test(name))),
    ),
  );
};
