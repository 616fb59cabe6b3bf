/** Which alarms a person can make fire by a button of the console, and which not. */
import { drillStack } from "../../scripts/build/local-stack";
import { createBreakage } from "../../scripts/console/breakage";
import { readBlueprint } from "../../scripts/sandbox/blueprint";

const breakageOf = async (environment: string) =>
  createBreakage(
    readBlueprint(await drillStack(environment)),
    () => {},
    () => {},
  );

describe("the faults", () => {
  it.each([
    ["dev", []],
    ["staging", ["waiting"]],
    [
      "prod",
      [
        ...["backfill", "backfill-aborted", "backfill-batches-failed", "backfill-batches-timed-out"],
        ...["backfill-failed", "backfill-failure-rate", "backfill-timed-out", "bad-release", "two-versions", "waiting"],
      ],
    ],
  ])("of %s make every alarm fire, except for these: %j", async (environment, names) => {
    const { others } = await breakageOf(environment);

    expect([...others].sort()).toEqual(names);
  });

  it("that make uploads fail spend the error budgets, unless many others succeed", async () => {
    const fault = (await breakageOf("prod")).list().find(({ id }) => id === "s3-unavailable");

    expect(fault?.fires).toContain("budget-2h");
    expect(fault?.firesAlone).toEqual(
      expect.arrayContaining(["budget-burning", "budget-1d", "budget-6h", "budget-30m", "budget", "slow-burn"]),
    );
  });

  it("that are slow make the clock of an invocation faster, until they are healed", async () => {
    const scales: number[] = [];
    const breakage = createBreakage(
      readBlueprint(await drillStack("prod")),
      () => {},
      (scale) => scales.push(scale),
    );
    await breakage.break("links-slow", 0);
    breakage.heal("links-slow", 1);

    expect(scales).toEqual([10, 1]);
  });

  it("of the upload API send four times as many requests as its alarms need, and no uploads", async () => {
    const links = (await breakageOf("prod")).list().filter(({ id }) => id.startsWith("links-"));

    expect(links.map(({ requests, uploads }) => [requests, uploads])).toEqual(links.map(() => [80, 0]));
    expect((await breakageOf("dev")).list().some(({ requests }) => requests > 0)).toBe(false);
  });
});
