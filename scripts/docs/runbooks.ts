/** Writes a page for each alarm: what it means, what to check first, likely causes, and what to do. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import { type AlarmName, type AlarmRow, allAlarms, logAlarms, metricAlarms } from "../../modules/alarms";
import { stackName } from "../../modules/naming";
import { alarmQuery, alarmQueryName } from "../../modules/queries";
import type { Environment } from "../../modules/variables";
import { SCENARIOS } from "../trials/drill/scenarios";
import { condition } from "./alarms";
import type { RunbookFacts } from "./runbook-facts";
import { RUNBOOKS } from "./runbook-texts";

const PLACEHOLDER = "<upload bucket>";

const list = (items: readonly string[], mark: (at: number) => string): string =>
  items.map((item, at) => `${mark(at)} ${item}`).join("\n");

const measured = ({ metric }: AlarmRow): string => {
  if (typeof metric !== "string" || !(metric in METRICS)) return "";
  const { unit, about } = METRICS[metric as keyof typeof METRICS];
  return ` \`${metric}\` ${unit === "Count" ? "counts" : "is the"} ${about}.`;
};

/** A threshold that is a variable can be changed; the page says which. */
const thresholdNote = ({ name }: AlarmRow): string => {
  const threshold = allAlarms().find((alarm) => alarm.name === name)?.threshold;
  return typeof threshold === "string" ? ` The threshold is \`${threshold}\`.` : "";
};

const section = (title: string, text: string | undefined): string =>
  text === undefined ? "" : `\n## ${title}\n\n${text}\n`;

const query = (alarm: AlarmRow, { environment }: RunbookFacts): string => {
  const saved = environment.enable_saved_queries
    ? `, saved as \`${alarmQueryName(alarm.name)}\` in the folder of the function`
    : ", on the function's log group";
  return `In CloudWatch Logs Insights${saved}:\n\n\`\`\`\n${alarmQuery(alarm)}\n\`\`\``;
};

const page = (alarm: AlarmRow, facts: RunbookFacts): string => {
  const { stack } = facts;
  const doctor = [`npm run doctor -- ${stack}`, `npm run logs -- ${stack} --errors --since 15m`];
  const { impact, commands = doctor, look, causes, fix, afterwards } = RUNBOOKS[alarm.name as AlarmName](facts);
  return [
    `# ${alarm.name}\n\n${alarm.summary}: ${condition(alarm)}.${thresholdNote(alarm)}${measured(alarm)} It notifies the ${alarm.severity} topic of \`${stack}\`.\n`,
    `\n**Impact.** ${impact}\n`,
    section("Check first", `\`\`\`sh\n${commands.join("\n")}\n\`\`\`\n\n${look}\n\n${query(alarm, facts)}`),
    section(
      "Likely causes",
      list(causes, () => "-"),
    ),
    section(
      "Fix",
      list(fix, (at) => `${at + 1}.`),
    ),
    section("Afterwards", afterwards),
    section(
      "Test this alarm",
      [
        `- In your account: \`npm run alarms -- ${stack} test ${alarm.name}\``,
        `- On your machine: \`npm run drill -- --env ${stack} --alarm ${alarm.name}\`. The cause there: ${SCENARIOS[alarm.name]?.cause}.`,
      ].join("\n"),
    ),
  ].join("");
};

const alarmsOf = (environment: Environment): AlarmRow[] => [...metricAlarms(environment), ...logAlarms(environment)];

/**
 * @param uploadBucket name of the deployed bucket. @default a placeholder
 * @returns the text of each page of an environment, by file name
 */
export const runbooksOf = (environment: Environment, uploadBucket = PLACEHOLDER): ReadonlyMap<string, string> => {
  const facts = { environment, stack: stackName(environment), uploadBucket };
  return new Map(alarmsOf(environment).map((alarm) => [`${alarm.name}.md`, page(alarm, facts)]));
};

/** @returns every page once: of prod, or of the first environment that has the alarm */
export const committedRunbooks = (environments: readonly Environment[]): ReadonlyMap<string, string> => {
  const prodFirst = [...environments].sort(
    (one, other) => Number(other.environment === "prod") - Number(one.environment === "prod"),
  );
  return new Map(prodFirst.toReversed().flatMap((environment) => [...runbooksOf(environment)]));
};

/**
 * @param folder that contains the pages and nothing else
 * @throws Error that names a page which is missing, out of date, or of no alarm
 */
export const checkRunbooks = (folder: string, pages: ReadonlyMap<string, string>): void => {
  for (const file of new Set([...pages.keys(), ...readdirSync(folder)])) {
    const path = join(folder, file);
    if (!existsSync(path) || pages.get(file) !== readFileSync(path, "utf8"))
      throw new Error(`docs/runbooks/${file} is out of date: run npm run docs`);
  }
};

/** Writes the pages, and removes pages of alarms that no longer exist. */
export const writeRunbooks = (folder: string, pages: ReadonlyMap<string, string>): void => {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (file.endsWith(".md") && !pages.has(file)) rmSync(join(folder, file));
  for (const [file, text] of pages) writeFileSync(join(folder, file), text);
};
