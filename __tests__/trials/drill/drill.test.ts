/** The drill of one alarm with a real run of the package, and what holds for every alarm. `drill.long.test.ts` drills others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOG_ALARMS, METRIC_ALARMS } from "../../../modules/alarms";
import { COMPOSITE_ALARMS, INCIDENT_ALARMS } from "../../../modules/incident-alarms";
import { drillStack } from "../../../scripts/build/local-stack";
import { assumed } from "../../../scripts/docs/cost/usage";
import { photo } from "../../../scripts/faults/pictures";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import type { SentDatum } from "../../../scripts/sandbox/sent";
import { drill, otherProblems, SCENARIO_NAMES, withoutScenario } from "../../../scripts/trials/drill/drill";
import { type Evidence, healthyUploads } from "../../../scripts/trials/drill/evidence";
import { mutantsOf } from "../../../scripts/trials/drill/mutants";
import { OTHERS } from "../../../scripts/trials/drill/other-runs";
import type { Recording } from "../../../scripts/trials/drill/recorded-run";
import type { Scenario } from "../../../scripts/trials/drill/scenario";
import { SCENARIOS } from "../../../scripts/trials/drill/scenarios";

const ALARM = "s3-permission-errors";

/** What CloudWatch Logs adds to each line before it counts bytes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const ENVELOPE_BYTES = 26;

let stackDir: string;
let blueprint: Blueprint;
let evidence: Evidence;

beforeAll(async () => {
  stackDir = await drillStack("prod", { alarm_routing: "each", refusal_log_level: "ERROR" });
  blueprint = readBlueprint(stackDir);
  const recordings = new Map([
    ["healthy", await OTHERS.healthy.run(blueprint, [await photo(), await photo(64, 96)])],
    [ALARM, await (SCENARIOS[ALARM] as Scenario).run(blueprint, 1)],
  ]);
  evidence = { blueprint, delivery: "typical", recordings };
});

describe("the scenario ledger", () => {
  it("has a scenario for every alarm, and none without one", () => {
    const alarms = [...Object.keys(METRIC_ALARMS), ...Object.values(LOG_ALARMS).map(({ name }) => name)];

    const others = [...Object.keys(INCIDENT_ALARMS), ...Object.keys(COMPOSITE_ALARMS)];
    expect([...SCENARIO_NAMES].sort()).toEqual([...new Set([...alarms, ...others])].sort());
  });

  it("refuses an alarm without a scenario", () => {
    const [alarm] = blueprint.alarms;
    const alarms = alarm === undefined ? [] : [{ ...alarm, name: `${blueprint.function.name}-full-moon` }];

    expect(withoutScenario({ ...blueprint, alarms })).toEqual([
      "Expected a scenario for alarm full-moon but got none: add a row to SCENARIOS",
    ]);
  });
});

describe("the drill", () => {
  it("follows one fault from its log line to the notification", () => {
    const verdict = drill(blueprint, evidence).find(({ alarm }) => alarm === "s3-permission-errors");

    expect(verdict).toMatchObject({
      cause: "S3 answers 403",
      pattern: '{ ($.event = "storage.denied") }',
      datapoints: [1],
      states: [
        { afterSeconds: 220, state: "ALARM" },
        { afterSeconds: 280, state: "OK" },
      ],
      topic: "log-alerts",
      recipients: ["email oncall@example.com"],
      pageSeconds: 220,
      also: ["log-errors", "release-errors"],
    });
    expect(JSON.parse(verdict?.line ?? "")).toMatchObject({ event: "storage.denied", operation: "GetObject" });
  });

  it("finds that a healthy upload writes as much log as the cost estimate assumes", () => {
    // The costs of the upload API and of backfills are estimated by themselves.
    const lines = healthyUploads(evidence)
      .filter((upload) => !upload.lines.some(({ message }) => message.includes('"event":"link.used"')))
      .flatMap((upload) => upload.lines)
      .filter(({ logGroup }) => logGroup === blueprint.function.logGroup);
    const uploads = lines.filter(({ message }) => message.includes('"event":"image.processed"')).length;
    const written = lines.reduce((sum, { message }) => sum + Buffer.byteLength(message) + ENVELOPE_BYTES, 0);

    const { logBytes, embeddedLogBytes } = assumed();
    const ratio = written / uploads / (logBytes + embeddedLogBytes);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  it("names a run whose embedded metrics CloudWatch rejects", () => {
    const [[name, recording]] = [...evidence.recordings] as [[string, Recording]];
    const [datum] = recording.data as [SentDatum];
    const rejection = { ...datum, namespace: "AWS/Logs", name: "EMFValidationErrors", value: 2 };
    const recordings = new Map([[name, { ...recording, data: [...recording.data, rejection] }]]);

    expect(otherProblems(blueprint, { ...evidence, recordings })).toEqual([
      `${name}: CloudWatch rejects 2 embedded metrics`,
    ]);
  });
});

describe("a changed stack", () => {
  it("differs from the original in one resource", () => {
    const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
    const changed = mutantsOf(stack, "").map((mutant) => {
      const before = stack.resource as Record<string, Record<string, unknown>>;
      const after = mutant.stack.resource as typeof before;
      const labels = Object.entries(before).flatMap(([type, rows]) =>
        Object.keys(rows).map((label) => [type, label] as const),
      );
      return labels.filter(([type, label]) => before[type]?.[label] !== after[type]?.[label]).length;
    });

    expect(new Set(changed)).toEqual(new Set([1]));
  });
});
