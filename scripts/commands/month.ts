/** `npm run month`: plays months of traffic and faults against an environment's alarms, in virtual time. */
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { stackName } from "../../modules/naming";
import { fromTraffic } from "../../modules/traffic";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../build/environments";
import { drillStack } from "../build/local-stack";
import { PROJECT } from "../build/stacks";
import { DELIVERIES, type Delivery } from "../cloudwatch/delivery";
import { type Blueprint, readBlueprint } from "../sandbox/blueprint";
import { runCommand } from "../terminal/cli";
import { environmentArgument, wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";
import { grouped, table } from "../terminal/table";
import { OUTCOME_NAMES, type Recordings, recordOutcomes } from "../trials/month/outcomes";
import { episodeLines, explanations, FIGURE_COLUMNS, RULES } from "../trials/month/report";
import { timelineOf, writeResults } from "../trials/month/results";
import { type Column, playMonths, type Result, type RunOptions } from "../trials/month/run";
import { missedTargets, RATES } from "../trials/month/targets";

interface Options {
  readonly seed: number;
  readonly months: number;
  readonly uploadsPerMonth?: number;
  readonly delivery: Delivery;
  readonly quick: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

const CANARIES = 10_000;
const QUICK = { rate: 1_000_000, canaries: 1_000 };
/** Rate of the month in docs/month.svg. */
const DRAWN_RATE = 1_000_000;

const FIXTURES = join(PROJECT, "__tests__/fixtures");

type Routing = Environment["alarm_routing"];
type Level = Environment["refusal_log_level"];

const logging = (blueprint: Blueprint, level: Level): Blueprint => ({
  ...blueprint,
  function: {
    ...blueprint.function,
    environment: { ...blueprint.function.environment, REFUSAL_LOG_LEVEL: level },
  },
});

/** Recordings of every outcome; those of refused files differ by their level. */
const recordAll = async (blueprint: Blueprint): Promise<Readonly<Record<Level, Recordings>>> => {
  const total = OUTCOME_NAMES.length;
  const all = await withProgress({ label: "recordings", total }, (onDone) =>
    recordOutcomes(blueprint, OUTCOME_NAMES, onDone),
  );
  const refused = (level: Level) => recordOutcomes(logging(blueprint, level), ["refused"]);
  return { ERROR: { ...all, ...(await refused("ERROR")) }, WARN: { ...all, ...(await refused("WARN")) } };
};

/** Windows and minimums follow from the rate, unless the environment sets them by hand. */
const atRate = (environment: Environment, rate: number): Partial<Environment> => {
  const now = fromTraffic(environment);
  const then = Object.entries(fromTraffic({ ...environment, uploads_per_month: rate }));
  const follows = ([name]: [string, number]): boolean =>
    environment[name as keyof Environment] === now[name as keyof typeof now];
  return { uploads_per_month: rate, ...Object.fromEntries(then.filter(follows)) };
};

const stacksAt = async (
  environment: Environment,
  rates: readonly number[],
  changes: Partial<Environment> = {},
): Promise<Column["stackDir"]> => {
  const folders = new Map<number, string>();
  for (const rate of rates)
    folders.set(rate, await drillStack(stackName(environment), { ...atRate(environment, rate), ...changes }));
  return (rate) => folders.get(rate) ?? "";
};

/** Months that are enough to compare with. */
const COMPARED_MONTHS = 5;

/** What an environment changes to have the other routing. */
const OTHER: Readonly<Record<Routing, Partial<Environment>>> = {
  each: { alarm_routing: "each" },
  incident: { alarm_routing: "incident", refusal_log_level: "WARN" },
};

/** The alarms of the environment, and those that it would have with the other routing; development keeps its own. */
const routedColumns = async (environment: Environment, rates: readonly number[], isAlone: boolean) => {
  const { alarm_routing: own, refusal_log_level: level } = environment;
  const routings = isAlone || environment.environment === "dev" ? [own] : (["each", "incident"] as const);
  return Promise.all(
    routings.map(async (name) => {
      const changes = name === own ? { refusal_log_level: level } : OTHER[name];
      const stackDir = await stacksAt(environment, rates, changes);
      return { name, stackDir, level: changes.refusal_log_level ?? level, isOwn: name === own };
    }),
  );
};

const columnsOf = async (environment: Environment, rates: readonly number[], isAlone: boolean): Promise<Column[]> => {
  const routed = await routedColumns(environment, rates, isAlone);
  const recordings = await recordAll(readBlueprint(routed[0]?.stackDir(rates[0] ?? 0) ?? ""));
  const columns = routed.map(({ level, isOwn, ...column }): Column => {
    const isCompared = !isOwn && column.name === "each";
    return {
      ...column,
      recordings: recordings[level],
      hasCanaries: !isCompared,
      ...(isCompared && { atMostMonths: COMPARED_MONTHS }),
    };
  });
  if (isAlone) return columns;
  const compared = { recordings: recordings.ERROR, atMostMonths: COMPARED_MONTHS };
  const before = { ...compared, name: "before", stackDir: () => join(FIXTURES, "before-incidents"), hasCanaries: true };
  return [
    { ...compared, name: "original", stackDir: () => join(FIXTURES, "original") },
    ...(environment.environment === "prod" ? [before] : []),
    ...columns,
  ];
};

const prefixOf = (result: Result, env: string): string => {
  const name = result.months[0]?.verdicts.flatMap(({ notified }) => notified)[0]?.alarm ?? "";
  const end = name.indexOf(`${env}-processor-`);
  return end < 0 ? "" : name.slice(0, end + `${env}-processor-`.length);
};

const figureTable = (results: readonly Result[]): string =>
  table(
    { alarms: "left", ...Object.fromEntries(Object.keys(FIGURE_COLUMNS).map((name) => [name, "right" as const])) },
    results.map(({ column, figures }) => [column, ...Object.values(FIGURE_COLUMNS).map((of) => of(figures))]),
  );

const canaryLine = ({ column, canaries }: Result): string[] =>
  canaries === undefined
    ? []
    : [`  ${column}: ${grouped(canaries.takenBack)} of ${grouped(canaries.healthy)} healthy canaries are rolled back`];

const textOf = (env: string, results: readonly Result[], isJudged: boolean): string =>
  [...new Set(results.map(({ uploadsPerMonth }) => uploadsPerMonth))]
    .map((rate) => {
      const own = results.filter(({ uploadsPerMonth }) => uploadsPerMonth === rate);
      const last = own.at(-1) as Result;
      return [
        pc.bold(`${grouped(rate)} uploads a month`),
        pc.dim(`Episodes of the first month, with the alarms of ${env}:`),
        ...episodeLines(last.months[0]?.verdicts ?? [], prefixOf(last, env)),
        "",
        figureTable(own),
        ...own.flatMap(canaryLine),
        ...own.flatMap((result) =>
          explanations(result, prefixOf(result, env), isJudged && result.column === "incident"),
        ),
        "",
      ].join("\n");
    })
    .concat(RULES.map((rule) => pc.dim(rule)))
    .join("\n");

const jsonOf = (routing: Routing, results: readonly Result[]): object => {
  const own = results.filter(({ column }) => column === routing);
  const counted = own.flatMap(({ canaries }) => canaries ?? []);
  const sum = (of: "healthy" | "takenBack") => counted.reduce((total, each) => total + each[of], 0);
  return {
    rates: own.map(({ uploadsPerMonth, figures, months }) => ({
      uploadsPerMonth,
      recall: figures.recall,
      precision: figures.precision,
      pagesPerIncident: figures.pagesPerIncident,
      falsePages: figures.falsePages,
      detectionSecondsMaxByKind: figures.detectionSecondsMaxByKind,
      resetSecondsMax: figures.resetSecondsMax,
      episodes: months.flatMap(({ verdicts }) => verdicts),
    })),
    canaries: { healthy: sum("healthy"), takenBack: sum("takenBack") },
  };
};

/** Some documents need CDKTF, which is slow to load: import it here only. */
const keep = async (results: readonly Result[], isJudged: (result: Result) => boolean, options: RunOptions) => {
  writeResults({
    date: new Date().toISOString().slice(0, 10),
    delivery: options.delivery,
    seed: options.seed,
    months: options.months,
    rows: results.map((result) => {
      const { column, uploadsPerMonth, figures, canaries } = result;
      const missed = isJudged(result) ? missedTargets(uploadsPerMonth, figures).join("; ") : "";
      return { column, uploadsPerMonth, figures, ...(canaries && { canaries }), missed };
    }),
    timeline: timelineOf(results, DRAWN_RATE),
  });
  const { updateDocuments } = await import("../docs/generated.js");
  await updateDocuments(false);
};

const run = async (env: string, options: Options): Promise<void> => {
  const { seed, months, uploadsPerMonth, delivery, quick, json, write } = options;
  const rates = uploadsPerMonth !== undefined ? [uploadsPerMonth] : quick ? [QUICK.rate] : RATES;
  const environment = await environmentNamed(env, "<env>");
  const { alarm_routing: routing, lambda_timeout: timeoutSeconds, slo_seconds: sloSeconds } = environment;
  const columns = await columnsOf(environment, rates, quick || json);
  const runOptions = { seed, months, rates, delivery, sloSeconds, canaries: quick ? QUICK.canaries : CANARIES };
  const results = await withProgress({ label: "months", showsTimeLeft: true }, (onDone) =>
    playMonths(columns, { ...runOptions, onDone }),
  );
  // The targets are those of alarms with one page for each incident.
  const hasTargets = delivery === "typical" && timeoutSeconds === 60 && sloSeconds === 300;
  const isJudged = ({ column }: Result): boolean => hasTargets && column === "incident";
  console.log(json ? JSON.stringify(jsonOf(routing, results), undefined, 2) : textOf(env, results, hasTargets));
  if (write) await keep(results, isJudged, runOptions);
  const isMissed = results
    .filter(isJudged)
    .some((each) => missedTargets(each.uploadsPerMonth, each.figures).length > 0);
  if (isMissed) process.exitCode = 1;
};

export const command = new Command("npm run month --")
  .description(
    "Plays months of uploads, faults and releases against the alarms of an environment, in virtual time, and counts who would have been notified.",
  )
  .addArgument(environmentArgument())
  .option(
    "--seed <number>",
    "seed of the first month; the next months have the next seeds",
    wholeNumber("--seed", 0, 1e9),
    1,
  )
  .option("--months <number>", "months at each rate", wholeNumber("--months", 1, 1_000), 1)
  .option(
    "--uploads-per-month <number>",
    `only this rate, instead of ${RATES.map((rate) => grouped(rate)).join(", ")}`,
    wholeNumber("--uploads-per-month", 100, 1e9),
  )
  .addOption(new Option("--delivery <delays>", "how fast data reach CloudWatch").choices(DELIVERIES).default("typical"))
  .option("--quick", `only the environment's own alarms, at ${grouped(QUICK.rate)} uploads a month`, false)
  .option("--json", "print the figures of the environment's own alarms as JSON", false)
  .option("--write", "also save the figures in scripts/trials/month/results.json and docs/alarms.md", false)
  .addHelpText("after", "\nExit code 1: the alarms miss a target.")
  .action(run);

if (require.main === module) void runCommand(command);
