import { type HandlerMetricName, METRICS } from "../../handler/contract/metrics";
import { eventsIn, FUNCTION_NAME, run, startAws, sums } from "./aws";
import { plain } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;

beforeAll(async () => {
  aws = await startAws();
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const BAD = Buffer.from("no image");
const EMF = { METRICS_TRANSPORT: "emf" };

const failPut = (part: string) => {
  aws.s3.faults.answer = (method, url) =>
    method === "PUT" && url.includes(part)
      ? { status: 403, code: "AccessDenied", message: "Access Denied" }
      : undefined;
};

describe("PutMetricData", () => {
  it("is called once for an image, with the name, unit, dimension and values of each metric", async () => {
    await run({ Records: [await aws.upload("a.png", png)] });

    const Dimensions = [{ Name: "FunctionName", Value: FUNCTION_NAME }];
    expect(aws.cloudwatch.requests.map(({ body }) => body)).toEqual([
      {
        Namespace: "ImageProcessor/Lambda",
        MetricData: [
          { MetricName: "ImagesProcessed", Unit: "Count", Dimensions, Values: [1] },
          { MetricName: "ProcessingTime", Unit: "Milliseconds", Dimensions, Values: [expect.any(Number)] },
          { MetricName: "ProcessingSuccess", Unit: "Count", Dimensions, Values: [1] },
        ],
      },
    ]);
  });

  it("starts before the last image is stored", async () => {
    const record = await aws.upload("a.png", png);
    // Each upload waits for the call to CloudWatch. If the call waited for the uploads, neither would ever finish.
    aws.s3.faults.delay = async (method) => {
      if (method === "PUT") await aws.cloudwatch.called();
    };

    const { lines } = await run({ Records: [record] });

    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });

  it("is called once for an invocation with successes and failures", async () => {
    await run({
      Records: [await aws.upload("1.png", png), await aws.upload("2.png", BAD), await aws.upload("3.png", png)],
    });

    expect(aws.cloudwatch.requests).toHaveLength(1);
    expect(sums(aws.cloudwatch.requests)).toEqual({
      ImagesProcessed: 3,
      ProcessingTime: 2,
      ProcessingSuccess: 2,
      ProcessingFailure: 1,
    });
  });

  it("is called once if the last image is refused", async () => {
    await run({ Records: [await aws.upload("1.png", png), await aws.upload("2.png", BAD)] });

    expect(aws.cloudwatch.requests).toHaveLength(1);
    expect(sums(aws.cloudwatch.requests)).toEqual({
      ImagesProcessed: 2,
      ProcessingTime: 1,
      ProcessingSuccess: 1,
      ProcessingFailure: 1,
    });
  });

  it("is corrected if the last image cannot be stored, so that the sums are right", async () => {
    const record = await aws.upload("a.png", png);
    // The last that is encoded: metrics are sent before S3 can answer.
    failPut("_thumbnail_");

    await run({ Records: [record] });

    expect(aws.cloudwatch.requests).toHaveLength(2);
    expect(sums(aws.cloudwatch.requests)).toEqual({
      ImagesProcessed: 1,
      ProcessingTime: 1,
      ProcessingSuccess: 0,
      ProcessingFailure: 1,
    });
  });

  it("is not called if there is nothing to do", async () => {
    await run({ Records: [] });

    expect(aws.cloudwatch.requests).toEqual([]);
  });
});

describe("an outage of CloudWatch", () => {
  it.each([500, 403])("fails no image (status %i) and is logged once, after at most two attempts", async (status) => {
    const record = await aws.upload("a.png", png);
    aws.cloudwatch.answer.status = status;

    const { lines, thrown } = await run({ Records: [record] });

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines).sort()).toEqual(["image.processed", "image.received", "metrics.lost"]);
    expect(lines.find(({ event }) => event === "metrics.lost")).toMatchObject({
      level: "WARN",
      errorName: expect.any(String),
    });
    expect(aws.cloudwatch.requests.length).toBeLessThanOrEqual(2);
  });

  it("is not followed by a correction of samples that were never published", async () => {
    const record = await aws.upload("a.png", png);
    aws.cloudwatch.answer.status = 403;
    failPut("_thumbnail_");

    const { lines } = await run({ Records: [record] });

    expect(eventsIn(lines).sort()).toEqual(["image.received", "metrics.lost", "storage.denied"]);
    expect(aws.cloudwatch.requests).toHaveLength(1);
  });

  it("fails no image if CloudWatch accepts the connection and never answers", async () => {
    const record = await aws.upload("a.png", png);
    aws.cloudwatch.answer.delay = () => new Promise(() => undefined);

    const { lines } = await run({ Records: [record] });

    expect(eventsIn(lines).sort()).toEqual(["image.processed", "image.received", "metrics.lost"]);
    expect(lines.find(({ event }) => event === "metrics.lost")).toMatchObject({ errorName: "TimeoutError" });
  });
});

describe("embedded metrics", () => {
  it("are one line at the end of an invocation, with the real outcomes", async () => {
    const records = [await aws.upload("1.png", png), await aws.upload("2.png", BAD), await aws.upload("3.png", png)];
    failPut("3_thumbnail_");

    const { lines } = await run({ Records: records }, EMF);

    const names: HandlerMetricName[] = ["ImagesProcessed", "ProcessingTime", "ProcessingSuccess", "ProcessingFailure"];
    expect(lines.at(-1)).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "ImageProcessor/Lambda",
            Dimensions: [["FunctionName"]],
            Metrics: names.map((Name) => ({ Name, Unit: METRICS[Name].unit })),
          },
        ],
      },
      FunctionName: FUNCTION_NAME,
      requestId: "request-1",
      ImagesProcessed: [1, 1, 1],
      ProcessingTime: [expect.any(Number), expect.any(Number)],
      ProcessingSuccess: [1],
      ProcessingFailure: [1, 1],
    });
    expect(lines.filter((line) => "_aws" in line)).toHaveLength(1);
    expect(aws.cloudwatch.requests).toEqual([]);
  });

  it("are written at every log level", async () => {
    const { lines } = await run({ Records: [await aws.upload("a.png", png)] }, { ...EMF, LOG_LEVEL: "ERROR" });

    expect(lines.at(-1)).toMatchObject({ ImagesProcessed: [1], ProcessingSuccess: [1] });
  });
});
