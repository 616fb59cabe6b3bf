/** The pace of the console's clock: jumps, and invocations that hold them. */
import { setImmediate as turn } from "node:timers/promises";
import { createPace, type Pace } from "../../scripts/console/pace";

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

let minutes: number[];
let pace: Pace;

beforeEach(() => {
  minutes = [];
  pace = createPace({
    onMinute: async (atMs) => {
      minutes.push(atMs);
    },
    onChange: () => {},
  });
});

afterEach(() => pace.stop());

const until = async (isReached: () => boolean) => {
  while (!isReached()) await turn();
};

const isStill = () => pace.state().jumpMs === 0;

describe("the console's clock", () => {
  it("visits every whole minute of a jump, in order", async () => {
    const beginMs = pace.now();

    pace.jump(5 * MINUTE_MS);
    await until(isStill);

    const firstMs = Math.ceil(beginMs / MINUTE_MS) * MINUTE_MS;
    expect(minutes).toEqual([0, 1, 2, 3, 4].map((minute) => firstMs + minute * MINUTE_MS));
    expect(pace.now() - beginMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    expect(pace.now() - beginMs).toBeLessThan(6 * MINUTE_MS);
  });

  it("ends a wait at its time in the middle of a jump", async () => {
    const beginMs = pace.now();
    let endedMs = 0;
    void pace.wait(90_000, never).then(() => {
      endedMs = pace.now();
    });

    pace.jump(5 * MINUTE_MS);
    await until(isStill);

    expect(endedMs - beginMs).toBeGreaterThanOrEqual(90_000);
    expect(endedMs - beginMs).toBeLessThan(100_000);
  });

  it("holds a jump while an invocation runs, and one that begins during the jump", async () => {
    const beginMs = pace.now();
    pace.began();
    void pace.wait(MINUTE_MS, never).then(() => pace.began());

    pace.jump(5 * MINUTE_MS);
    for (let i = 0; i < 5; i += 1) await turn();
    const heldMs = pace.now() - beginMs;
    pace.ended();
    await until(() => pace.state().running === 1);
    const retriedMs = pace.now() - beginMs;
    const leftMs = pace.state().jumpMs;
    pace.ended();
    await until(isStill);

    expect(heldMs).toBeLessThan(MINUTE_MS);
    expect(retriedMs).toBeLessThan(2 * MINUTE_MS);
    expect(leftMs).toBeGreaterThan(3 * MINUTE_MS);
    expect(pace.now() - beginMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
  });

  it("runs in real time while an invocation runs", () => {
    pace.setSpeed(60);
    const before = pace.state().scale;
    pace.began();
    const during = pace.state().scale;
    pace.ended();

    expect([before, during, pace.state().scale]).toEqual([60, 1, 60]);
  });

  it("runs as fast as a fault needs while an invocation runs, and not without one", () => {
    pace.setRunningScale(10);
    const before = pace.state().scale;
    pace.began();
    const during = pace.state().scale;
    pace.setRunningScale(1);
    const healed = pace.state().scale;
    pace.ended();

    expect([before, during, healed]).toEqual([1, 10, 1]);
  });

  it("ends waits when their signal is aborted", async () => {
    const controller = new AbortController();
    const waiting = pace.wait(MINUTE_MS, controller.signal);

    controller.abort();

    await expect(waiting).resolves.toBeUndefined();
  });
});
