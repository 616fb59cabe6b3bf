/** The drill of the synthesized stack: real runs are recorded once, all checks use the recordings. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOG_ALARMS, METRIC_ALARMS } from "../../../modules/alarms";
import { COMPOSITE_ALARMS, INCIDENT_ALARMS } from "../../../modules/incident-alarms";
import { drillStack } from "../../../scripts/build/local-stack";
import { assumed } from "../../../scripts/docs/cost/usage";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import type { SentDatum } from "../../../scripts/sandbox/sent";
import { control } from "../../../scripts/trials/drill/control";
import { drill, otherProblems, SCENARIO_NAMES, withoutScenario } from "../../../scripts/trials/drill/drill";
import { type Evidence, gather, shortName } from "../../../scripts/trials/drill/evidence";
import { type Mutant, mutantsOf } from "../../../scripts/trials/drill/mutants";
import { runMutants, shortenWindows } from "../../../scripts/trials/drill/mutation-run";
import { probeProblems, slowProblems } from "../../../scripts/trials/drill/probes";
import type { Recording } from "../../../scripts/trials/drill/recorded-run";
import { slowProbesOf } from "../../../scripts/trials/drill/slow-probes";
import { structureProblems } from "../../../scripts/trials/drill/structure";

/**
 * Quick scenarios of some kinds: counts of log lines, a count of Lambda data, a gauge, and missing traffic. `.ci/run` drills
 * `dev` and `prod` with all scenarios, all mutants and all timeouts.
 */
const QUICK = ["log-errors", "s3-permission-errors", "event-age", "high-error-rate", "no-invocations"];

/** What CloudWatch Logs adds to each line before it counts bytes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const ENVELOPE_BYTES = 26;

/** Every alarm notifies its own topic, so that each can be seen alone. */
const EACH = { alarm_routing: "each", refusal_log_level: "ERROR" } as const;

let stackDir: string;
let blueprint: Blueprint;
let evidence: Evidence;

