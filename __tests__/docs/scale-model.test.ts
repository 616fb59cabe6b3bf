/** The model of docs/scale.md: demand at a rate of uploads, the rate that reaches a limit, and the advice. */
import { type Environment, VARIABLES } from "../../modules/variables";
import { ASSUMPTIONS, assumed, seconds } from "../../scripts/docs/cost/usage";
import { LIMITS, type LimitName, RATES, reachedAt, strains } from "../../scripts/docs/scale-model";
import { committed, devWith } from "../modules/synthesized";

const prodAt = async (rate: number, changes: Partial<Environment> = {}) => ({
  environment: { ...(await committed("prod")), ...changes },
  assumed: assumed(),
  rate,
});

/** The limits of alarms that count are those of alarm_routing each. */
const strain = async (name: LimitName, rate: number) =>
  strains(await prodAt(rate, { alarm_routing: "each" })).find((each) => each.name === name);

const FAILURES = ASSUMPTIONS.failedPercent.value / 100;

it.each<[LimitName, (secondsEach: number) => number]>([
  ["reserved concurrency", (secondsEach) => 100 / secondsEach],
  ["account's concurrency", (secondsEach) => 1000 / secondsEach],
  ["S3 writes of variants", () => 3500 / 5],
  ["S3 reads of uploads", () => 5500],
  ["high-error-rate", () => 3 / (300 * 3 * FAILURES)],
])("reaches the limit of %s at the rate calculated by hand, and gives no advice below it", async (name, rateOf) => {
  const load = await prodAt(1, { alarm_routing: "each" });
  const rate = rateOf(seconds(load.environment, load.assumed));

  const [below, above] = [await strain(name, rate * 0.999), await strain(name, rate * 1.001)];

  expect(below).not.toHaveProperty("remedy");
  expect(above).toHaveProperty("remedy");
  const at = reachedAt(name, load) ?? 0;
  expect(Math.abs(at / rate - 1)).toBeLessThan(0.001);
});

it("has no limit of alarms that count where each alarm is on a share", async () => {
  const alarms = strains(await prodAt(10_000)).filter(({ name }) => name.startsWith("high-"));

  expect(alarms.map(({ name, applies, remedy }) => [name, applies, remedy])).toEqual([
    ["high-concurrency", false, undefined],
    ["high-error-rate", false, undefined],
  ]);
});

it("keeps a hundred concurrent executions of the account unreserved, as Lambda does", async () => {
  const advised = async (name: LimitName): Promise<number> =>
    Number(/[\d,]{3,}/.exec((await strain(name, 10_000))?.remedy ?? "")?.[0].replaceAll(",", ""));

  expect((await advised("account's concurrency")) - (await advised("reserved concurrency"))).toBe(100);
});

it("counts PutMetricData requests only where metrics are not embedded in the log", async () => {
  const load = { assumed: assumed(), rate: 600 };
  const appliesIn = async (transport: string): Promise<boolean | undefined> =>
    strains({ ...load, environment: await devWith(`metrics_transport = "${transport}"`) }).find(
      ({ name }) => name === "PutMetricData",
    )?.applies;

  expect([await appliesIn("emf"), await appliesIn("put_metric_data")]).toEqual([false, true]);
});

it("demands no less at a higher rate", async () => {
  const byRate = await Promise.all(RATES.map(async (rate) => strains(await prodAt(rate))));

  for (const name of Object.keys(LIMITS)) {
    const demands = byRate.map((each) => each.find((limit) => limit.name === name)?.demand ?? Number.NaN);
    expect(demands).toEqual([...demands].sort((one, other) => one - other));
  }
});

it("advises only variables that exist", async () => {
  const advised = strains(await prodAt(1_000_000)).flatMap(({ remedy = "" }) =>
    [...remedy.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );

  expect(advised).toContain("reserved_concurrent_executions");
  expect(Object.keys(VARIABLES)).toEqual(expect.arrayContaining(advised));
});
