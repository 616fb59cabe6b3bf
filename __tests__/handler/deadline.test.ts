/** The end of an invocation's time: work stops, is told of, and leaves nothing behind, before Lambda would kill the process. */
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

const SHORT_MS = 1_500;
/** Short, but with time enough at its end for CloudWatch to be told, on a busy machine too. */
const TELLING_MS = 5_000;
const never = () => new Promise<never>(() => undefined);

const silent = (wanted: string) => async (method: string) => {
  if (method === wanted) await never();
};

describe("a deadline", () => {
  afterEach(() => jest.useRealTimers());

  it.each([
    [60_000, 59_000],
    [10_000, 9_000],
    [1_000, 900],
  ])("of %i ms ends the work after %i ms, and the reporting half-way from there", (remainingMs, workMs) => {
    jest.useFakeTimers();
    const { work, reporting } = startDeadline(remainingMs);
    const toldMs = (workMs + remainingMs) / 2;
    const aborted = () => [work.aborted, reporting.aborted];

    jest.advanceTimersByTime(workMs - 1);
    expect(aborted()).toEqual([false, false]);
    jest.advanceTimersByTime(1);
    expect(aborted()).toEqual([true, false]);
    jest.advanceTimersByTime(toldMs - workMs - 1);
    expect(aborted()).toEqual([true, false]);
    jest.advanceTimersByTime(1);
    expect(aborted()).toEqual([true, true]);

    expect(work.reason).toMatchObject({
      name: "OutOfTime",
      message: `Expected the image to be done after ${workMs} ms, shortly before the time limit, but it was not`,
    });
  });

  it("keeps no clock running once it is over", () => {
    jest.useFakeTimers();

    startDeadline(60_000).end();

    expect(jest.getTimerCount()).toBe(0);
  });

  it("is over when its invocation is", async () => {
    const hourMs = 3_600_000;
    const [started, stopped] = [jest.spyOn(globalThis, "setTimeout"), jest.spyOn(globalThis, "clearTimeout")];

    await run({ Records: [] }, {}, hourMs);

    const clocks = started.mock.calls.flatMap(([, ms = 0], i) =>
      ms > hourMs / 2 ? [started.mock.results[i]?.value] : [],
    );
    expect(clocks).toHaveLength(2);
    expect(stopped.mock.calls.map(([clock]) => clock)).toEqual(expect.arrayContaining(clocks));
    for (const spy of [started, stopped]) spy.mockRestore();
  });

  it("does not wait for work that does not listen", async () => {
    const controller = new AbortController();
    const waiting = until(controller.signal, never);

    controller.abort(new Error("time is up"));

    await expect(waiting).rejects.toThrow("time is up");
  });

  it("begins no work when it has passed", async () => {
    const work = jest.fn(never);

    await expect(until(AbortSignal.abort(new Error("time is up")), work)).rejects.toThrow("time is up");

    expect(work).not.toHaveBeenCalled();
  });
});

it("ends the work on an image after the variant that is being made", async () => {
  const making = processImage(png, LIMITS, AbortSignal.abort(new Error("time is up")));

  await expect(making).rejects.toThrow("time is up");
});

describe("an invocation whose time is up", () => {
  it.each(["GET", "PUT"])("logs every image that is not done, and fails: S3 does not answer a %s", async (method) => {
    const Records = [await aws.upload("1.png", png), await aws.upload("2.png", png)];
    aws.s3.faults.delay = silent(method);

    const { lines, thrown } = await run({ Records }, {}, SHORT_MS);

    expect(lines.map(({ event, key, errorName }) => [event, key, errorName])).toEqual([
      ["image.received", "1.png", undefined],
      ["image.failed", "1.png", "OutOfTime"],
      ["image.received", "2.png", undefined],
      ["image.failed", "2.png", "OutOfTime"],
    ]);
    expect(thrown).toMatchObject({ name: "AggregateError", message: expect.stringMatching(/^2 of 2 images failed: /) });
  });

  it("has announced nothing, although four of the five variants are stored", async () => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.delay = async (method, url) => {
      if (method === "PUT" && url.includes("_webp_")) await never();
    };

    const { lines } = await run({ Records: [record] }, {}, TELLING_MS);

    expect(eventsIn(lines)).toEqual(["image.received", "image.failed"]);
    expect((await aws.processedKeys()).length).toBe(4);
    expect(sums(aws.cloudwatch.requests)).toEqual({
      ImagesProcessed: 1,
      ProcessingTime: 1,
      ProcessingSuccess: 0,
      ProcessingFailure: 1,
    });
  });

  it("does not try CloudWatch again that does not answer either", async () => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.delay = silent("GET");
    aws.cloudwatch.answer.delay = never;

    const { lines } = await run({ Records: [record] }, {}, SHORT_MS);

    expect(eventsIn(lines)).toEqual(["image.received", "image.failed", "metrics.lost"]);
    expect(aws.cloudwatch.requests).toHaveLength(1);
  });

  it("ends nothing that a later one does", async () => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.delay = silent("GET");
    await run({ Records: [record] }, {}, SHORT_MS);
    aws.s3.faults.delay = async () => undefined;

    const { lines, thrown } = await run({ Records: [record] });

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });
});
