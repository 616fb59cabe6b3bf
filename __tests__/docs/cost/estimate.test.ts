/** The monthly estimate: sums calculated by hand, and each switch changes only its own lines of the bill. */
import { DEFAULT_VARIANTS, type Variants } from "../../../handler/contract/variants";
import { putsPerImage, standingUsage } from "../../../modules/cost-widget";
import { PRICED_REGIONS, type Prices, pricesOf } from "../../../modules/prices";
import type { Environment } from "../../../modules/variables";
import { metricsOf } from "../../../scripts/cloudwatch/alarm";
import { alternatives, billOf, elasticities, LINES, type Line, totalOf } from "../../../scripts/docs/cost/estimate";
import { LIGHT, lightTable } from "../../../scripts/docs/cost/light";
import { type Assumed, assumed, usageOf } from "../../../scripts/docs/cost/usage";
import { CHANGE_NAMES, type VariantCost, variantCosts } from "../../../scripts/docs/cost/variant-costs";
import { readBlueprint } from "../../../scripts/sandbox/blueprint";
import { committed, devWith, synthesized } from "../../modules/synthesized";

const PRICES = pricesOf("us-east-1") as Prices;

/** Round numbers instead of measured ones, which are those of the effort `fast`. */
const ROUND = { cpuSecondsPerMp: 0.1, cpuSecondsEach: 0.05 };

const billed = (environment: Environment, changed: Partial<Assumed> = {}) =>
  billOf(usageOf({ ...environment, encoder_effort: "fast" }, assumed({ ...ROUND, ...changed })), PRICES);

/** Lines in which two bills differ by more than rounding. */
const moved = (one: Readonly<Record<Line, number>>, other: Readonly<Record<Line, number>>): string[] =>
  (Object.keys(LINES) as Line[]).filter((line) => Math.abs(one[line] - other[line]) > 1e-9);

