/** Rewrites what the documents say of the ledgers and of the synthesized JSON, so that it cannot go stale. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVENTS, REFUSALS } from "../../handler/contract/events";
import { filterPattern } from "../../handler/contract/filter-pattern";
import { METRICS, type Metric } from "../../handler/contract/metrics";
import { SETTINGS } from "../../handler/contract/settings";
import { FORMATS, VARIANTS, type Variant } from "../../handler/src/variants";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { QUERIES } from "../../modules/queries";
import { type Environment, VARIABLES } from "../../modules/variables";
import { stackFor } from "../build/stack-for";
import { readTerraformJson, type TerraformJson } from "../build/stacks";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import { EXIT_CODES } from "../terminal/cli";
import { code, table } from "../terminal/markdown";
import { yardstickRows } from "../trials/drill/yardstick";
import { producedLines } from "../trials/log-samples";
import { onCallTable } from "./alarms";
import { commandsTable } from "./commands";
import { PERFORMANCE_TABLES, performancePlot } from "./performance";
import { permissionsTable } from "./permissions";
import { checkRunbooks, writeRunbooks } from "./runbooks";
import { demandTable, remedyTable, scaleCostTable, scalePlot } from "./scale";
import { threatsTable } from "./threats";

const ROOT = join(__dirname, "../..");

/** Documents that hold tables between markers. */
const DOCUMENTS = [
  "README.md",
  "docs/operations.md",
  "docs/performance.md",
  "docs/scale.md",
  "docs/security.md",
  "docs/terraform.md",
];

/** What the reference needs of `dev`'s cdk.tf.json. */
interface Synthesized extends TerraformJson {
  readonly resource: TerraformJson["resource"] & {
    readonly aws_cloudwatch_metric_alarm: Record<
      string,
      { readonly alarm_name: string; readonly alarm_description: string; readonly alarm_actions: readonly string[] }
    >;
    readonly aws_sns_topic: Record<string, { readonly name: string }>;
  };
}

const environmentOf = async (name: "dev" | "prod"): Promise<Environment> => {
  const environment = (await readEnvironments(ENVIRONMENTS, {})).find((each) => each.environment === name);
  if (environment === undefined) throw new Error(`Expected environments/${name}.tfvars for the tables but got none`);
  return environment;
};

const prod = (): Promise<Environment> => environmentOf("prod");

const synthesizeDev = async () => readTerraformJson(stackFor(await environmentOf("dev"))) as Synthesized;

const topicName = (arn: string, { resource }: Synthesized): string => {
  const [, id = ""] = /aws_sns_topic\.(\w+)\./.exec(arn) ?? [];
  return resource.aws_sns_topic[id]?.name ?? arn;
};

/** Resources by the module that makes them, as the paths of their constructs tell. */
const moduleRows = ({ resource }: Synthesized): string[][] => {
  const addresses = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]) => {
      const [, module = ""] = block["//"]?.metadata?.path?.split("/") ?? [];
      return { module: existsSync(join(ROOT, `modules/${module}.ts`)) ? module : "stack", address: `${type}.${name}` };
    }),
  );
  const modules = [...new Set(addresses.map(({ module }) => module))].sort();
  return modules.map((module) => [
    module === "stack" ? "root module" : code(module),
    code(`modules/${module}.ts`),
    addresses.flatMap((each) => (each.module === module ? [code(each.address)] : [])).join(" "),
  ]);
};

const madeFrom = ({ from }: Metric): string =>
  from === "handler" ? "published by the handler" : code(filterPattern(from));

const hearersOf = (line: string): string[] =>
  Object.entries<Metric>(METRICS)
    .filter(([, { from }]) => from !== "handler" && matches(parseFilterPattern(filterPattern(from)), line))
    .map(([name]) => name);

const defaultOf = (row: { readonly default?: unknown; readonly sameAs?: string }): string =>
  row.sameAs ?? (String(row.default) === "" ? "none" : code(row.default));

const variantRow = ([name, variant]: [string, Variant]) => [
  code(name),
  `${FORMATS[variant.format].contentType}, .${FORMATS[variant.format].extension}`,
  variant.quality ?? "lossless",
  variant.insidePx === undefined
    ? "as the upload, at most 4096 px"
    : `inside ${variant.insidePx} x ${variant.insidePx} px, never enlarged`,
];

