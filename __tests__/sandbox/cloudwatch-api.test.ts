/** The two ways of custom metrics: PutMetricData of the SDK, and metrics embedded in log lines. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Datum } from "../../scripts/cloudwatch/metric-store";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import { type CloudWatchApi, startCloudWatchApi } from "../../scripts/sandbox/cloudwatch-api";

const received: Datum[] = [];
const calls: ApiCall[] = [];
let refusal: ApiRefusal | undefined;
let api: CloudWatchApi;
let client: CloudWatchClient;

beforeAll(async () => {
  api = await startCloudWatchApi({
    onDatum: (datum) => received.push(datum),
    intercept: async (call) => {
      calls.push(call);
      return refusal;
    },
  });
  client = new CloudWatchClient({
    endpoint: api.endpointUrl,
    region: "us-east-1",
    credentials: { accessKeyId: "SOMEONE", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await api.stop();
});

beforeEach(() => {
  refusal = undefined;
  received.length = 0;
  calls.length = 0;
});

const AT = new Date("2026-01-01T00:00:00.500Z");
const FUNCTION_NAME = { Name: "FunctionName", Value: "resizer" };

describe("PutMetricData of the SDK", () => {
  it("delivers dimensions, unit, time, and each value with its count", async () => {
    await client.send(
      new PutMetricDataCommand({
        Namespace: "Images",
        MetricData: [
          { MetricName: "Done", Unit: "Count", Dimensions: [FUNCTION_NAME], Value: 1, Timestamp: AT },
          { MetricName: "Time", Unit: "Milliseconds", Values: [10, 20], Counts: [1, 3], Timestamp: AT },
        ],
      }),
    );

    const timestampMs = AT.getTime();
    expect(received).toEqual([
      {
        namespace: "Images",
        name: "Done",
        dimensions: { FunctionName: "resizer" },
        unit: "Count",
        timestampMs,
        value: 1,
        count: 1,
      },
      { namespace: "Images", name: "Time", dimensions: {}, unit: "Milliseconds", timestampMs, value: 10, count: 1 },
      { namespace: "Images", name: "Time", dimensions: {}, unit: "Milliseconds", timestampMs, value: 20, count: 3 },
    ]);
    expect(calls).toEqual([{ caller: "SOMEONE", action: "cloudwatch:PutMetricData" }]);
  });

  it("accepts compressed requests, and dates data without a time now", async () => {
    const before = Date.now();
    const MetricData = Array.from({ length: 400 }, (_, i) => ({ MetricName: `Metric${i}`, Value: i }));

    await client.send(new PutMetricDataCommand({ Namespace: "Images", MetricData }));

    expect(received).toHaveLength(400);
    expect(received[0]?.unit).toBe("None");
    expect(received[0]?.timestampMs).toBeGreaterThanOrEqual(before);
  });

  it("refuses statistic sets, which are not supported", async () => {
    const StatisticValues = { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 };

    const sent = client.send(
      new PutMetricDataCommand({ Namespace: "Images", MetricData: [{ MetricName: "Done", StatisticValues }] }),
    );

    await expect(sent).rejects.toThrow("Expected PutMetricData with values");
    expect(received).toEqual([]);
  });

  it("returns the refusal of the intercept hook", async () => {
    refusal = { status: 503, code: "ServiceUnavailable", message: "down" };

    const sent = client.send(
      new PutMetricDataCommand({ Namespace: "Images", MetricData: [{ MetricName: "Done", Value: 1 }] }),
    );

    await expect(sent).rejects.toMatchObject({ name: "ServiceUnavailable", $metadata: { httpStatusCode: 503 } });
    expect(received).toEqual([]);
  });
});
