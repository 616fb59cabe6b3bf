/** Runbook pages, one for each alarm, with the values of one environment. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import { alarmQueryName, description, ruleText } from "../../modules/alarm-config";
import { alarmNames, allAlarms, namesIn, type RunbookName } from "../../modules/alarm-rows";
import type { AlarmRow, CompositeRow } from "../../modules/alarm-types";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { keys } from "../../modules/inputs/inputs";
import { alarmQuery, queriedLog } from "../../modules/queries";
import { type BucketNames, factsOf, type RunbookFacts } from "../../modules/runbook-facts";
import { RUNBOOKS } from "../../modules/runbooks";
import type { Environment, NumberVariable } from "../../modules/variables";
import { INCIDENT_SCENARIOS } from "../trials/drill/incident-scenarios";
import { SCENARIOS } from "../trials/drill/scenarios";

/** Bucket names before the environment is deployed. */
export const PLACEHOLDERS: BucketNames = { upload: "<upload bucket>", processed: "<processed bucket>" };

type Alarm = AlarmRow | CompositeRow;

const list = (items: readonly string[], mark: (index: number) => string): string =>
  items.map((item, index) => `${mark(index)} ${item}`).join("\n");

const numbered = (items: readonly string[]): string => list(items, (index) => `${index + 1}.`);

const notifies = ({ severity }: Alarm): string =>
  severity === "none"
    ? "It notifies no one: it shows the cause, or is part of the rule of another alarm."
    : `It notifies the ${severity} topic.`;

/** The alarm's own sentence with the environment's numbers. */
const meaning = (alarm: Alarm, environment: Environment): string => {
  if ("rule" in alarm)
    return `${alarm.summary}. It is in ALARM while this holds: \`${ruleText(alarm.rule, (name) => name)}\`. ${notifies(alarm)}`;
  const { metric, thresholdFrom } = alarm;
  const isCustom = typeof metric === "string" && metric in METRICS;
  const measured = isCustom ? [`\`${metric}\`: ${METRICS[metric as keyof typeof METRICS].about}.`] : [];
  const variable =
    thresholdFrom === undefined
      ? []
      : [`The threshold is \`${thresholdFrom}\` (${environment[thresholdFrom as NumberVariable]}).`];
  return [description(alarm), ...measured, ...variable, notifies(alarm)].join(" ");
};

/** The alarm itself, or the first in the rule of a composite alarm. */
const singleOf = (alarm: Alarm, environment: Environment): AlarmRow => {
  if (!("rule" in alarm)) return alarm;
  const [first] = namesIn(alarm.rule);
  const found = allAlarms(environment).find(({ name }) => name === first);
  if (found === undefined) throw new Error(`Expected an alarm in the rule of ${alarm.name} but got ${first}`);
  return singleOf(found, environment);
};

const LOG_GROUPS = {
  uploads: "function's log group",
  "upload API": "log group of the upload API's function",
  backfill: "log group of the backfill's function",
} as const;

const firstQuery = (composite: Alarm, { environment, functionName }: RunbookFacts): string => {
  const alarm = singleOf(composite, environment);
  const saved = environment.enable_saved_queries ? `, saved as \`${functionName}/${alarmQueryName(alarm.name)}\`` : "";
  const log = LOG_GROUPS[queriedLog(alarm) ?? "uploads"];
  return `In CloudWatch Logs Insights, on the ${log}${saved}:

\`\`\`
${alarmQuery(alarm, environment)}
\`\`\``;
};

/** @returns what the drill does to make an alarm fire @throws Error if it has no scenario for it */
const causeOf = ({ name }: Alarm, { alarm_routing }: Environment): string => {
  const [own, others] =
    alarm_routing === "incident" ? [INCIDENT_SCENARIOS, SCENARIOS] : [SCENARIOS, INCIDENT_SCENARIOS];
  const scenario = own[name] ?? others[name];
  if (scenario === undefined) throw new Error(`Expected a scenario of the drill for ${name} but got none`);
  return scenario.cause;
};

const page = (alarm: Alarm, facts: RunbookFacts): string => {
  const { impact, causes, fix, afterwards } = RUNBOOKS[alarm.name as RunbookName](facts);
  const { stack, environment } = facts;
  const last = afterwards === undefined ? "" : `\n## Afterwards\n\n${numbered(afterwards)}\n`;
  return `# ${alarm.name}

For \`${stack}\`. ${meaning(alarm, environment)}

**Impact.** ${impact}

## Check first

\`\`\`sh
npm run doctor -- ${stack}
\`\`\`

${firstQuery(alarm, facts)}

## Likely causes

${list(causes, () => "-")}

## Fix

${numbered(fix)}
${last}
## Test this alarm

- In your account: \`npm run alarms -- ${stack} test ${alarm.name}\`
- Locally: \`npm run drill -- --env ${environment.environment} --alarm ${alarm.name}\` (${causeOf(alarm, environment)})
`;
};

/**
 * @param only the environment's own alarms, or all alarms there can be
 * @returns the text of each page, by file name
 */
export const runbookPages = (
  environment: Environment,
  buckets: BucketNames,
  only: "own" | "all",
): ReadonlyMap<string, string> => {
  const facts = factsOf(environment, buckets);
  const own = new Set(alarmNames(environment));
  const alarms = allAlarms(environment)
    .filter(({ name }) => only === "all" || own.has(name))
    .filter(({ runbook }) => runbook === undefined);
  return new Map(alarms.map((alarm) => [`${alarm.name}.md`, page(alarm, facts)]));
};

/** Writes the pages, and removes those of alarms that the environment does not have. Other files stay. */
export const writeRunbookPages = (folder: string, pages: ReadonlyMap<string, string>): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of keys(RUNBOOKS)) if (!pages.has(`${name}.md`)) rmSync(join(folder, `${name}.md`), { force: true });
  for (const [file, text] of pages) writeFileSync(join(folder, file), text);
};

/** @returns the pages of docs/runbooks: all alarms, with the values of prod */
const committedPages = async (): Promise<ReadonlyMap<string, string>> => {
  const prod = (await readEnvironments(ENVIRONMENTS, {})).find(({ environment }) => environment === "prod");
  if (prod === undefined) throw new Error("environments/prod.tfvars does not exist; docs/runbooks are made from it");
  return runbookPages(prod, PLACEHOLDERS, "all");
};

/**
 * @param folder that holds the pages, and nothing else
 * @throws Error that names a page that is missing, out of date, or of no alarm
 */
export const checkRunbooks = async (folder: string): Promise<void> => {
  const wanted = await committedPages();
  for (const file of new Set([...wanted.keys(), ...readdirSync(folder)])) {
    const path = join(folder, file);
    if (!existsSync(path) || wanted.get(file) !== readFileSync(path, "utf8"))
      throw new Error(`docs/runbooks/${file} is out of date. Run npm run docs.`);
  }
};

/** @param folder that holds the pages, and nothing else: other files are removed */
export const writeRunbooks = async (folder: string): Promise<void> => {
  const pages = await committedPages();
  for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(join(folder, file));
  writeRunbookPages(folder, pages);
};
