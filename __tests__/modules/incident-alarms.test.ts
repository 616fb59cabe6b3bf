/** The alarms where one composite alarm pages. */
import { criticalAlarms, singleAlarms } from "../../modules/alarm-rows";
import { fromTraffic } from "../../modules/traffic";
import type { Environment } from "../../modules/variables";
import { warnings } from "../../modules/warnings";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { committed, devWith, synthesized } from "./synthesized";

const INCIDENT = { alarm_routing: "incident", refusal_log_level: "WARN" } as const;

const prod = async (changes: Partial<Environment> = {}): Promise<Environment> => ({
  ...(await committed("prod")),
  ...INCIDENT,
  ...changes,
});

const minutes = (uploads_per_month: number) => {
  const { error_rate_window_seconds, recovery_window_seconds, lost_images_window_seconds, silence_periods } =
    fromTraffic({ uploads_per_month, lambda_retry_attempts: 2, slo_target_percent: 99.9 });
  return [
    error_rate_window_seconds / 60,
    recovery_window_seconds / 60,
    lost_images_window_seconds / 60,
    silence_periods * 5,
  ];
};

describe("windows", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [10_000,     [62, 62, 60, 360]],
    [100_000,    [17, 17, 15, 85]],
    [1_000_000,  [7,  12, 15, 15]],
    [30_000_000, [7,  12, 15, 15]],
  ])("follow from %i uploads a month", (uploads, expected) => {
    expect(minutes(uploads)).toEqual(expected);
  });

  it("are those of the file where it has them", async () => {
    const environment = await devWith("uploads_per_month = 10000\nerror_rate_window_seconds = 600");

    expect(environment.error_rate_window_seconds).toBe(600);
    expect(environment.recovery_window_seconds).toBe(3_720);
  });

  it("count more failures than two uploads can have, with all their retries", () => {
    const least = [0, 1, 2].map((lambda_retry_attempts) =>
      fromTraffic({ uploads_per_month: 1e6, lambda_retry_attempts, slo_target_percent: 99.9 }),
    );

    expect(least.map(({ error_rate_min_failures }) => error_rate_min_failures)).toEqual([3, 5, 7]);
  });
});

describe("a stack with one page for an incident", () => {
  it("notifies the critical topic from one alarm only", async () => {
    const { alarms, compositeAlarms } = readBlueprint(synthesized(await prod()).folder);

    const critical = [...alarms, ...compositeAlarms].filter(({ alarmActions }) =>
      alarmActions.some((arn) => arn.endsWith("-critical-alerts")),
    );
    expect(critical.map(({ name }) => name)).toEqual(["image-processor-prod-processor-page"]);
  });

  it("keeps every ticket quiet while the page is in ALARM, except that of the records, whose cause is never that of a page", async () => {
    const { alarms, compositeAlarms } = readBlueprint(synthesized(await prod()).folder);

    const notifying = [...alarms, ...compositeAlarms].filter(({ alarmActions }) => alarmActions.length > 0);
    const suppressed = compositeAlarms.filter(({ actionsSuppressor }) => actionsSuppressor?.alarm.endsWith("-page"));
    const others = notifying.filter(({ name }) => !suppressed.some((ticket) => ticket.name === name));
    expect(others.map(({ name }) => name.replace("image-processor-prod-processor-", ""))).toEqual([
      "records-lost",
      "page",
    ]);
  });

  it("lets only alarms on the newest version end a release", async () => {
    expect(criticalAlarms(await prod())).toEqual(["release-errors"]);
  });

  it("counts no refused upload as a failure", async () => {
    const { metricFilters } = readBlueprint(synthesized(await prod()).folder);

    const patterns = metricFilters.flatMap(({ metric, pattern }) =>
      pattern.includes("image.refused") ? [metric.name] : [],
    );
    expect(patterns.sort()).toEqual(["AllRefusedImages", "RefusedImages"]);
  });

  it("destroys an alarm after the composite alarms that name it are updated, and names it by reference", async () => {
    const { resource } = synthesized(await prod());

    const rules = Object.values(resource.aws_cloudwatch_composite_alarm ?? {}).map(
      ({ alarm_rule, actions_suppressor }) => JSON.stringify([alarm_rule, actions_suppressor]),
    );
    const named = new Set(rules.join().match(/aws_cloudwatch_(?:metric|composite)_alarm\.\w+/g) ?? []);
    const kept = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].flatMap((type) =>
      Object.entries(resource[type] ?? {})
        .filter(([, { lifecycle }]) => lifecycle !== undefined)
        .map(([label]) => `${type}.${label}`),
    );
    expect(kept.sort()).toEqual([...named].sort());
  });

  it("needs no alarm that a flag switches off", async () => {
    const { compositeAlarms } = readBlueprint(
      synthesized(
        await prod({ enable_memory_alarm: false, enable_no_invocation_alarm: false, enable_dead_letter_queue: false }),
      ).folder,
    );

    const names = compositeAlarms.map(({ name }) => name.replace("image-processor-prod-processor-", ""));
    expect(names.sort()).toEqual([
      "bad-release",
      "budget",
      "creep",
      "dropped",
      "page",
      "refused",
      "slow-burn",
      "table",
    ]);
    expect(compositeAlarms.map(({ rule }) => rule).join()).not.toMatch(/memory-high|no-invocations|images-lost/);
  });

  it("keeps the twelve alarms of dev", async () => {
    expect(singleAlarms(await committed("dev"))).toHaveLength(12);
  });
});

describe("an operator", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ["slo_target_percent = 100",                                          'Expected a number from 95 up to, but not including, 100 for slo_target_percent but got 100'],
    ["error_rate_window_seconds = 90",                                    "Expected a multiple of 60 seconds from 60 to 86400 for error_rate_window_seconds but got 90"],
    ["refused_window_seconds = 172800",                                   "Expected a multiple of 60 seconds from 60 to 86400 for refused_window_seconds but got 172800"],
    ["recovery_window_seconds = 60\nalarm_routing = \"incident\"",        "Expected at least error_rate_window_seconds (420) for recovery_window_seconds but got 60"],
    ["lambda_max_event_age_seconds = 200\nalarm_routing = \"incident\"",  "Expected less than lambda_max_event_age_seconds (200) for slo_seconds but got 300"],
    ["uploads_per_month = 0",                                             "Expected a whole number of uploads from 1 to 10000000000 for uploads_per_month but got 0"],
  ])("is reported in one line for %j", async (tfvars, expected) => {
    await expect(devWith(tfvars)).rejects.toThrow(new Error(`environments/dev.tfvars: ${expected}`));
  });

  it.each([
    [100_000, true],
    [30_000_000, false],
  ])("is warned of a release that is too short at %i uploads a month: %s", async (uploads_per_month, isWarned) => {
    const found = warnings([await prod({ uploads_per_month })]).filter((warning) =>
      warning.includes("gives a new version"),
    );

    expect(found.length > 0).toBe(isWarned);
  });
});
