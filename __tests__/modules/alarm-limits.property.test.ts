/** What must be true of the alarms at any traffic, time limit and target. */
import fc from "fast-check";
import { compositeAlarms, namesIn, singleAlarms } from "../../modules/alarm-rows";
import { DELAYS_SECONDS } from "../../modules/alarm-windows";
import { ALARM_VALUES } from "../../modules/inputs/cloudwatch_alarms";
import { fromTraffic } from "../../modules/traffic";
import type { Environment } from "../../modules/variables";
import { committed } from "./synthesized";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html and API_PutCompositeAlarm.html */
const LIMITS = { metrics: 10, expression: 2_048, children: 100 } as const;

let prod: Environment;
beforeAll(async () => {
  prod = await committed("prod");
});

const changes = fc.record({
  lambda_timeout: fc.integer({ min: 1, max: 900 }),
  uploads_per_month: fc.oneof(fc.integer({ min: 1, max: 1e4 }), fc.integer({ min: 1e4, max: 1e10 })),
  slo_target_percent: fc.integer({ min: 95_000, max: 99_999 }).map((thousandths) => thousandths / 1_000),
  lambda_retry_attempts: fc.integer({ min: 0, max: 2 }),
  alarm_routing: fc.constantFrom("each" as const, "incident" as const),
});

type Changes = typeof changes extends fc.Arbitrary<infer C> ? C : never;

const withChanges = (changed: Changes): Environment => ({ ...prod, ...changed, ...fromTraffic(changed) });

const whole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

describe("alarms, for any time limit, traffic and target", () => {
  it("have thresholds and windows that their own variables accept", () => {
    fc.assert(
      fc.property(changes, (changed) => {
        const refused = Object.entries(fromTraffic(changed)).filter(
          ([name, value]) => !ALARM_VALUES[name as keyof ReturnType<typeof fromTraffic>].check.safeParse(value).success,
        );

        expect(refused).toEqual([]);
      }),
    );
  });

  it("stay within the limits of CloudWatch", () => {
    fc.assert(
      fc.property(changes, (changed) => {
        const rows = singleAlarms(withChanges(changed));

        const refused = rows.filter(({ periodSeconds: period, evaluationPeriods: periods, ...row }) => {
          const { metric, datapointsToAlarm, threshold } = row;
          const isMath = typeof metric === "object";
          return !(
            whole(period / 60, 1, DAY / 60) &&
            whole(periods, 1, (period < HOUR ? DAY : 7 * DAY) / period) &&
            whole(datapointsToAlarm, 1, periods) &&
            Number.isFinite(threshold) &&
            (!isMath || Object.keys(metric.of).length < LIMITS.metrics) &&
            (!isMath || metric.expression.length <= LIMITS.expression)
          );
        });
        expect(refused.map(({ name }) => name)).toEqual([]);
      }),
    );
  });

  it("are never named by a rule without existing, and a page can always come", () => {
    fc.assert(
      fc.property(changes, (changed) => {
        const values = withChanges(changed);
        const composites = compositeAlarms(values);
        const names = [...singleAlarms(values), ...composites].map(({ name }) => name);

        const named = composites.flatMap(({ rule, suppressor }) => [
          ...namesIn(rule),
          ...(suppressor ? [suppressor] : []),
        ]);
        expect(named.filter((name) => !names.includes(name))).toEqual([]);
        expect(named.length).toBeLessThan(LIMITS.children);
        expect(composites.some(({ name }) => name === "page")).toBe(changed.alarm_routing === "incident");
      }),
    );
  });

  it("see the longest invocation, however late Lambda sends its metrics", () => {
    fc.assert(
      fc.property(changes, (changed) => {
        const { lambda_timeout } = changed;
        const rows = singleAlarms({ ...withChanges(changed), alarm_routing: "incident" });

        const watching = rows.filter(({ name }) => ["release-errors", "two-versions", "high-duration"].includes(name));
        expect(watching).toHaveLength(3);
        // Lambda dates the metrics at the start, and sends them within a minute and the longest delay after the end.
        const needed = lambda_timeout + 60 + Math.max(...DELAYS_SECONDS);
        expect(watching.filter(({ periodSeconds }) => periodSeconds < needed).map(({ name }) => name)).toEqual([]);
      }),
    );
  });
});
