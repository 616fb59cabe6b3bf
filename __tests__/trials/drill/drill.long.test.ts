/** The drill of many alarms: real runs are recorded once, all checks use the recordings. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drillStack } from "../../../scripts/build/local-stack";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import { control } from "../../../scripts/trials/drill/control";
import { drill, otherProblems } from "../../../scripts/trials/drill/drill";
import { type Evidence, gather, shortName } from "../../../scripts/trials/drill/evidence";
import type { Mutant } from "../../../scripts/trials/drill/mutants";
import { runMutants, shortenWindows } from "../../../scripts/trials/drill/mutation-run";
import { probeProblems, slowProblems } from "../../../scripts/trials/drill/probes";
import { slowProbesOf } from "../../../scripts/trials/drill/slow-probes";
import { structureProblems } from "../../../scripts/trials/drill/structure";

/**
 * Quick scenarios of some kinds: counts of log lines, a count of Lambda data, a gauge, and missing traffic. `.ci/run` drills
 * `dev` and `prod` with all scenarios, all mutants and all timeouts.
 */
const QUICK = ["log-errors", "s3-permission-errors", "event-age", "high-error-rate", "no-invocations"];

/** Runs of backfills are left out: only they publish what the alarms of backfills watch. */
const NO_BACKFILL = { enable_backfill: false };

/** Every alarm notifies its own topic, so that each can be seen alone. */
const EACH = { ...NO_BACKFILL, alarm_routing: "each", refusal_log_level: "ERROR" } as const;

let stackDir: string;
let blueprint: Blueprint;
let evidence: Evidence;

beforeAll(async () => {
  stackDir = await drillStack("prod", EACH);
  blueprint = readBlueprint(stackDir);
  evidence = await gather(blueprint, { only: QUICK });
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
    folder = await drillStack("prod", NO_BACKFILL);
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
