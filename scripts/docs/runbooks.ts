/** Runbook pages, one for each alarm, with the values of one environment. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import { alarmQueryName, description } from "../../modules/alarm-config";
import { allAlarms, logAlarms, metricAlarms } from "../../modules/alarm-rows";
import type { AlarmName } from "../../modules/alarms";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { alarmQuery } from "../../modules/queries";
import { type BucketNames, factsOf, type RunbookFacts } from "../../modules/runbook-facts";
import { RUNBOOKS } from "../../modules/runbooks";
import type { Environment } from "../../modules/variables";
import { SCENARIOS } from "../trials/drill/scenarios";

/** Bucket names before the environment is deployed. */
export const PLACEHOLDERS: BucketNames = { upload: "<upload bucket>", processed: "<processed bucket>" };

type Alarm = ReturnType<typeof allAlarms>[number];

const list = (items: readonly string[], mark: (index: number) => string): string =>
  items.map((item, index) => `${mark(index)} ${item}`).join("\n");

const numbered = (items: readonly string[]): string => list(items, (index) => `${index + 1}.`);

/** The alarm's own sentence with the environment's numbers; an alarm that is switched off names its variable instead. */
const meaning = (alarm: Alarm, environment: Environment): string => {
  const { metric, threshold, severity, name } = alarm;
  const row = [...metricAlarms(environment), ...logAlarms(environment)].find((each) => each.name === name);
  const isCustom = typeof metric === "string" && metric in METRICS;
  const measured = isCustom ? [`\`${metric}\`: ${METRICS[metric as keyof typeof METRICS].about}.`] : [];
  const variable =
    typeof threshold === "number" ? [] : [`The threshold is \`${threshold}\` (${environment[threshold]}).`];
  return [description(row ?? alarm), ...measured, ...variable, `It notifies the ${severity} topic.`].join(" ");
};

const firstQuery = (alarm: Alarm, { environment, functionName }: RunbookFacts): string => {
  const saved = environment.enable_saved_queries ? `, saved as \`${functionName}/${alarmQueryName(alarm.name)}\`` : "";
  return `In CloudWatch Logs Insights, on the function's log group${saved}:

\`\`\`
${alarmQuery(alarm)}
\`\`\``;
};

const page = (alarm: Alarm, facts: RunbookFacts): string => {
  const { impact, causes, fix, afterwards } = RUNBOOKS[alarm.name](facts);
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
- Locally: \`npm run drill -- --env ${environment.environment} --alarm ${alarm.name}\` (${SCENARIOS[alarm.name]?.cause})
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
  const own = new Set([...metricAlarms(environment), ...logAlarms(environment)].map(({ name }) => name));
  const alarms = allAlarms().filter(({ name }: { name: AlarmName }) => only === "all" || own.has(name));
  return new Map(alarms.map((alarm) => [`${alarm.name}.md`, page(alarm, facts)]));
};

/** Writes the pages, and removes those of alarms that the environment does not have. Other files stay. */
export const writeRunbookPages = (folder: string, pages: ReadonlyMap<string, string>): void => {
  mkdirSync(folder, { recursive: true });
  for (const { name } of allAlarms()) if (!pages.has(`${name}.md`)) rmSync(join(folder, `${name}.md`), { force: true });
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
