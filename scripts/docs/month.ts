/** The generated parts of docs/alarms.md about simulated months, from scripts/trials/month/results.json. Nothing is played here. */
import { code, table } from "../terminal/markdown";
import { grouped } from "../terminal/table";
import { EPISODES, type EpisodeName, rowOf } from "../trials/month/episodes";
import { FIGURE_COLUMNS, RULES } from "../trials/month/report";
import { readResults } from "../trials/month/results";
import { TARGETS } from "../trials/month/targets";

/** What the columns of the comparison are called in the document. */
const NAMES: Readonly<Record<string, string>> = {
  original: "the original's alarms",
  before: "`prod` before `alarm_routing`",
  each: '`prod`, `alarm_routing = "each"`',
  incident: '**`prod`, `alarm_routing = "incident"`**',
};

export const monthTable = (): string => {
  const { rows, seed, delivery, date } = readResults();
  const figures = table(
    ["uploads a month", "alarms", "months", ...Object.keys(FIGURE_COLUMNS)],
    rows.map(({ uploadsPerMonth, column, figures: each }) => [
      grouped(uploadsPerMonth),
      NAMES[column] ?? column,
      each.months,
      ...Object.values(FIGURE_COLUMNS).map((of) => of(each)),
    ]),
  );
  const how = `Played on ${date} with ${delivery} delivery. The seeds begin with ${seed}, so every set of alarms sees the same months; the column "months" says how many of them.`;
  return [how, figures, RULES.map((rule) => `- ${rule}`).join("\n")].join("\n\n");
};

/** @returns the targets, and where the figures miss them */
export const monthTargets = (): string => {
  const rows = Object.entries(TARGETS).map(([rate, target]) => {
    const { precision, recall, pagesPerIncident, falsePages, detectionMinutes, resetMinutes } = target;
    const { outage, partial, timeout, waiting } = detectionMinutes;
    const missed =
      readResults().rows.find((row) => row.uploadsPerMonth === Number(rate) && row.column === "incident")?.missed ?? "";
    return [
      grouped(Number(rate)),
      `${precision}`,
      `${recall}`,
      `≤ ${pagesPerIncident}`,
      `≤ ${falsePages}`,
      `${outage} / ${partial} / ${timeout} / ${waiting}`,
      String(resetMinutes),
      missed === "" ? "met" : `**missed**: ${missed}`,
    ];
  });
  return table(
    [
      "uploads a month",
      "precision",
      "recall",
      "pages an incident",
      "false pages a month",
      "page after, min",
      "OK after, min",
      "result",
    ],
    rows,
  );
};

export const canaryTable = (): string => {
  const counted = readResults().rows.flatMap((row) =>
    row.canaries === undefined ? [] : [{ ...row, canaries: row.canaries }],
  );
  return table(
    ["uploads a month", "alarms", "healthy canaries", "rolled back"],
    counted.map(({ uploadsPerMonth, column, canaries }) => [
      grouped(uploadsPerMonth),
      NAMES[column] ?? column,
      grouped(canaries.healthy),
      grouped(canaries.takenBack),
    ]),
  );
};

export const episodesTable = (): string =>
  table(
    ["episode", "what happens", "times a month", "deserves"],
    (Object.keys(EPISODES) as EpisodeName[]).map((name) => {
      const { summary, times, deserves } = rowOf(name);
      return [
        code(name),
        summary,
        times,
        deserves === "page" ? "a page" : deserves === "ticket" ? "a ticket" : "nothing",
      ];
    }),
  );