beforeAll(async () => {
  stackDir = await drillStack("prod", EACH);
  blueprint = readBlueprint(stackDir);
  evidence = await gather(blueprint, { only: QUICK });
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
  it("makes each alarm fire for its own cause, and no other alarm", () => {
    const verdicts = drill(blueprint, evidence);

    expect(verdicts.map(({ alarm, problems }) => ({ alarm, problems }))).toEqual(
      blueprint.alarms
        .map(({ name }) => name.slice(blueprint.function.name.length + 1))
        .filter((alarm) => QUICK.includes(alarm))
        .map((alarm) => ({ alarm, problems: [] })),
    );
  });

  it("shows the SMS of each critical alarm, which is short enough to read at a glance", () => {
    const critical = drill(blueprint, evidence).filter(({ topic }) => topic === "critical-alerts");

    expect(critical.length).toBeGreaterThan(0);
    expect(critical.map(({ sms }) => sms)).toEqual(
      critical.map(({ name }) => `ALARM: "${name}" in US East (N. Virginia)`),
    );
    expect(critical.filter(({ sms = "" }) => sms.length > 140)).toEqual([]);
  });

  it("finds that a healthy upload writes as much log as the cost estimate assumes", () => {
    const lines = evidence.recordings.get("healthy")?.lines ?? [];
    const uploads = lines.filter(({ message }) => message.includes('"event":"image.processed"')).length;
    const written = lines.reduce((sum, { message }) => sum + Buffer.byteLength(message) + ENVELOPE_BYTES, 0);

    const { logBytes, embeddedLogBytes } = assumed();
    const ratio = written / uploads / (logBytes + embeddedLogBytes);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

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

  it("leaves every alarm OK during a healthy hour with one fault less than the thresholds", () => {
    expect(control(blueprint, evidence)).toEqual({
      atTheEdge: ["event-age", "high-error-rate"],
      problems: [],
    });
  });

  it("finds no failed boundary check", () => {
    expect(probeProblems(blueprint, evidence)).toEqual([]);
  });

  it("finds that each metric counts its own lines only", () => {
    expect(otherProblems(blueprint, evidence)).toEqual([]);
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

  it("finds no mistake in the structure of the stack", () => {
    expect(structureProblems(stackDir, blueprint, evidence)).toEqual([]);
  });
});

describe("the longest invocations", () => {
  const SECONDS = 300;
  let slow: Evidence;

  beforeAll(async () => {
    slow = { ...evidence, blueprint: readBlueprint(await drillStack("prod", { ...EACH, lambda_timeout: SECONDS })) };
  });

  it("amid healthy traffic are noticed in time, with either delivery", () => {
    expect(slowProbesOf(slow).map(({ alarm, delivery }) => [shortName({ name: alarm }, blueprint), delivery])).toEqual(
      ["event-age", "high-error-rate", "no-invocations"].flatMap((alarm) => [
        [alarm, "typical"],
        [alarm, "worst"],
      ]),
    );
    expect(slowProblems(slow)).toEqual([]);
  });

  it("are missed with one evaluation period less", () => {
    const expected = ["event-age: evaluation_periods 2 -> 1", "high-error-rate: evaluation_periods 2 -> 1"];

    const results = shortenWindows(slow);

    expect(results.map(({ mutant }) => mutant)).toEqual(
      expect.arrayContaining(expected.map((change) => `lambda_timeout ${SECONDS}, ${change}`)),
    );
    expect(results.filter(({ caughtBy }) => caughtBy === undefined)).toEqual([]);
  });
});

describe("the drill of a stack with one page for an incident", () => {
  const QUICK_INCIDENT = ["page", "recovered", "high-error-rate", "refused", "refused-rate"];
  let folder: string;
  let own: Evidence;

  beforeAll(async () => {
    folder = await drillStack("prod");
    own = await gather(readBlueprint(folder), { only: QUICK_INCIDENT });
  });

  it("sees one page for an outage, a ticket for refused files, and no other notification", () => {
    const verdicts = drill(own.blueprint, own);

    expect(verdicts.map(({ alarm, topic, problems }) => [alarm, topic, problems])).toEqual([
      ["high-error-rate", "none", []],
      ["recovered", "none", []],
      ["refused-rate", "none", []],
      ["page", "critical-alerts", []],
      ["refused", "log-alerts", []],
    ]);
    expect(probeProblems(own.blueprint, own)).toEqual([]);
    expect(structureProblems(folder, own.blueprint, own)).toEqual([]);
  });

  it("notices a missing ticket, and a rule with another operator", () => {
    const { compositeAlarms } = own.blueprint;
    const problemsWith = (composites: typeof compositeAlarms) =>
      structureProblems(folder, { ...own.blueprint, compositeAlarms: composites }, own);

    const missing = problemsWith(compositeAlarms.filter(({ name }) => !name.endsWith("-redrive")));
    const reversed = problemsWith(
      compositeAlarms.map((each) => ({ ...each, rule: each.rule.replace(" OR ", " AND ") })),
    );

    expect(missing).toEqual(["redrive is missing, so that no one is notified"]);
    expect(reversed).toContain("page stays OK while high-error-rate is in ALARM");
  });
});

describe("a changed stack", () => {
  /** Mutants that need a run which is left out here; `npm run drill -- --mutants` includes them. */
  const NOT_RUN = /log_alerts_(TimeoutErrors|MemoryErrors|LargeImages):|CRITICAL/;

  const isQuick = ({ name, reruns }: Mutant): boolean =>
    reruns === undefined &&
    !NOT_RUN.test(name) &&
    (!name.includes("metric_alarm") || QUICK.some((alarm) => name.includes(`_${alarm.replaceAll("-", "_")}:`)));

  /** The resource's type and what is changed in it, without the resource's name and the values. */
  const kindOf = ({ name }: Mutant): string =>
    name
      .replace(/\.\S+:/, "")
      .split(" ")
      .slice(0, 2)
      .join(" ");

  it("is noticed, tried with one change of each kind", async () => {
    const tried = new Set<string>();
    const isFirstOfKind = (mutant: Mutant) => isQuick(mutant) && tried.size < tried.add(kindOf(mutant)).size;

    const results = await runMutants(stackDir, evidence, { wanted: isFirstOfKind });

    expect(results.length).toBeGreaterThanOrEqual(40);
    expect(results.filter(({ caughtBy }) => caughtBy === undefined)).toEqual([]);
  });

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

  it("is named if its bucket notification is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "drill-"));
    try {
      const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
      delete stack.resource.aws_s3_bucket_notification;
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));

      expect(structureProblems(folder, readBlueprint(folder), evidence)).toEqual([
        "no bucket invokes the function for every upload",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
