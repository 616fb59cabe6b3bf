/** Draws docs/month.svg: one simulated month, its episodes, and the pages of each set of alarms. */

import { grouped } from "../terminal/table";
import type { Verdict } from "../trials/month/judge";
import { readResults, type Timeline } from "../trials/month/results";

const DAYS = 30;
const DAY_PX = 27;
const LEFT_PX = 150;
const TOP_PX = 44;
const LANE_PX = 46;
const BAR_PX = 22;
const WIDTH_PX = LEFT_PX + DAYS * DAY_PX + 90;

const x = (minute: number): number => LEFT_PX + (minute / 1_440) * DAY_PX;
const rounded = (value: number): string => String(Number(value.toFixed(1)));

/** Colours with enough contrast on white and on black: a picture in a document cannot know which it is on. */
const STYLE = `
  text { font: 12px sans-serif; fill: #6e7781; }
  .small { font-size: 10px; }
  .title { font-size: 14px; font-weight: bold; }
  .page, .paged { fill: #d1242f; } .ticket { fill: #bf8700; } .nothing { fill: #8c959f; } .grey { fill: #a475f9; }
  .line { stroke: #8c959f; stroke-width: 0.5; }`;

const LEGEND: Readonly<Record<Verdict["deserves"], string>> = {
  page: "deserves a page",
  ticket: "deserves a ticket",
  nothing: "deserves nothing",
  grey: "counts for neither side",
};

const rect = (kind: string, at: readonly [number, number], size: readonly [number, number], title = "", more = "") =>
  `<rect class="${kind}" x="${rounded(at[0])}" y="${rounded(at[1])}" width="${rounded(size[0])}" height="${rounded(size[1])}"${more}>${title === "" ? "" : `<title>${title}</title>`}</rect>`;

const text = (label: string, at: readonly [number, number], kind = "") =>
  `<text${kind === "" ? "" : ` class="${kind}"`} x="${rounded(at[0])}" y="${rounded(at[1])}">${label}</text>`;

/** A bar for each episode: short ones are as wide as can be seen. */
const episodeLane = ({ episodes }: Timeline): string[] =>
  episodes.map(({ name, deserves, startMinute, endMinute }) =>
    rect(
      deserves,
      [x(startMinute), TOP_PX],
      [Math.max(3, x(endMinute) - x(startMinute)), BAR_PX],
      `${name}: ${LEGEND[deserves]}`,
    ),
  );

/** A column for each hour with pages: the more pages, the taller. One path, because there can be hundreds. */
const pageLane = (pagesByHour: readonly number[], top: number): string => {
  const columns = pagesByHour.flatMap((pages, hour) => {
    if (pages === 0) return [];
    const height = Math.round(Math.min(BAR_PX, 8 + 4 * Math.log2(pages)));
    return [`M${rounded(x(hour * 60))} ${top + BAR_PX}v-${height}h2v${height}z`];
  });
  return `<path class="paged" d="${columns.join("")}"/>`;
};

const NAMES: Readonly<Record<string, string>> = {
  original: "the original's alarms",
  before: "prod before",
  each: 'prod, "each"',
  incident: 'prod, "incident"',
};

const legend = (top: number): string[] =>
  (Object.entries(LEGEND) as [Verdict["deserves"], string][]).flatMap(([kind, label], index) => {
    const left = LEFT_PX + index * 170;
    return [rect(kind, [left, top], [12, 12]), text(label, [left + 18, top + 10], "small")];
  });

/** @returns an SVG with a transparent background */
export const monthPicture = (): string => {
  const { timeline } = readResults();
  const lanes = Object.entries(timeline.pagesByHour).map(
    ([column, pages]) => [column, pages.split(" ").map(Number)] as const,
  );
  const topOf = (lane: number): number => TOP_PX + (lane + 1) * LANE_PX;
  const height = topOf(lanes.length) + 40;
  const days = Array.from({ length: DAYS }, (_, day) => day);
  const parts = [
    text(
      `A month with ${grouped(timeline.uploadsPerMonth)} uploads: what happened, and when alarms paged`,
      [LEFT_PX, 18],
      "title",
    ),
    ...days.map(
      (day) =>
        `<line class="line" x1="${x(day * 1_440)}" x2="${x(day * 1_440)}" y1="${TOP_PX - 8}" y2="${topOf(lanes.length) - 18}"/>`,
    ),
    ...days.map((day) => text(String(day + 1), [x(day * 1_440) + 8, TOP_PX - 12], "small")),
    text("episodes", [8, TOP_PX + 15]),
    ...episodeLane(timeline),
    ...lanes.flatMap(([column, pagesByHour], lane) => [
      text(NAMES[column] ?? column, [8, topOf(lane) + 15]),
      pageLane(pagesByHour, topOf(lane)),
      text(
        `${grouped(pagesByHour.reduce((sum, pages) => sum + pages, 0))} pages`,
        [x(DAYS * 1_440) + 6, topOf(lane) + 15],
        "small",
      ),
    ]),
    ...legend(topOf(lanes.length) + 4),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" role="img">`,
    `<title>Pages in a simulated month</title>`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
};