/** Every table of the README by the name between its markers: add a row, and the markers. */
const TABLES: Readonly<Record<string, () => string | Promise<string>>> = {
  variants: () => table(["variant", "type", "quality", "size"], Object.entries<Variant>(VARIANTS).map(variantRow)),
  refusals: () =>
    table(
      ["reason", "because"],
      Object.entries(REFUSALS).map(([reason, about]) => [code(reason), about]),
    ),
  events: () =>
    table(
      ["event", "level", "when", "fields"],
      Object.entries(EVENTS).map(([name, { level, message, fields }]) => [
        code(name),
        level,
        message,
        Object.keys(fields).join(", "),
      ]),
    ),
  metrics: () =>
    table(
      ["metric", "unit", "what it tells", "made from"],
      Object.entries<Metric>(METRICS).map(([name, metric]) => [
        code(name),
        metric.unit,
        metric.about,
        madeFrom(metric),
      ]),
    ),
  matrix: async () =>
    table(
      ["line", "heard by"],
      (await producedLines()).map(({ name, line }) => [name, hearersOf(line).map(code).join(" ") || "nobody"]),
    ),
  alarms: async () => {
    const stack = await synthesizeDev();
    return table(
      ["alarm", "goes off", "topic"],
      Object.values(stack.resource.aws_cloudwatch_metric_alarm).map((alarm) => [
        `[${code(alarm.alarm_name)}](docs/runbooks/${alarm.alarm_name.replace(/^.*-processor-/, "")}.md)`,
        alarm.alarm_description.replaceAll("|", "\\|"),
        code(topicName(alarm.alarm_actions[0] ?? "", stack)),
      ]),
    );
  },
  queries: () =>
    table(
      ["query", "shows"],
      Object.entries(QUERIES).map(([name, { description }]) => [code(name), description]),
    ),
  yardstick: () => table(["metric", "pattern", "the line that it is for", "one fault"], yardstickRows()),
  variables: () =>
    table(
      ["variable", "is", "default", "for"],
      Object.entries(VARIABLES).map(([name, row]) => [code(name), row.what, defaultOf(row), row.description]),
    ),
  modules: async () => table(["module", "file", "resources"], moduleRows(await synthesizeDev())),
  outputs: async () =>
    table(
      ["output", "is"],
      Object.entries((await synthesizeDev()).output).map(([name, { description }]) => [code(name), description]),
    ),
  settings: () =>
    table(
      ["setting", "is", "for"],
      Object.entries(SETTINGS).map(([name, row]) => [
        code(name),
        "choices" in row ? row.choices.map(code).join(", ") : row.kind,
        row.about,
      ]),
    ),
  onCall: async () => onCallTable(await readEnvironments(ENVIRONMENTS, {})),
  commands: commandsTable,
  ...PERFORMANCE_TABLES,
  scaleDemand: async () => demandTable(await prod()),
  scaleRemedies: async () => remedyTable(await prod()),
  scaleCost: async () => scaleCostTable(await prod()),
  permissions: async () => permissionsTable(stackFor(await prod())),
  threats: async () => threatsTable(stackFor(await prod())),
  exits: () =>
    table(
      ["exit code", "means"],
      Object.entries(EXIT_CODES).map(([name, { code: number, means }]) => [
        name === "interrupted" ? `${number} + n` : number,
        means,
      ]),
    ),
};

/** Pictures of the documents, by their files. */
const DRAWINGS: Readonly<Record<string, () => Promise<string>>> = {
  "docs/performance.svg": performancePlot,
  "docs/scale.svg": async () => scalePlot(await prod()),
};

const updateDrawings = async (check: boolean): Promise<void> => {
  for (const [file, draw] of Object.entries(DRAWINGS)) {
    const path = join(ROOT, file);
    const drawn = await draw();
    if (!check) writeFileSync(path, drawn);
    else if (!existsSync(path) || readFileSync(path, "utf8") !== drawn)
      throw new Error(`Expected ${file} as the ledgers have it: run npm run reference`);
  }
};

const MARKED = /^<!-- table:(\w+) -->\n[\s\S]*?^<!-- \/table:\1 -->$/gm;

const namesIn = (document: string): string[] => [...document.matchAll(MARKED)].map(([, name = ""]) => name);

/** @throws Error that names markers without a table */
const filled = async (document: string): Promise<string> => {
  let text = document;
  for (const name of namesIn(document)) {
    const made = await TABLES[name]?.();
    if (made === undefined)
      throw new Error(`Expected one of ${Object.keys(TABLES).join(", ")} for a table but got ${name}`);
    const begin = `<!-- table:${name} -->`;
    const end = `<!-- /table:${name} -->`;
    const [before = "", after = ""] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
    text = `${before}${begin}\n\n${made}\n\n${after}`;
  }
  return text;
};

/** Rewrites the documents, or with `check` throws an Error that names one which is not current. */
export const updateReference = async (check: boolean): Promise<void> => {
  const current = DOCUMENTS.map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
  const missing = Object.keys(TABLES).filter((name) => !current.some(({ text }) => namesIn(text).includes(name)));
  if (missing.length > 0)
    throw new Error(`Expected markers for ${missing.join(", ")} in ${DOCUMENTS.join(", ")} but got none`);
  for (const { file, text } of current) {
    const wanted = await filled(text);
    if (!check) writeFileSync(join(ROOT, file), wanted);
    else if (text !== wanted) throw new Error(`Expected ${file} as the ledgers have it: run npm run reference`);
  }
  await updateDrawings(check);
  (check ? checkRunbooks : writeRunbooks)(join(ROOT, "docs/runbooks"));
};
