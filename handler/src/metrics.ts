/** Counts what becomes of the images of one invocation, and publishes it as the handler's own metrics. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type HandlerMetricName, METRICS } from "../contract/metrics";
import type { Settings } from "../contract/settings";
import { asError, oneLine } from "./errors";
import { FUNCTION_NAME, type Log } from "./logger";
import { captured } from "./tracing";

/** Values by metric; a metric without values is left out, because to count nothing says nothing. */
type Samples = ReadonlyMap<HandlerMetricName, readonly number[]>;

/** A way to CloudWatch. */
export interface Transport {
  /** Whether sending takes time that is better spent while the last image is being uploaded. */
  readonly sendsEarly: boolean;
  /**
   * @param signal gives it up
   * @throws whatever keeps the samples from arriving
   */
  readonly send: (samples: Samples, requestId: string, signal: AbortSignal) => Promise<void>;
}

/** Once per execution environment. */
export const createTransport = ({ METRICS_TRANSPORT, METRIC_NAMESPACE }: Settings): Transport =>
  METRICS_TRANSPORT === "emf" ? embedded(METRIC_NAMESPACE) : putMetricData(METRIC_NAMESPACE);

const putMetricData = (namespace: string): Transport => {
  // An outage of CloudWatch may cost an image about two seconds, and nothing else.
  const cloudwatch = captured(
    new CloudWatchClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
    }),
  );
  return {
    sendsEarly: true,
    send: async (samples, _requestId, abortSignal) => {
      const MetricData = [...samples].map(([name, values]) => ({
        MetricName: name,
        Unit: METRICS[name].unit,
        Dimensions: [{ Name: "FunctionName", Value: FUNCTION_NAME }],
        Values: [...values],
      }));
      await cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }), { abortSignal });
    },
  };
};

/** Embedded metric format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const embedded = (Namespace: string): Transport => ({
  sendsEarly: false,
  send: async (samples, requestId) => {
    const Metrics = [...samples.keys()].map((Name) => ({ Name, Unit: METRICS[Name].unit }));
    const line = {
      _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace, Dimensions: [["FunctionName"]], Metrics }] },
      FunctionName: FUNCTION_NAME,
      requestId,
      ...Object.fromEntries(samples),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
});

/** What became of the images so far. */
export interface MetricsRecorder {
  received(): void;
  encoded(processingMs: number): void;
  /**
   * The last image of the invocation is about to be uploaded. Its success is presumed, so that the metrics travel while
   * it does; should it fail, a correction (ProcessingSuccess -1, ProcessingFailure +1) follows and the sums stay true.
   */
  lastUploadStarted(): void;
  finished(outcome: "success" | "failure"): void;
  /** Sends what is left and waits until all is sent. Never throws: what cannot be sent is logged as `metrics.lost`. */
  flush(): Promise<void>;
}

/**
 * Begins the count of one invocation.
 *
 * @param signal gives up what has not been sent by then
 */
export const createMetricsRecorder = (
  transport: Transport,
  log: Log,
  requestId: string,
  signal: AbortSignal,
): MetricsRecorder => {
  let samples = new Map<HandlerMetricName, number[]>();
  let sending = Promise.resolve();
  let presumed = false;
  let lost = false;

  const add = (name: HandlerMetricName, value: number): void => {
    samples.set(name, [...(samples.get(name) ?? []), value]);
  };

  const send = (): void => {
    const batch = samples;
    samples = new Map();
    sending = sending.then(async () => {
      // A correction of what never arrived would make the sums wrong, and a second attempt would delay the image.
      if (lost || batch.size === 0) return;
      try {
        await transport.send(batch, requestId, signal);
      } catch (error) {
        lost = true;
        log("metrics.lost", { errorName: asError(error).name, errorMessage: oneLine(error) });
      }
    });
  };

  return {
    received: () => add("ImagesProcessed", 1),
    encoded: (processingMs) => add("ProcessingTime", processingMs),
    lastUploadStarted: () => {
      if (!transport.sendsEarly) return;
      presumed = true;
      add("ProcessingSuccess", 1);
      send();
    },
    finished: (outcome) => {
      if (!presumed) return add(outcome === "success" ? "ProcessingSuccess" : "ProcessingFailure", 1);
      if (outcome === "success") return;
      add("ProcessingSuccess", -1);
      add("ProcessingFailure", 1);
    },
    flush: () => {
      send();
      return sending;
    },
  };
};
