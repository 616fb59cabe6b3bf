/** The deadline of an invocation: work stops before Lambda ends the process, is reported, and leaves nothing running. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { S3EventRecord } from "aws-lambda";
import { startDeadline, until } from "../../handler/src/deadline";
import { processImage } from "../../handler/src/process";
import { eventsIn, run, startAws, sums } from "./aws";
import { LIMITS, plain } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;

beforeAll(async () => {
  aws = await startAws();
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const HOUR_MS = 3_600_000;
const never = () => new Promise<never>(() => undefined);

/** The deadline of an invocation that has an hour left: its two parts pass when the test says so, not by the clock. */
const holdDeadline = () => {
  const realSetTimeout = globalThis.setTimeout;
  const callbacks: (() => void)[] = [];
  jest.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, ms?: number, ...rest: []) => {
    if (ms !== undefined && ms > HOUR_MS / 2) callbacks.push(callback);
    return realSetTimeout(callback, ms, ...rest);
  }) as typeof setTimeout);
  return { passWork: () => callbacks[0]?.(), passReporting: () => callbacks[1]?.() };
};

describe("a deadline", () => {
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it.each([
    [60_000, 59_000],
    [10_000, 9_000],
    [1_000, 900],
  ])(
    "of %i ms ends the work after %i ms, and the reporting half-way between that and the timeout",
    (remainingMs, workMs) => {
      jest.useFakeTimers();
      const { work, reporting } = startDeadline(remainingMs);
      const reportingMs = (workMs + remainingMs) / 2;
      const aborted = () => [work.aborted, reporting.aborted];

      jest.advanceTimersByTime(workMs - 1);
      expect(aborted()).toEqual([false, false]);
      jest.advanceTimersByTime(1);
      expect(aborted()).toEqual([true, false]);
      jest.advanceTimersByTime(reportingMs - workMs - 1);
      expect(aborted()).toEqual([true, false]);
      jest.advanceTimersByTime(1);
      expect(aborted()).toEqual([true, true]);

      expect(work.reason).toMatchObject({
        name: "OutOfTime",
        message: `Expected the image to be finished within ${workMs} ms (shortly before the timeout) but it was not`,
      });
    },
  );

  it("leaves no timer running after its end", () => {
    jest.useFakeTimers();

    startDeadline(60_000).end();

    expect(jest.getTimerCount()).toBe(0);
  });

  it("ends with its invocation", async () => {
    const [started, stopped] = [jest.spyOn(globalThis, "setTimeout"), jest.spyOn(globalThis, "clearTimeout")];

    await run({ Records: [] }, {}, HOUR_MS);

    const timers = started.mock.calls.flatMap(([, ms = 0], i) =>
      ms > HOUR_MS / 2 ? [started.mock.results[i]?.value] : [],
    );
    expect(timers).toHaveLength(2);
    expect(stopped.mock.calls.map(([timer]) => timer)).toEqual(expect.arrayContaining(timers));
  });

  it("does not wait for work that ignores it", async () => {
    const controller = new AbortController();
    const waiting = until(controller.signal, never);

    controller.abort(new Error("time is up"));

    await expect(waiting).rejects.toThrow("time is up");
  });

  it("starts no work after it has passed", async () => {
    const work = jest.fn(never);

    await expect(until(AbortSignal.abort(new Error("time is up")), work)).rejects.toThrow("time is up");

    expect(work).not.toHaveBeenCalled();
  });
});

it("stops the work on an image after the current variant", async () => {
  const making = processImage(png, LIMITS, { signal: AbortSignal.abort(new Error("time is up")) });

  await expect(making).rejects.toThrow("time is up");
});

describe("an invocation whose time is up", () => {
  let deadline: ReturnType<typeof holdDeadline>;
  beforeEach(() => {
    deadline = holdDeadline();
  });
  afterEach(() => jest.restoreAllMocks());

  const invoke = (...Records: S3EventRecord[]) => run({ Records }, {}, HOUR_MS);

  /** From now on S3 never answers requests of a method; the time for work ends with the first of them. */
  const stall = (stalled: string) => {
    aws.s3.faults.delay = async (method) => {
      if (method !== stalled) return;
      deadline.passWork();
      await never();
    };
  };

  it.each(["GET", "PUT"])("logs every unfinished image and fails if S3 does not answer a %s", async (method) => {
    const records = [await aws.upload("1.png", png), await aws.upload("2.png", png)];
    stall(method);

    const { lines, thrown } = await invoke(...records);

    expect(lines.map(({ event, key, errorName }) => [event, key, errorName])).toEqual([
      ["image.received", "1.png", undefined],
      ["image.failed", "1.png", "OutOfTime"],
      ["image.received", "2.png", undefined],
      ["image.failed", "2.png", "OutOfTime"],
    ]);
    expect(thrown).toMatchObject({ name: "AggregateError", message: expect.stringMatching(/^2 of 2 images failed: /) });
  });

  it("reports no success, although four of the five variants are stored", async () => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.delay = async (method, url) => {
      if (method !== "PUT" || !url.includes("_webp_")) return;
      while ((await aws.processedKeys()).length < 4) await nextTurn();
      deadline.passWork();
      await never();
    };

    const { lines } = await invoke(record);

    expect(eventsIn(lines)).toEqual(["image.received", "image.failed"]);
    expect((await aws.processedKeys()).length).toBe(4);
    expect(sums(aws.cloudwatch.requests)).toEqual({
      ImagesProcessed: 1,
      ProcessingTime: 1,
      ProcessingSuccess: 0,
      ProcessingFailure: 1,
    });
  });

  it("does not retry a CloudWatch that does not answer either", async () => {
    const record = await aws.upload("a.png", png);
    stall("GET");
    aws.cloudwatch.answer.delay = async () => {
      deadline.passReporting();
      await never();
    };

    const { lines } = await invoke(record);

    expect(eventsIn(lines)).toEqual(["image.received", "image.failed", "metrics.lost"]);
    expect(aws.cloudwatch.requests).toHaveLength(1);
  });

  it("does not affect the next invocation", async () => {
    const record = await aws.upload("a.png", png);
    stall("GET");
    await invoke(record);
    aws.s3.faults.delay = async () => undefined;

    const { lines, thrown } = await invoke(record);

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });
});
