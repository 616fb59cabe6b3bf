/** Mutations of alarms and composite alarms. */
import { at, type Change, change, type Json, REMOVED, type Rule, removed, renamed } from "./mutation";

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

/** CloudWatch refuses fewer evaluation periods than datapoints to alarm. */
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

export const alarmRule: Rule = (_label, row) => [
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

/** Each change of the rule of a composite alarm: an operator, a state, a negation, an alarm. */
export const compositeRule: Rule = (label, row, recorded) => {
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
