/** Records the outcome of each image of an invocation and publishes it as custom metrics. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type HandlerMetricName, METRICS } from "../contract/metrics";
import type { Settings } from "../contract/settings";
import { asError, oneLine } from "./errors";
import { FUNCTION_NAME, type Log } from "./logger";
import { captured } from "./tracing";

/** Values by metric. Metrics without values are left out. */
type Samples = ReadonlyMap<HandlerMetricName, readonly number[]>;

/** A way to publish metrics to CloudWatch. */
export interface Transport {
  /** Whether to publish while the variants of the last image are being uploaded, to save time. */
  readonly sendsEarly: boolean;
  /**
   * @param signal cancels the request
   * @throws Error if the samples cannot be published
   */
  readonly send: (samples: Samples, requestId: string, signal: AbortSignal) => Promise<void>;
}

/** Call it once per execution environment. */
export const createTransport = ({ METRICS_TRANSPORT, METRIC_NAMESPACE }: Settings): Transport =>
  METRICS_TRANSPORT === "emf" ? embedded(METRIC_NAMESPACE) : putMetricData(METRIC_NAMESPACE);

const putMetricData = (namespace: string): Transport => {
  // An outage of CloudWatch delays an image by about two seconds and has no other effect.
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

type Outcome = "success" | "failure" | "refused";

/** The metric that each outcome counts. */
const COUNTS: Readonly<Partial<Record<Outcome, HandlerMetricName>>> = {
  success: "ProcessingSuccess",
  failure: "ProcessingFailure",
};

/** Records outcomes during one invocation. */
export interface MetricsRecorder {
  received(): void;
  encoded(processingMs: number): void;
  /**
   * The upload of the last image's variants starts. Metrics are published now, in parallel, and assume that it succeeds.
   * If it fails, a correction (ProcessingSuccess -1, ProcessingFailure +1) follows, so that the sums are right.
   */
  lastUploadStarted(): void;
  /** @param outcome "refused" is neither a success nor a failure */
  finished(outcome: Outcome): void;
  /** Publishes the remaining samples and waits for all requests. Never throws: a failure is logged as `metrics.lost`. */
  flush(): Promise<void>;
}

/**
 * Creates the recorder of one invocation.
 *
 * @param signal cancels publishing
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
      // After a failure send nothing more: a correction without its first part would make the sums wrong.
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
      const counted = COUNTS[outcome];
      if (presumed && outcome === "success") return;
      if (presumed) add("ProcessingSuccess", -1);
      if (counted !== undefined) add(counted, 1);
    },
    flush: () => {
      send();
      return sending;
    },
  };
};
