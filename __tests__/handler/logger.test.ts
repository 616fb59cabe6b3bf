import { EVENTS, type EventName } from "../../handler/contract/events";
import type { Settings } from "../../handler/contract/settings";
import { type Changes, eventsIn, linesOf, loadHandler, run } from "./aws";

const EVERY = Object.keys(EVENTS) as EventName[];
/** Events below WARN that no metric is made from. */
const WITHOUT_METRIC: readonly EventName[] = [
  "image.complete",
  "variants.deleted",
  "record.ignored",
  "request.refused",
];

/** @returns the lines written for all events at a level, by a newly loaded logger */
const linesAt = async (level: Settings["LOG_LEVEL"], lambdaLevel?: string) => {
  if (lambdaLevel === undefined) delete process.env.AWS_LAMBDA_LOG_LEVEL;
  else process.env.AWS_LAMBDA_LOG_LEVEL = lambdaLevel;
  return linesOf(async () => {
    jest.resetModules();
    const { createLog }: typeof import("../../handler/src/logger") = require("../../handler/src/logger");
    const log = createLog({ LOG_LEVEL: level, REFUSAL_LOG_LEVEL: "ERROR" }, "request-1") as (
      event: EventName,
      fields: object,
    ) => void;
    for (const event of EVERY) log(event, {});
  });
};

it("writes every event at DEBUG", async () => {
  expect(eventsIn(await linesAt("DEBUG"))).toEqual(EVERY);
});

it.each([
  ["INFO", ["record.ignored"]],
  ["WARNING", WITHOUT_METRIC],
  ["ERROR", WITHOUT_METRIC],
] as const)(
  "writes at %s all events that feed a metric, regardless of their level, and leaves out %j",
  async (level, leftOut) => {
    expect(eventsIn(await linesAt(level))).toEqual(EVERY.filter((event) => !leftOut.some((each) => each === event)));
  },
);

it.each(["DEBUG", "INFO"])("writes the same, without a warning, if the level of Lambda is %s", async (lambdaLevel) => {
  expect(eventsIn(await linesAt("WARNING", lambdaLevel))).toEqual(
    EVERY.filter((event) => !WITHOUT_METRIC.includes(event)),
  );
});

it("prints the levels as the ledger spells them", async () => {
  const lines = await linesAt("DEBUG");

  expect(lines.map(({ event, level, message }) => [event, level, message])).toEqual(
    EVERY.map((event) => [event, EVENTS[event].level, EVENTS[event].message]),
  );
});

it("refuses to start if settings are missing or invalid, and lists all of them in one line", async () => {
  const changes: Changes = { LOG_LEVEL: "LOUD", MAX_IMAGE_BYTES: "" };

  const { lines, thrown } = await run({ Records: [] }, changes);

  const problem =
    'Expected one of DEBUG, INFO, WARNING, ERROR for LOG_LEVEL but got "LOUD"; ' +
    'Expected a whole number above 0 for MAX_IMAGE_BYTES but got ""';
  expect(lines).toEqual([expect.objectContaining({ event: "settings.refused", level: "CRITICAL", problem })]);
  expect(thrown).toMatchObject({ message: problem });
  expect(() => loadHandler()).not.toThrow();
});
