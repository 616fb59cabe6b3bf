/** Rewrites the README's tables from the ledgers and from the synthesized JSON, so that they cannot go stale. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { EVENTS, REFUSALS } from "../handler/contract/events";
import { filterPattern } from "../handler/contract/filter-pattern";
import { METRICS, type Metric } from "../handler/contract/metrics";
import { SETTINGS } from "../handler/contract/settings";
import { FORMATS, VARIANTS, type Variant } from "../handler/src/variants";
import { ENVIRONMENTS, synthesize } from "../main";
import { readEnvironments, VARIABLES } from "../modules/environment";
import { runCommand } from "./cli";
import { producedLines } from "./producer";
import { matches, parseFilterPattern } from "./sandbox/cloudwatch/filter-pattern";

const README = join(__dirname, "../README.md");

const code = (text: unknown): string => `\`${String(text).replaceAll("|", "\\|")}\``;

const table = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** What the reference needs of `dev`'s cdk.tf.json. */
interface Synthesized {
  readonly output: Record<string, { readonly description: string }>;
  readonly resource: {
    readonly aws_cloudwatch_metric_alarm: Record<
      string,
      { readonly alarm_name: string; readonly alarm_description: string; readonly alarm_actions: readonly string[] }
    >;
    readonly aws_sns_topic: Record<string, { readonly name: string }>;
  };
}

const synthesizeDev = async (): Promise<Synthesized> => {
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    const dev = (await readEnvironments(ENVIRONMENTS, {})).filter(({ environment }) => environment === "dev");
    process.env.HANDLER_PACKAGE ??= "package.json"; // The tables do not depend on the code's package.
    synthesize(dev, folder);
    return JSON.parse(readFileSync(join(folder, "stacks/dev/cdk.tf.json"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const topicName = (arn: string, { resource }: Synthesized): string => {
  const [, id = ""] = /aws_sns_topic\.(\w+)\./.exec(arn) ?? [];
  return resource.aws_sns_topic[id]?.name ?? arn;
};

const madeFrom = ({ from }: Metric): string =>
  from === "handler" ? "published by the handler" : code(filterPattern(from));

const hearersOf = (line: string): string[] =>
  Object.entries<Metric>(METRICS)
    .filter(([, { from }]) => from !== "handler" && matches(parseFilterPattern(filterPattern(from)), line))
    .map(([name]) => name);

const defaultOf = (row: { readonly default?: unknown; readonly sameAs?: string }): string =>
  row.sameAs ?? (row.default === "" ? "none" : code(row.default));

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
        code(alarm.alarm_name),
        alarm.alarm_description.replaceAll("|", "\\|"),
        code(topicName(alarm.alarm_actions[0] ?? "", stack)),
      ]),
    );
  },
  variables: () =>
    table(
      ["variable", "is", "default", "for"],
      Object.entries(VARIABLES).map(([name, row]) => [code(name), row.what, defaultOf(row), row.about]),
    ),
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
};

/** @throws Error that names a table without markers, or markers without a table */
const filled = async (readme: string): Promise<string> => {
  const marked = [...readme.matchAll(/^<!-- table:(\w+) -->$/gm)].map(([, name = ""]) => name);
  const difference = Object.keys(TABLES).filter((name) => !marked.includes(name));
  if (difference.length > 0) throw new Error(`Expected markers for ${difference.join(", ")} in README.md but got none`);
  let text = readme;
  for (const name of marked) {
    const made = await TABLES[name]?.();
    if (made === undefined)
      throw new Error(`Expected one of ${Object.keys(TABLES).join(", ")} for a table but got ${name}`);
    const between = new RegExp(`(<!-- table:${name} -->\n)[\\s\\S]*?(<!-- /table:${name} -->)`);
    text = text.replace(between, (_, begin: string, end: string) => `${begin}\n${made}\n\n${end}`);
  }
  return text;
};

const command = new Command("npm run reference --")
  .description("Rewrites the README's tables from the ledgers.")
  .option("--check", "change nothing; fail if the README is not current", false)
  .action(async ({ check }: { check: boolean }) => {
    const current = readFileSync(README, "utf8");
    const wanted = await filled(current);
    if (!check) writeFileSync(README, wanted);
    else if (current !== wanted) throw new Error("Expected README.md as the ledgers have it: run npm run reference");
  });

if (require.main === module) void runCommand(command);
