/** `npm run cost`: cost of an environment per month, by service, by choice and by assumption. */
import { Command } from "commander";
import { PRICED_ON, PRICED_REGIONS, type Prices, pricesOf } from "../../modules/prices";
import { environmentNamed } from "../build/environments";
import { alternatives, billOf, elasticities, totalOf } from "../docs/cost/estimate";
import { lightTable } from "../docs/cost/light";
import { dominating, estimateReport, lightReport } from "../docs/cost/report";
import { ASSUMPTIONS, type Assumed, type Assumption, assumed, usageOf } from "../docs/cost/usage";
import { variantCosts } from "../docs/cost/variant-costs";
import { runCommand, UsageError } from "../terminal/cli";
import { environmentArgument } from "../terminal/options";

interface Options {
  readonly images?: number;
  readonly meanMb?: number;
  readonly assume?: Partial<Assumed>;
  readonly light?: true;
  readonly json?: true;
}

const positive = (text: string, name: string): number => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`Expected a number above 0 for ${name} but got ${JSON.stringify(text)}`);
};

const isAssumption = (name: string): name is Assumption => Object.hasOwn(ASSUMPTIONS, name);

const assumption = (text: string, before: Partial<Assumed> = {}): Partial<Assumed> => {
  const [name = "", value = ""] = text.split("=");
  if (isAssumption(name)) return { ...before, [name]: positive(value, `--assume ${name}`) };
  throw new UsageError(`Expected one of ${Object.keys(ASSUMPTIONS).join(", ")} for --assume but got ${name}`);
};

/** @throws Error that lists the regions there are prices of */
const priced = (region: string): Prices => {
  const prices = pricesOf(region);
  if (prices !== undefined) return prices;
  throw new Error(
    `Expected one of ${PRICED_REGIONS.join(", ")} for aws_region, whose prices are known, but got ${region}`,
  );
};

const cost = async (env: string, { images, meanMb, assume, light, json }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const prices = priced(environment.aws_region);
  if (light) {
    const rows = lightTable(environment, prices);
    console.log(
      json ? JSON.stringify({ environment: env, pricedOn: PRICED_ON, rows }, undefined, 2) : lightReport(env, rows),
    );
    return;
  }
  const taken = assumed({ ...assume, ...(images && { images }), ...(meanMb && { meanMb }) });
  const estimate = {
    environment: env,
    region: environment.aws_region,
    assumed: taken,
    bill: billOf(usageOf(environment, taken), prices),
    variants: variantCosts(environment, taken, prices),
    alternatives: alternatives(environment, taken, prices),
    elasticities: elasticities(environment, taken, prices),
  };
  const totals = {
    pricedOn: PRICED_ON,
    totalUsd: totalOf(estimate.bill),
    dominating: dominating(estimate.elasticities),
  };
  console.log(json ? JSON.stringify({ ...estimate, ...totals }, undefined, 2) : estimateReport(estimate));
};

export const command = new Command("npm run cost --")
  .description("Estimates the cost of an environment per month at list prices, and the effect of other choices.")
  .addArgument(environmentArgument())
  .option("--images <n>", "uploads per month", (text) => positive(text, "--images"))
  .option("--mean-mb <n>", "size of an upload in megabytes", (text) => positive(text, "--mean-mb"))
  .option("--assume <name=n>", "another value for one of the listed assumptions; may be repeated", assumption)
  .option(
    "--light",
    "compare the light usage that the Terraform original estimates: as it states, at list prices, and here",
  )
  .option("--json", "for machines")
  .addHelpText("after", "\nExit code 1: the environment is not valid, or the prices of its region are not known.")
  .action(cost);

if (require.main === module) void runCommand(command);