describe("the estimate", () => {
  it("equals the sums calculated by hand for a thousand images of 2 MB in dev", async () => {
    const bill = billed(await committed("dev"), { images: 1000, meanMb: 2 });

    // 8 MP: 0.85 s of a full vCPU, of which 1024 MB have 0.5789, and 0.15 s of waiting, in 1 GB.
    expect(bill["Lambda requests"]).toBeCloseTo(0.0002, 10);
    expect(bill["Lambda duration"]).toBeCloseTo(1000 * ((0.85 * 1769) / 1024 + 0.15) * 0.0000133334, 10);
    expect(bill["S3 requests"]).toBeCloseTo(6000 * 0.000005 + 1000 * 0.0000004, 10);
    expect(bill["S3 storage"]).toBeCloseTo(((1000 * (2 + 8)) / 1024) * 0.023, 10);
    expect(bill["CloudWatch logs"]).toBeCloseTo(((1000 * 1440) / 1024 ** 3) * (0.5 + (0.15 * 7 * 0.03) / 30), 10);
    expect(bill.PutMetricData).toBeCloseTo(0.01, 10);
    expect(bill["CloudWatch dashboard"]).toBe(3);
    expect(bill.SNS).toBeCloseTo(100 * (0.0000005 + 0.00002), 10);
    expect([bill.KMS, bill.SQS, bill["X-Ray"]]).toEqual([0, 0, 0]);
    expect(totalOf(bill)).toBeCloseTo(
      Object.values(bill).reduce((sum, usd) => sum + usd),
      10,
    );
  });

  it("grows with megapixels only up to the largest size of a variant", async () => {
    const dev = await committed("dev");

    const [large, huge] = [billed(dev, { meanMb: 4 }), billed(dev, { meanMb: 40 })];

    expect(huge["Lambda duration"]).toBeCloseTo(large["Lambda duration"], 6);
    expect(huge["S3 storage"]).toBeGreaterThan(large["S3 storage"]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ['lambda_architecture = "x86_64"',            ["Lambda duration"]],
    ["lambda_memory_size = 2048",                 ["Lambda duration"]],
    ['metrics_transport = "emf"',                 ["CloudWatch logs", "PutMetricData"]],
    ["log_retention_days = 365",                  ["CloudWatch logs"]],
    ["enable_cloudwatch_dashboard = false",       ["CloudWatch dashboard"]],
    ["enable_no_invocation_alarm = true",         ["CloudWatch alarms"]],
    ["enable_kms_key = true",                     ["KMS"]],
    ["enable_s3_access_logging = true",           ["S3 storage"]],
    ["enable_dead_letter_queue = true",           ["CloudWatch alarms", "SQS"]],
    ["enable_xray_tracing = true",                ["X-Ray"]],
    ["enable_s3_versioning = false",              []],
  ])("moves with %s in %j alone", async (tfvars, lines) => {
    expect(moved(billed(await devWith(tfvars)), billed(await devWith("")))).toEqual([...lines].sort(byLine));
  });

  const byLine = (one: string, other: string) => Object.keys(LINES).indexOf(one) - Object.keys(LINES).indexOf(other);

  it("includes the replication of each upload and its variants to another region", async () => {
    const dev = await devWith("");
    const load = { images: 1024, meanMb: 2 };

    const [alone, copied] = [billed(dev, load), billed({ ...dev, enable_replication: true }, load)];

    expect(moved(alone, copied)).toEqual(["S3 requests", "S3 storage", "Replication to another region"]);
    expect(copied["Replication to another region"]).toBeCloseTo(10 * 0.02, 10);
    expect(copied["S3 storage"] - alone["S3 storage"]).toBeCloseTo(10 * 0.023, 10);
    expect(copied["S3 requests"] - alone["S3 requests"]).toBeCloseTo(1024 * 6 * 0.000005, 10);
  });

  it("does not depend on memory below one vCPU, except for the time spent waiting", async () => {
    const noWait = { waitSeconds: 1e-9 };
    const [small, whole] = [await devWith("lambda_memory_size = 512"), await devWith("lambda_memory_size = 1769")];

    expect(billed(small, noWait)["Lambda duration"]).toBeCloseTo(billed(whole, noWait)["Lambda duration"], 3);
  });

  it("counts every price in one line of the bill", () => {
    expect(Object.values(LINES).flat().sort()).toEqual(Object.keys(PRICES).sort());
  });

  it.each(["dev", "staging", "prod"])("counts the metrics of alarms and the dashboards that %s has", async (name) => {
    const environment = await committed(name);
    const { alarms, compositeAlarms, dashboards } = readBlueprint(synthesized(environment).folder);

    const usage = standingUsage(environment);

    expect(usage.alarmMetricMonth + usage.mathAlarmMetricMonth).toBe(alarms.flatMap(metricsOf).length);
    expect(usage).toMatchObject({
      alarmMetricMonth: alarms.filter(({ watches }) => "statistic" in watches).length,
      compositeAlarmMonth: compositeAlarms.length,
      dashboardMonth: dashboards.length,
    });
  });

  it("follows the variants of the environment", async () => {
    const dev = await devWith("");
    const small = await devWith('variants = { small = { format = "webp", quality = 80, width_px = 640 } }');
    const [five, one] = [dev, small].map((environment) => usageOf(environment, assumed()));

    expect([putsPerImage(dev), putsPerImage(small)]).toEqual([6, 2]);
    expect((one?.s3Put ?? 0) / (five?.s3Put ?? 1)).toBeCloseTo(2 / 6, 5);
    // Uploads of 3 MB and 12 megapixels: 12 MB of default variants, or tens of kilobytes.
    expect((one?.s3GbMonth ?? 0) / (five?.s3GbMonth ?? 1)).toBeCloseTo(3 / 15, 1);
    expect(one?.arm64GbSecond).toBeLessThan((five?.arm64GbSecond ?? 0) / 2);
  });
});

describe("the age of variants", () => {
  const stored = async (tfvars: string, monthsKept: number) =>
    billed(await devWith(tfvars), { images: 1024, meanMb: 2, monthsKept })["S3 storage"] / 0.023;

  it.each([
    ["", 12, 2 * 12 + 8 * 12],
    ["processed_expiration_days = 90\nenable_s3_versioning = false", 12, 2 * 12 + 8 * 3],
    // Noncurrent versions are kept for 30 days more.
    ["processed_expiration_days = 90", 12, 2 * 12 + 8 * 4],
    ["processed_expiration_days = 90", 1, 2 + 8],
  ])("limits what is stored with %j, for uploads kept %i months, to %i GB", async (tfvars, months, gb) => {
    expect(await stored(tfvars, months)).toBeCloseTo(gb, 6);
  });
});

describe("the cost of a variant", () => {
  const costsOf = async (tfvars: string) => variantCosts(await devWith(tfvars), assumed({ images: 1_000_000 }), PRICES);

  it("is what the bill saves without it", async () => {
    const [costs, dev] = [await costsOf(""), await devWith("")];

    const { png, ...others } = dev.variants;
    const total = (variants: Variants) => totalOf(billOf(usageOf({ ...dev, variants }, assumed()), PRICES));
    expect(costs.map(({ name }) => name)).toEqual(Object.keys(DEFAULT_VARIANTS));
    expect(costs.find(({ name }) => name === "png")?.usd).toBeCloseTo(total(dev.variants) - total(others), 6);
    expect(png).toEqual({ format: "png" });
  });

  it("adds up to all stored bytes", async () => {
    const mb = (await costsOf('encoder_effort = "fast"')).reduce((sum, each) => sum + each.mb, 0);

    // 12 MP of 1 MB each.
    expect(mb).toBeCloseTo(12, 6);
  });

  it("has the changes that apply to the variant, each with what it saves", async () => {
    const costs = await costsOf(`variants = {
      png   = { format = "png" }
      small = { format = "webp", quality = 80, width_px = 640 }
      low   = { format = "jpeg", quality = 10, inside_px = 4000 }
    }`);

    const [png, small, low] = ["png", "small", "low"].map((name) => costs.find((cost) => cost.name === name));
    const applied = (cost: VariantCost | undefined) => CHANGE_NAMES.filter((name) => cost?.saved[name] !== undefined);
    expect(applied(png)).toEqual(["inside_px = 2048", 'format = "webp"']);
    expect(applied(small)).toEqual(["quality - 10"]);
    expect(applied(low)).toEqual(['format = "webp"']);
    expect(png?.saved["inside_px = 2048"]).toBeGreaterThan(0);
    expect(png?.saved["inside_px = 2048"]).toBeLessThan(png?.usd ?? 0);
  });
});

describe("the comparison of choices", () => {
  it("includes the configured value of each choice, with no difference", async () => {
    const environment = await devWith("lambda_memory_size = 1500");

    const chosen = alternatives(environment, assumed(), PRICES).filter(({ isChosen }) => isChosen);

    expect(chosen.map(({ variable, value }) => [variable, value])).toContainEqual(["lambda_memory_size", 1500]);
    const total = totalOf(billOf(usageOf(environment, assumed()), PRICES));
    for (const { totalUsd } of chosen) expect(totalUsd).toBeCloseTo(total, 10);
  });

  it("puts the assumption with the largest effect first", async () => {
    const dev = await committed("dev");

    const [first] = elasticities(dev, assumed({ images: 1000 }), PRICES);
    const busy = elasticities(dev, assumed({ images: 10_000_000 }), PRICES);

    // For a thousand images, most of the bill does not depend on the images.
    expect(first?.percent).toBeLessThan(0.1);
    expect(busy[0]).toMatchObject({ assumption: "images" });
    expect(busy[0]?.percent).toBeCloseTo(1, 1);
  });
});

describe("the original's light usage", () => {
  it("lists each row as the original states it and at list prices", async () => {
    const rows = lightTable(await committed("dev"), PRICES);

    const told = rows.map(({ service, originalUsd, listUsd }) => [service, originalUsd, listUsd?.toFixed(2)]);
    expect(told).toEqual([
      ["Lambda", 0.2, "0.02"],
      ["S3", 0.3, "0.23"],
      ["CloudWatch Logs", 0.5, "0.50"],
      ["CloudWatch Metrics", 3.6, "3.60"],
      ["CloudWatch Alarms", 1.2, "1.20"],
      ["SNS", 0.1, "0.00"],
      ["everything else", undefined, undefined],
    ]);
    expect(Object.values(LIGHT).reduce((sum, { originalUsd }) => sum + originalUsd, 0)).toBeCloseTo(5.9, 10);
  });

  it("adds up to the whole bill of the environment", async () => {
    const dev = await committed("dev");

    const here = lightTable(dev, PRICES).reduce((sum, { hereUsd }) => sum + hereUsd, 0);

    expect(here).toBeCloseTo(totalOf(billOf(usageOf(dev, assumed({ images: 1000, meanMb: 2 })), PRICES)), 10);
  });
});

describe("the prices", () => {
  it("are known for exactly these regions", () => {
    expect(PRICED_REGIONS).toEqual([
      "us-east-1",
      "us-east-2",
      "us-west-2",
      "eu-west-1",
      "eu-central-1",
      "ap-southeast-2",
    ]);
    expect(pricesOf("sa-east-1")).toBeUndefined();
    expect(pricesOf("toString")).toBeUndefined();
  });

  it("are higher for logs and storage in Frankfurt than in Ohio, and the same for Lambda", () => {
    const [frankfurt, ohio] = [pricesOf("eu-central-1") as Prices, pricesOf("us-east-2") as Prices];

    expect(frankfurt.logGb).toBe(0.63);
    expect(ohio.logGb).toBe(0.5);
    expect(frankfurt.arm64GbSecond).toBe(ohio.arm64GbSecond);
  });
});
