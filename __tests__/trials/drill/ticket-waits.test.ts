import { drillStack } from "../../../scripts/build/local-stack";
import { type Blueprint, readBlueprint } from "../../../scripts/sandbox/blueprint";
import type { Evidence } from "../../../scripts/trials/drill/evidence";
import { ticketWaitProblems } from "../../../scripts/trials/drill/ticket-waits";

const problemsOf = (blueprint: Blueprint): string[] =>
  blueprint.alarms.flatMap((alarm) => ticketWaitProblems(alarm, blueprint, { blueprint } as Evidence));

const withPeriods = (blueprint: Blueprint, name: string, evaluationPeriods: number): Blueprint => ({
  ...blueprint,
  alarms: blueprint.alarms.map((alarm) => (alarm.name.endsWith(name) ? { ...alarm, evaluationPeriods } : alarm)),
});

describe.each([60, 900])("an alarm under a ticket, at a lambda_timeout of %i s,", (timeout) => {
  it("stays in ALARM for longer than the ticket waits for the page", async () => {
    const blueprint = readBlueprint(await drillStack("prod", { lambda_timeout: timeout, enable_backfill: false }));

    expect(blueprint.compositeAlarms.length).toBeGreaterThan(5);
    expect(problemsOf(blueprint)).toEqual([]);
  });

  it.each([
    ["release-errors", 1, "bad-release"],
    ["high-duration", 2, "creep"],
  ])("does not if %s evaluates only %i periods", async (name, periods, ticket) => {
    const blueprint = readBlueprint(await drillStack("prod", { lambda_timeout: timeout, enable_backfill: false }));

    expect(problemsOf(withPeriods(blueprint, name, periods))).toEqual([
      `${name} can return to OK before ${ticket}, which waits for the page, notifies`,
    ]);
  });
});
