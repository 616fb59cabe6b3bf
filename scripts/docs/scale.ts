/** The generated parts of docs/scale.md: limits at each rate, what to do about them, and the cost. */
import { PRICED_ON, pricesOf } from "../../modules/prices";
import type { Environment } from "../../modules/variables";
import { table } from "../terminal/markdown";
import { grouped } from "../terminal/table";
import { billOf, totalOf } from "./cost/estimate";
import { assumed, usageOf } from "./cost/usage";
import { plot } from "./plot";
import { concurrency, QUOTAS_SEEN_ON, RATES, reachedAt, type Strain, strains } from "./scale-model";

const SECONDS_PER_MONTH = 30 * 24 * 60 * 60;

/** How many lines of the bill are named. */
const NAMED_LINES = 3;

/** Number of limits in the plot; the palette has no more colours. */
const PLOTTED = 6;
const PLOTTED_RATES = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

const amount = (value: number): string => (value < 10 ? String(Number(value.toPrecision(2))) : grouped(value));

const atRate = (environment: Environment, rate: number) => ({ environment, assumed: assumed(), rate });

const linked = ({ name, source }: Strain): string => `[${name}](${source})`;

/** Bold where the demand exceeds the limit. */
const cell = ({ demand, remedy, applies }: Strain): string =>
  remedy !== undefined && applies ? `**${amount(demand)}**` : amount(demand);

/** @returns for each limit, the demand at every rate */
const sideBySide = (environment: Environment): (readonly [Strain, ...Strain[]])[] => {
  const [first, ...others] = RATES.map((rate) => strains(atRate(environment, rate)));
  return (first ?? []).map((strain, at) => [strain, ...others.flatMap((each) => each[at] ?? [])]);
};

const rates = RATES.map((rate) => `${grouped(rate)} per second`);

export const demandTable = (environment: Environment): string =>
  table(
    ["limit", "unit", `available (${QUOTAS_SEEN_ON})`, ...rates],
    sideBySide(environment).map((row) => {
      const [{ of, quota, applies }] = row;
      const there = applies ? amount(quota) : `${amount(quota)}, not used by ${environment.environment}`;
      return [linked(row[0]), of, there, ...row.map(cell)];
    }),
  );

export const remedyTable = (environment: Environment): string =>
  table(
    ["limit", "raised by", "reached at uploads per second", ...rates],
    sideBySide(environment)
      .filter(([{ applies }]) => applies)
      .map((row) => ({ row, at: reachedAt(row[0].name, atRate(environment, 1)) ?? Number.POSITIVE_INFINITY }))
      .sort((one, other) => one.at - other.at)
      .map(({ row, at }) => [
        row[0].name,
        row[0].raisedBy,
        Number.isFinite(at) ? amount(Number(at.toPrecision(2))) : "never",
        ...row.map(({ remedy }) => remedy ?? ""),
      ]),
  );

/** @throws Error where the region has no prices */
const billAt = (environment: Environment, images: number) => {
  const prices = pricesOf(environment.aws_region);
  if (prices === undefined) throw new Error(`Expected prices for ${environment.aws_region} but got none`);
  return billOf(usageOf(environment, assumed({ images })), prices);
};

export const scaleCostTable = (environment: Environment): string =>
  table(
    [
      "uploads per second",
      "images per month",
      "parallel invocations",
      `USD per month (${PRICED_ON})`,
      "USD per 1000 images",
      "largest parts",
    ],
    RATES.map((rate) => {
      const images = rate * SECONDS_PER_MONTH;
      const bill = billAt(environment, images);
      const total = totalOf(bill);
      const most = Object.entries(bill)
        .sort(([, one], [, other]) => other - one)
        .slice(0, NAMED_LINES)
        .map(([line, usd]) => `${line} ${Math.round((100 * usd) / total)} %`);
      return [
        grouped(rate),
        grouped(images),
        amount(concurrency(atRate(environment, rate))),
        grouped(total),
        grouped((1000 * total) / images, 2),
        most.join(", "),
      ];
    }),
  );

/** @returns an SVG: the demand at each rate as a share of the limit, for the limits that are reached first */
export const scalePlot = (environment: Environment): Promise<string> => {
  const share = ({ demand, quota }: Strain): number => demand / quota;
  const at = (rate: number) => strains(atRate(environment, rate)).filter(({ applies }) => applies);
  const most = at(Math.max(...PLOTTED_RATES))
    .sort((one, other) => share(other) - share(one))
    .slice(0, PLOTTED);
  return plot({
    title: `Share of each limit used by uploads to ${environment.environment}`,
    x: "uploads per second",
    y: "demand / limit",
    xScale: "log",
    yScale: "log",
    series: [
      ...most.map(({ name }) => ({
        name,
        points: PLOTTED_RATES.map((rate) => {
          const strain = at(rate).find((each) => each.name === name) as Strain;
          return [rate, share(strain)] as const;
        }),
      })),
      { name: "the limit", points: PLOTTED_RATES.map((rate) => [rate, 1] as const), isFitted: true },
    ],
  });
};
