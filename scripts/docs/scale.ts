/** What docs/scale.md says of `prod`: its limits at each rate, what to do about them, and what it costs. */
import { PRICED_ON, pricesOf } from "../../modules/prices";
import type { Environment } from "../../modules/variables";
import { table } from "../terminal/markdown";
import { grouped } from "../terminal/table";
import { billOf, totalOf } from "./cost/estimate";
import { assumed, usageOf } from "./cost/usage";
import { plot } from "./plot";
import { concurrency, QUOTAS_SEEN_ON, RATES, reachedAt, type Strain, strains } from "./scale-model";

const SECONDS_PER_MONTH = 30 * 24 * 60 * 60;

/** Lines of the bill that are named: the largest. */
const NAMED_LINES = 3;

/** As many as there are colours, with the one for all that there is. */
const PLOTTED = 6;
const PLOTTED_RATES = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

const amount = (value: number): string => (value < 10 ? String(Number(value.toPrecision(2))) : grouped(value));

const atRate = (environment: Environment, rate: number) => ({ environment, assumed: assumed(), rate });

const linked = ({ name, source }: Strain): string => `[${name}](${source})`;

/** More than there is stands out. */
const cell = ({ demand, remedy, applies }: Strain): string =>
  remedy !== undefined && applies ? `**${amount(demand)}**` : amount(demand);

/** @returns the same limits at every rate, side by side */
const sideBySide = (environment: Environment): (readonly [Strain, ...Strain[]])[] => {
  const [first, ...others] = RATES.map((rate) => strains(atRate(environment, rate)));
  return (first ?? []).map((strain, at) => [strain, ...others.flatMap((each) => each[at] ?? [])]);
};

const rates = RATES.map((rate) => `${grouped(rate)} a second`);

export const demandTable = (environment: Environment): string =>
  table(
    ["limit", "counts", `there is, ${QUOTAS_SEEN_ON}`, ...rates],
    sideBySide(environment).map((row) => {
      const [{ of, quota, applies }] = row;
      const there = applies ? amount(quota) : `${amount(quota)}; not met by ${environment.environment}`;
      return [linked(row[0]), of, there, ...row.map(cell)];
    }),
  );

export const remedyTable = (environment: Environment): string =>
  table(
    ["limit", "raised by", "reached at, uploads a second", ...rates],
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
      "uploads a second",
      "images a month",
      "invocations at a time",
      `USD a month, ${PRICED_ON}`,
      "USD for 1000",
      "most of it",
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

/** @returns an SVG: how much of each limit there is a rate takes, of those that it takes most of */
export const scalePlot = (environment: Environment): Promise<string> => {
  const share = ({ demand, quota }: Strain): number => demand / quota;
  const at = (rate: number) => strains(atRate(environment, rate)).filter(({ applies }) => applies);
  const most = at(Math.max(...PLOTTED_RATES))
    .sort((one, other) => share(other) - share(one))
    .slice(0, PLOTTED);
  return plot({
    title: `What uploads to ${environment.environment} take of each limit`,
    x: "uploads a second",
    y: "times what there is",
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
      { name: "all that there is", points: PLOTTED_RATES.map((rate) => [rate, 1] as const), isFitted: true },
    ],
  });
};
