/** The local Lambda: real processes that run small handlers within the function's limits. */
import { type Clock, runLambda } from "./run-lambda";

describe("the local Lambda", () => {
  it("runs the handler once for an event, and reports the success", async () => {
    const { outcomes, reports, sumOf } = await runLambda("exports.handler = async () => ({ statusCode: 500 });");

    expect(outcomes).toMatchObject([{ status: "success", attempts: 1, throttles: 0 }]);
    expect(reports).toEqual([
      {
        requestId: outcomes[0]?.requestId,
        status: "success",
        metrics: {
          durationMs: expect.any(Number),
          billedDurationMs: expect.any(Number),
          initDurationMs: expect.any(Number),
          memorySizeMB: 512,
          maxMemoryUsedMB: expect.any(Number),
        },
      },
    ]);
    expect([sumOf("Invocations"), sumOf("Errors"), sumOf("AsyncEventsDropped")]).toEqual([1, 0, 0]);
  });

  it("retries a failed event twice with the same request id, and then drops it", async () => {
    const { outcomes, reports, lines, sumOf } = await runLambda(
      'exports.handler = async () => { throw new TypeError("no luck"); };',
    );

    expect(outcomes).toMatchObject([{ status: "error", errorType: "TypeError", attempts: 3 }]);
    expect(reports.map(({ requestId, status }) => [requestId, status])).toEqual(
      Array(3).fill([outcomes[0]?.requestId, "error"]),
    );
    expect([sumOf("Invocations"), sumOf("Errors"), sumOf("AsyncEventsDropped")]).toEqual([3, 3, 1]);
    expect(lines.filter(({ level }) => level === "ERROR").map(({ message }) => message)).toEqual(
      Array(3).fill({ errorType: "TypeError", errorMessage: "no luck", stackTrace: expect.any(Array) }),
    );
  });

  it("kills an invocation at its timeout", async () => {
    const { outcomes, reports } = await runLambda("exports.handler = () => { for (;;); };", {
      timeoutSeconds: 0.2,
      maximumRetryAttempts: 0,
    });

    expect(outcomes).toMatchObject([{ status: "timeout", attempts: 1 }]);
    expect(reports).toMatchObject([{ status: "timeout" }]);
  });

  it("kills a process that uses more memory than the function has", async () => {
    const hungry = `exports.handler = async () => {
      const held = [];
      for (let i = 0; i < 40; i++) { held.push(Buffer.alloc(16 << 20, 1)); await new Promise((go) => setTimeout(go, 20)); }
    };`;
    const { outcomes, reports } = await runLambda(hungry, { memoryMb: 128, maximumRetryAttempts: 0 });

    expect(outcomes).toMatchObject([{ status: "error", errorType: "Runtime.OutOfMemory" }]);
    expect(reports).toMatchObject([{ status: "error", errorType: "Runtime.OutOfMemory" }]);
  });

  it("reports a process that ends by itself", async () => {
    const { reports } = await runLambda("exports.handler = async () => process.exit(7);", { maximumRetryAttempts: 0 });

    expect(reports).toMatchObject([{ status: "error", errorType: "Runtime.ExitError" }]);
  });

  it("fails every attempt of a function whose code cannot be loaded", async () => {
    const { outcomes } = await runLambda('throw new Error("bad settings");', { maximumRetryAttempts: 1 });

    expect(outcomes).toMatchObject([{ status: "error", attempts: 2 }]);
  });

  it("gives the handler the correct remaining time", async () => {
    const { lines } = await runLambda(
      `exports.handler = async (event, context) => {
        const before = context.getRemainingTimeInMillis();
        await new Promise((go) => setTimeout(go, 60));
        console.log({ before, after: context.getRemainingTimeInMillis() });
      };`,
      { timeoutSeconds: 3 },
    );

    const { before = 0, after = 0 } = lines
      .map(({ message }) => message)
      .find((message) => typeof message === "object") as Record<string, number>;
    expect(before).toBeLessThanOrEqual(3000);
    expect(before).toBeGreaterThan(1000);
    expect(before - after).toBeGreaterThanOrEqual(55);
  });

  it("gives the process the function's environment variables only", async () => {
    process.env.SECRET_OF_THIS_MACHINE = "secret";
    const { lines } = await runLambda(
      "exports.handler = async () => console.log({ greeting: process.env.GREETING, secret: process.env.SECRET_OF_THIS_MACHINE ?? 'none', name: process.env.AWS_LAMBDA_FUNCTION_NAME, home: process.env.HOME ?? 'none' });",
    );
    delete process.env.SECRET_OF_THIS_MACHINE;

    expect(lines.map(({ message }) => message)).toContainEqual({
      greeting: "hello",
      secret: "none",
      name: "small",
      home: "none",
    });
  });

  it("throttles events above the reserved concurrency, and retries them", async () => {
    const { outcomes, sumOf } = await runLambda(
      "exports.handler = () => new Promise((go) => setTimeout(go, 80));",
      { reservedConcurrency: 1 },
      [1, 2],
    );

    expect(outcomes.map(({ status }) => status)).toEqual(["success", "success"]);
    expect(sumOf("Throttles")).toBeGreaterThan(0);
  });

  it("drops an event without an attempt if the reserved concurrency is 0", async () => {
    const { outcomes, sumOf } = await runLambda("exports.handler = async () => {};", { reservedConcurrency: 0 });

    expect(outcomes).toMatchObject([{ status: "dropped", attempts: 0, throttles: 1 }]);
    expect([sumOf("Invocations"), sumOf("Throttles"), sumOf("AsyncEventsDropped")]).toEqual([0, 1, 1]);
  });

  it("throttles events while other functions use all of the account's concurrency, until they are too old", async () => {
    let nowMs = 0;
    const clock: Clock = {
      now: () => nowMs,
      onMetric: ({ name }) => {
        if (name === "Throttles") nowMs += 1_000;
      },
    };
    const changes = { freeConcurrency: 0, maximumEventAgeSeconds: 2 };
    const { outcomes, sumOf } = await runLambda("exports.handler = async () => {};", changes, [{}], 1, clock);

    expect(outcomes).toMatchObject([{ status: "dropped", attempts: 0, throttles: 3 }]);
    expect([sumOf("Invocations"), sumOf("AsyncEventsDropped")]).toEqual([0, 1]);
  });

  it("reports what a fault says instead of what was measured", async () => {
    const { reports, valuesOf } = await runLambda("exports.handler = async () => {};", {
      reports: () => ({ durationMs: 45_000, maxMemoryUsedMb: 500 }),
    });

    expect(reports).toMatchObject([{ metrics: { durationMs: 45_000, maxMemoryUsedMB: 500 } }]);
    expect(valuesOf("Duration")).toEqual([45_000]);
  });

  it("dates the metrics of an invocation at its start, and sends them after its end", async () => {
    let nowMs = 1_000_000;
    const clock: Clock = {
      now: () => nowMs,
      onLine: (text) => {
        if (text.includes("at work")) nowMs += 40_000;
        // What happens after the report is no part of the invocation.
        if (text.includes('"platform.report"')) nowMs += 5_000;
      },
    };

    const { data } = await runLambda('exports.handler = async () => console.log("at work");', {}, [{}], 1, clock);

    const times = data.map(({ name, timestampMs, sentMs }) => [name, timestampMs - 1_000_000, sentMs - 1_000_000]);
    expect(times).toEqual([
      ["AsyncEventsReceived", 0, 0],
      ["Throttles", 0, 0],
      ["ConcurrentExecutions", 0, 0],
      ["Invocations", 0, 40_000],
      ["Errors", 0, 40_000],
      ["Duration", 0, 40_000],
      ["AsyncEventAge", 0, 40_000],
      ["AsyncEventsDropped", 45_000, 45_000],
    ]);
  });

  describe("the age of an event", () => {
    const FAILING = 'exports.handler = async () => { throw new Error("no"); };';

    /** A clock that stands still except for the pause of 60 s that Lambda makes after a failed attempt. */
    const minutesBetweenAttempts = (): Clock => {
      let nowMs = 1_000_000;
      return {
        now: () => nowMs,
        onLine: (text) => {
          if (text.includes('"platform.report"')) nowMs += 60_000;
        },
      };
    };

    it("is published at the start of each attempt", async () => {
      const { valuesOf } = await runLambda(FAILING, {}, [{}], 1, minutesBetweenAttempts());

      expect(valuesOf("AsyncEventAge")).toEqual([0, 60_000, 120_000]);
    });

    it.each([
      [120, 3],
      [119, 2],
      [59, 1],
    ])("above the maximum of %i s ends the retries after %i attempts", async (maximumEventAgeSeconds, attempts) => {
      const clock = minutesBetweenAttempts();

      const { outcomes, valuesOf } = await runLambda(FAILING, { maximumEventAgeSeconds }, [{}], 1, clock);

      expect(outcomes).toMatchObject([{ status: "error", attempts }]);
      expect(valuesOf("AsyncEventsDropped")).toEqual([1]);
    });

    it.each([
      [3_600, "success", 1],
      [3_599, "dropped", 0],
    ])(
      "is compared with the maximum of %i s while the event is throttled",
      async (maximumEventAgeSeconds, status, attempts) => {
        let nowMs = 0;
        let throttles = 0;
        const clock: Clock = {
          now: () => nowMs,
          onMetric: ({ name, value }) => {
            if (name === "Throttles" && value === 1 && throttles++ === 0) nowMs += 3_600_000;
          },
        };
        const slow = "exports.handler = () => new Promise((go) => setTimeout(go, 30));";
        const changes = { reservedConcurrency: 1, maximumEventAgeSeconds };

        const { outcomes, valuesOf } = await runLambda(slow, changes, [1, 2], 1, clock);

        expect(outcomes.map((outcome) => [outcome.status, outcome.attempts])).toEqual([
          ["success", 1],
          [status, attempts],
        ]);
        expect(valuesOf("AsyncEventAge")).toEqual([3_600_000, 3_600_000].slice(0, 1 + attempts));
      },
    );
  });

  it("reuses a process, and starts another after it has ended", async () => {
    const { outcomes, reports } = await runLambda(
      `exports.handler = async ({ fails }) => {
        if (fails) { Promise.reject(new Error("forgotten")); await new Promise((go) => setTimeout(go, 1000)); }
      };`,
      { maximumRetryAttempts: 0 },
      [{}, {}, { fails: true }, {}, {}],
      1,
    );

    const isCold = ({ metrics }: Record<string, unknown>) => "initDurationMs" in (metrics as object);
    expect(outcomes.map(({ status }) => status)).toEqual(["success", "success", "error", "success", "success"]);
    expect(outcomes[2]?.errorType).toBe("Runtime.UnhandledPromiseRejection");
    expect(reports.map(isCold)).toEqual([true, false, false, true, false]);
  });

  it("fails a handler whose result is not JSON", async () => {
    const { outcomes } = await runLambda("exports.handler = async () => 1n;", { maximumRetryAttempts: 0 });

    expect(outcomes).toMatchObject([{ status: "error", errorType: "TypeError" }]);
  });

  it("names the mistake in code that cannot be loaded", async () => {
    const { reports, lines } = await runLambda("exports.other = 1;", { maximumRetryAttempts: 0 });

    expect(reports).toMatchObject([{ status: "error", errorType: "Runtime.HandlerNotFound" }]);
    expect(lines).toContainEqual({
      timestamp: expect.any(String),
      level: "ERROR",
      message: expect.objectContaining({ errorMessage: "index.handler is undefined or not exported" }),
    });
  });
});
