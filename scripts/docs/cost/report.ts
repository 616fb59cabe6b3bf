/** The estimate as text for the terminal. */
import pc from "picocolors";
import { PRICED_ON } from "../../../modules/prices";
import { grouped, table } from "../../terminal/table";
import type { Alternative, Bill, Elasticity } from "./estimate";
import { totalOf } from "./estimate";
import type { LightLine } from "./light";
import { ASSUMPTIONS, type Assumed, type Assumption } from "./usage";
import { CHANGE_NAMES, type VariantCost } from "./variant-costs";

const usd = (amount: number | undefined): string => (amount === undefined ? "" : grouped(amount, 2));

const signed = (amount: number): string => (Math.abs(amount) < 0.005 ? "" : `${amount > 0 ? "+" : ""}${usd(amount)}`);

export interface Estimate {
  readonly environment: string;
  readonly region: string;
  readonly assumed: Assumed;
  readonly bill: Bill;
  readonly variants: readonly VariantCost[];
  readonly alternatives: readonly Alternative[];
  readonly elasticities: readonly Elasticity[];
}

const billTable = (bill: Bill): string => {
  const total = totalOf(bill);
  const lines = Object.entries(bill).filter(([, amount]) => amount > 0);
  const share = (amount: number) => `${((100 * amount) / total).toFixed(1)} %`;
  const rows = lines.map(([line, amount]) => [line, usd(amount), share(amount)]);
  return table({ service: "left", "USD per month": "right", share: "right" }, [
    ...rows,
    [pc.bold("total"), pc.bold(usd(total)), ""],
  ]);
};

const choicesTable = ({ alternatives, bill }: Estimate): string =>
  table(
    { "choice (● is set)": "left", "USD per month": "right", difference: "right" },
    alternatives.map(({ variable, value, isChosen, totalUsd }) => [
      `${isChosen ? pc.green("●") : "○"} ${variable} = ${value}`,
      usd(totalUsd),
      signed(totalUsd - totalOf(bill)),
    ]),
  );

const variantsTable = ({ variants }: Estimate): string =>
  table(
    {
      variant: "left",
      "MB each": "right",
      "USD per month": "right",
      share: "right",
      ...Object.fromEntries(CHANGE_NAMES.map((change) => [`saved by ${change}`, "right" as const])),
    },
    variants.map(({ name, mb, usd: amount, percent, saved }) => [
      name,
      grouped(mb, 2),
      usd(amount),
      `${percent.toFixed(1)} %`,
      ...CHANGE_NAMES.map((change) => usd(saved[change])),
    ]),
  );

const assumptionsTable = ({ elasticities, assumed }: Estimate): string =>
  table(
    { assumption: "left", value: "right", "effect of +1 %": "right", meaning: "left" },
    elasticities.map(({ assumption, percent }) => [
      assumption,
      assumed[assumption].toLocaleString("en-US"),
      `${percent < 0 ? "" : "+"}${percent.toFixed(2)} %`,
      ASSUMPTIONS[assumption].about,
    ]),
  );

/** The assumption with the largest effect, other than the number of images, which everything depends on. */
export const dominating = (elasticities: readonly Elasticity[]): Elasticity & { readonly about: string } => {
  const first = elasticities.find(({ assumption }) => assumption !== "images") as Elasticity;
  return { ...first, about: ASSUMPTIONS[first.assumption as Assumption].about };
};

export const estimateReport = (estimate: Estimate): string => {
  const { environment, region, assumed, bill, elasticities } = estimate;
  const perThousand = (1000 * totalOf(bill)) / assumed.images;
  const { assumption, about, percent } = dominating(elasticities);
  return [
    `${environment} in ${region}: ${grouped(assumed.images)} images of ${assumed.meanMb} MB per month, list prices of ${PRICED_ON}`,
    billTable(bill),
    `${usd(perThousand)} USD per 1000 images. Not included: free tiers, taxes, downloads and SMS messages.`,
    "",
    variantsTable(estimate),
    "Without a variant, its USD per month are saved: storage, CPU time and requests.",
    "",
    choicesTable(estimate),
    "",
    assumptionsTable(estimate),
    `Apart from the number of images, ${pc.bold(assumption)} has the largest effect (${about}): 1 % more costs ${percent.toFixed(2)} % more.`,
  ].join("\n");
};

export const lightReport = (environment: string, rows: readonly LightLine[]): string => {
  const sum = (column: "originalUsd" | "listUsd" | "hereUsd") =>
    usd(rows.reduce((total, row) => total + (row[column] ?? 0), 0));
  const total = ["total", "", sum("originalUsd"), sum("listUsd"), sum("hereUsd")].map((cell) => pc.bold(cell));
  return table(
    {
      "light usage": "left",
      "quantities in the original": "left",
      "USD in the original": "right",
      "USD at list prices": "right",
      [`USD in ${environment}`]: "right",
    },
    [...rows.map((row) => [row.service, row.usage, usd(row.originalUsd), usd(row.listUsd), usd(row.hereUsd)]), total],
  );
};
