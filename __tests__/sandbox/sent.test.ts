/** The time from which CloudWatch can see data, by the way in which they are sent. */
import { visibleMsOf } from "../../scripts/sandbox/sent";

const MINUTE_MS = 60_000;

describe("a datum", () => {
  it("is visible some minutes after the end of the minute in which it is sent", () => {
    const sent = { channel: "lambdaMetric", sentMs: 10 * MINUTE_MS + 1 } as const;

    expect(visibleMsOf(sent, "typical")).toBe(14 * MINUTE_MS);
    expect(visibleMsOf(sent, "worst")).toBe(16 * MINUTE_MS);
  });

  it("of a queue that was idle is visible 15 minutes after its first use at the earliest", () => {
    const queue = { channel: "activeQueueMetric", activeSinceMs: 10 * MINUTE_MS } as const;

    expect(visibleMsOf({ ...queue, sentMs: 11 * MINUTE_MS }, "typical")).toBe(26 * MINUTE_MS);
    expect(visibleMsOf({ ...queue, sentMs: 40 * MINUTE_MS }, "typical")).toBe(43 * MINUTE_MS);
  });
});
