/** The final state of an upload, from the outcome of its invocation and the lines that the function logged. */
import { EVENTS } from "../../handler/contract/events";
import { endingOf } from "../../scripts/console/ending";
import type { Outcome } from "../../scripts/sandbox/lambda";

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  ...{ requestId: "1", status: "success", attempts: 1, throttles: 0, reports: [] },
  ...more,
});

const refused = { event: "image.refused", reason: "corrupt", detail: "Expected a whole file" };

describe("an upload", () => {
  it.each(["ERROR", "WARN"])("is refused with its reason where refusals are logged at %s", (level) => {
    expect(endingOf(outcome(), [{ ...refused, level }], false)).toEqual({
      state: "refused",
      reason: "corrupt: Expected a whole file",
    });
  });

  it.each([
    ["image.superseded", "ignored"],
    ["image.mismatched", "refused"],
  ] as const)("without variants after %s is %s, for the reason that the line gives", (event, state) => {
    const { message } = EVENTS[event];

    expect(endingOf(outcome(), [{ event, message }, { type: "platform.report" }], false)).toEqual({
      state,
      reason: message,
    });
  });

  it("is done with variants, even if an earlier attempt failed", () => {
    expect(endingOf(outcome(), [{ level: "ERROR", errorMessage: "Access Denied" }], true)).toEqual({ state: "done" });
  });

  it("is ignored where the function logged no end of it", () => {
    expect(endingOf(outcome(), [{ event: "image.received" }], false).state).toBe("ignored");
  });

  it.each([
    [{ status: "timeout" }, "The function timed out."],
    [{ status: "dropped" }, "Lambda dropped the event after too many throttles."],
    [{ status: "error", errorMessage: "1 of 1 images failed" }, "Access Denied"],
  ] as const)("fails after %j, and says why", (end, reason) => {
    const lines = [{ level: "ERROR", errorMessage: "Access Denied" }, { level: "INFO" }];

    expect(endingOf(outcome(end), lines, false)).toEqual({ state: "failed", reason });
  });
});
