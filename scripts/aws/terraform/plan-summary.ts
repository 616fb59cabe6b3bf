/** Formats a plan as Markdown for a comment on a pull request. */
import type { TerraformJson } from "../../build/stacks";
import { table } from "../../terminal/markdown";
import { type Action, actionOf, changedAttributes, changesOf, type Plan, type ResourceChange } from "./plan";

// biome-ignore format: a ledger is read down its columns
const ACTIONS = {
  create:  { sign: "+",   title: "Create" },
  change:  { sign: "~",   title: "Change" },
  replace: { sign: "-/+", title: "Replace" },
  destroy: { sign: "-",   title: "Destroy" },
} as const satisfies Record<Exclude<Action, "none">, { sign: string; title: string }>;

const ORDER = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];

/** Attributes that hold an address of a person: shown by name only. */
const PRIVATE = new Set(["endpoint"]);

const LONGEST_VALUE = 60;

/** Escapes a text for a cell of a Markdown table. */
const cell = (text: unknown): string =>
  String(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\|`*_<[\]]/g, "\\$&");

const code = (text: string): string => `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;

/** @returns the second part of the path `<stack>/<module>/…`, or "stack" for a resource of the stack itself */
export const moduleOf = (
  synthesized: Pick<TerraformJson, "resource">,
  { type, name }: Pick<ResourceChange, "type" | "name">,
): string => {
  const steps = synthesized.resource?.[type]?.[name]?.["//"]?.metadata?.path?.split("/") ?? [];
  return steps.length > 2 ? (steps[1] ?? "stack") : "stack";
};

const isShort = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value !== "object" && String(value).length <= LONGEST_VALUE);

const isMarked = (marks: unknown, name: string): boolean =>
  Boolean((marks as Record<string, unknown> | null | undefined)?.[name]);

const difference = ({ change }: ResourceChange, name: string): string => {
  const [before, after] = [change.before?.[name], change.after?.[name]];
  const secret = PRIVATE.has(name) || isMarked(change.before_sensitive, name) || isMarked(change.after_sensitive, name);
  if (secret || !isShort(before) || !isShort(after)) return code(name);
  const later = isMarked(change.after_unknown, name) ? "known after apply" : JSON.stringify(after ?? null);
  return `${code(name)} ${code(JSON.stringify(before ?? null))} → ${code(later)}`;
};

const resourceLine = (change: ResourceChange): string => {
  const action = actionOf(change);
  const sign = action === "none" ? "" : ACTIONS[action].sign;
  const details =
    action === "change" || action === "replace"
      ? `: ${changedAttributes(change)
          .map((name) => difference(change, name))
          .join(", ")}`
      : "";
  return `- ${code(`${sign} ${change.address}`)}${details}`;
};

// biome-ignore format: a ledger is read down its columns
const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: ">=",
  GreaterThanThreshold:          ">",
  LessThanOrEqualToThreshold:    "<=",
  LessThanThreshold:             "<",
};

interface MetricQuery {
  readonly return_data?: boolean | null;
  readonly label?: string | null;
  readonly expression?: string | null;
  readonly period?: number | null;
  readonly metric?: readonly { readonly period?: number }[];
}

/** @returns the condition of the alarm: `Sum of Errors >= 3, in 1 of 1 x 300 s` */
const condition = (alarm: Readonly<Record<string, unknown>>): string => {
  const queries = (alarm.metric_query ?? []) as readonly MetricQuery[];
  const returned = queries.find(({ return_data }) => return_data);
  const watched = returned
    ? returned.label || returned.expression
    : `${alarm.statistic || alarm.extended_statistic} of ${alarm.metric_name}`;
  const period = queries.flatMap(({ period, metric }) => period || (metric?.[0]?.period ?? []))[0] ?? alarm.period;
  const comparison = COMPARISONS[String(alarm.comparison_operator)] ?? alarm.comparison_operator;
  const windows = `in ${alarm.datapoints_to_alarm || alarm.evaluation_periods} of ${alarm.evaluation_periods} x ${period} s`;
  return `${watched} ${comparison} ${alarm.threshold}, ${windows}`;
};

