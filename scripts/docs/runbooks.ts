/** The pages of docs/runbooks, one for each alarm, written from the ledgers. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import { allAlarms, description } from "../../modules/alarms";
import { alarmQuery, alarmQueryName } from "../../modules/queries";
import { RUNBOOKS } from "../../modules/runbooks";
import { VARIABLES } from "../../modules/variables";
import { SCENARIOS } from "../trials/drill/scenarios";

type Alarm = ReturnType<typeof allAlarms>[number];

const list = (items: readonly string[], mark: (at: number) => string): string =>
  items.map((item, at) => `${mark(at)} ${item}`).join("\n");

const meaning = (alarm: Alarm): string => {
  const { metric, threshold, severity } = alarm;
  const isCustom = typeof metric === "string" && metric in METRICS;
  const measured = isCustom ? [`\`${metric}\`: ${METRICS[metric as keyof typeof METRICS].about}.`] : [];
  const variable =
    typeof threshold === "number" ? [] : [`\`${threshold}\` is ${VARIABLES[threshold].default} by default.`];
  return [description(alarm), ...measured, ...variable, `The topic \`${severity}-alerts\` is told.`].join(" ");
};

const page = (alarm: Alarm): string => {
  const { causes, fix } = RUNBOOKS[alarm.name];
  return `# ${alarm.name}

${meaning(alarm)}

## First query

In CloudWatch Logs Insights, on the function's log group; saved as \`<function>/${alarmQueryName(alarm.name)}\` where
\`enable_saved_queries\` is on:

\`\`\`
${alarmQuery(alarm)}
\`\`\`

## Likely causes

${list(causes, () => "-")}

## What to do

${list(fix, (at) => `${at + 1}.`)}

## How to test it

- \`npm run alarms -- <env> test ${alarm.name}\` rings it in the account, shows whom it told, and puts it back.
- \`npm run drill -- --env prod --alarm ${alarm.name}\` makes it go off on this machine, for a real cause: ${SCENARIOS[alarm.name]?.cause}.
`;
};

/** The text of every page, by its file's name. */
const pages = (): ReadonlyMap<string, string> => new Map(allAlarms().map((alarm) => [`${alarm.name}.md`, page(alarm)]));

/**
 * @param folder that holds the pages, and nothing else
 * @throws Error that names a page which is absent, another than the ledgers have it, or of no alarm
 */
export const checkRunbooks = (folder: string): void => {
  const wanted = pages();
  for (const file of new Set([...wanted.keys(), ...readdirSync(folder)])) {
    const path = join(folder, file);
    if (!existsSync(path) || wanted.get(file) !== readFileSync(path, "utf8"))
      throw new Error(`Expected docs/runbooks/${file} as the ledgers have it: run npm run reference`);
  }
};

/** Removes pages of alarms that are no more. */
export const writeRunbooks = (folder: string): void => {
  const wanted = pages();
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (!wanted.has(file)) rmSync(join(folder, file));
  for (const [file, text] of wanted) writeFileSync(join(folder, file), text);
};
