/** PutMetricData, the API call with which a function publishes metrics. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { Datum } from "../cloudwatch/metric-store";
import { type ApiRefusal, callerOf, type Intercept } from "./api-call";

export interface CloudWatchApiOptions {
  readonly onDatum: (datum: Datum) => void;
  /** @default every call runs at once */
  readonly intercept?: Intercept;
}

export interface CloudWatchApi {
  /** http://127.0.0.1:<port> */
  readonly endpointUrl: string;
  stop(): Promise<void>;
}

const PUT_METRIC_DATA = "GraniteServiceVersion20100801.PutMetricData";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html; statistic sets are not supported. */
const REQUEST = z.object({
  Namespace: z.string(),
  MetricData: z.array(
    z.strictObject({
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
      /** Seconds since 1970. */
      Timestamp: z.number().optional(),
      Unit: z.string().default("None"),
      Value: z.number().optional(),
      Values: z.array(z.number()).optional(),
      Counts: z.array(z.number()).optional(),
      StorageResolution: z.number().optional(),
    }),
  ),
});

/** Speaks AWS JSON 1.0, as the SDK does. */
export const startCloudWatchApi = async (options: CloudWatchApiOptions): Promise<CloudWatchApi> => {
  const { onDatum, intercept } = options;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const caller = callerOf(request.headers.authorization);
    const refusal = await intercept?.({ caller, action: "cloudwatch:PutMetricData" });
    if (refusal !== undefined) return refuse(response, refusal);
    const data = request.headers["x-amz-target"] === PUT_METRIC_DATA ? dataOf(body) : undefined;
    if (data === undefined) return refuse(response, NOT_SUPPORTED);
    for (const datum of data) onDatum(datum);
    response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).end("{}");
  });
  // Never close an idle connection: the function could be sending its next request on it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => closed(server),
  };
};

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  // The SDK compresses large requests.
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
};

const NOT_SUPPORTED: ApiRefusal = {
  status: 400,
  code: "InvalidParameterValue",
  message: "Expected PutMetricData with values",
};

const refuse = (response: ServerResponse, { status, code, message }: ApiRefusal): void => {
  const headers = { "Content-Type": "application/x-amz-json-1.0", "x-amzn-query-error": `${code};Sender` };
  response.writeHead(status, headers).end(JSON.stringify({ __type: code, message }));
};

const dataOf = (body: string): Datum[] | undefined => {
  const { data: request } = REQUEST.safeParse(parse(body));
  return request?.MetricData.flatMap(({ MetricName, Dimensions, Timestamp, Unit, Value, Values, Counts }) =>
    (Values ?? (Value === undefined ? [] : [Value])).map((value, i) => ({
      namespace: request.Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value])),
      unit: Unit,
      timestampMs: Timestamp === undefined ? Date.now() : Timestamp * 1000,
      value,
      count: Counts?.[i] ?? 1,
    })),
  );
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