/** @returns the names of the topics that an alarm notifies; their ARNs may not be known yet */
const topicsOf = (plan: Plan, alarm: ResourceChange): string => {
  const { alarm_actions } = alarm.change.after ?? alarm.change.before ?? {};
  if (Array.isArray(alarm_actions) && alarm_actions.length > 0)
    return alarm_actions.map((arn) => String(arn).split(":").at(-1)).join(", ");
  const configured = plan.configuration?.root_module?.resources?.find(({ address }) => address === alarm.address);
  const references = configured?.expressions?.alarm_actions?.references ?? [];
  const topics = (plan.resource_changes ?? []).filter(({ address }) => references.includes(address));
  return topics.map(({ change, address }) => (change.after ?? change.before)?.name ?? address).join(", ") || "none";
};

const alarmRows = (plan: Plan): string[][] =>
  (plan.resource_changes ?? [])
    .filter(({ type }) => type === "aws_cloudwatch_metric_alarm")
    .map((alarm) => ({ alarm, values: alarm.change.after ?? alarm.change.before ?? {}, action: actionOf(alarm) }))
    .sort((a, b) => String(a.values.alarm_name).localeCompare(String(b.values.alarm_name)))
    .map(({ alarm, values, action }) => [
      cell(values.alarm_name),
      cell(condition(values)),
      cell(values.treat_missing_data),
      cell(topicsOf(plan, alarm)),
      action === "none" ? "" : action,
    ]);

/** @returns the number of changes for each action */
const countActions = (changes: readonly ResourceChange[]): Record<keyof typeof ACTIONS, number> => {
  const count = (action: Action) => changes.filter((change) => actionOf(change) === action).length;
  return { create: count("create"), change: count("change"), replace: count("replace"), destroy: count("destroy") };
};

/** @returns the resources that a plan replaces or destroys, as `-/+ aws_s3_bucket.upload` */
export const lossesOf = (plan: Plan): string[] =>
  changesOf(plan).flatMap((change) => {
    const action = actionOf(change);
    return action === "replace" || action === "destroy" ? [`${ACTIONS[action].sign} ${change.address}`] : [];
  });

/** @returns one sentence: `Plan for dev: 3 to create, 1 to change, 0 to replace, 0 to destroy.` */
export const headline = (environment: string, plan: Plan): string => {
  const counts = countActions(changesOf(plan));
  return `Plan for ${environment}: ${ORDER.map((action) => `${counts[action]} to ${action}`).join(", ")}.`;
};

/**
 * @param synthesized the stack's `cdk.tf.json`, which has the module of each resource
 * @returns Markdown: counts for each module, every change under its module, and all alarms after the change
 */
export const summarizePlan = (
  environment: string,
  plan: Plan,
  synthesized: Pick<TerraformJson, "resource">,
): string => {
  const changes = changesOf(plan);
  const names = [...new Set(changes.map((change) => moduleOf(synthesized, change)))].sort();
  const ofModule = (name: string) => changes.filter((change) => moduleOf(synthesized, change) === name);

  const counts = names.map((name) => {
    const count = countActions(ofModule(name));
    return [code(name), ...ORDER.map((action) => String(count[action] || ""))];
  });
  const details = names.map(
    (name) =>
      `<details><summary>${name}: ${ofModule(name).length}</summary>\n\n${ofModule(name).map(resourceLine).join("\n")}\n\n</details>`,
  );
  const alarms = alarmRows(plan);

  return `${[
    `## ${headline(environment, plan)}`,
    ...(changes.length > 0
      ? [table(["Module", ...ORDER.map((action) => ACTIONS[action].title)], counts), ...details]
      : []),
    "### Alarms",
    alarms.length > 0
      ? table(["Alarm", "When", "Missing data", "Notifies", "Change"], alarms)
      : "The stack has no alarms.",
  ].join("\n\n")}\n`;
};
