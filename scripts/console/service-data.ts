/** Data that services and the function send about an invocation, and that no log line shows. */
import { type SentDatum, visibleMsOf } from "../sandbox/sent";
import type { ServiceDatum } from "./protocol";

/** How fast data reach CloudWatch: the drill's default. */
export const DELIVERY = "typical";

/** Data by request: a few for each attempt. */
const MAX_REQUESTS = 1_000;

const short = ({ namespace, name }: SentDatum): string => `${namespace} ${name}`;

export const createServiceData = () => {
  const byRequest = new Map<string, ServiceDatum[]>();
  const running = new Set<string>();
  return {
    running,
    add: (datum: SentDatum) => {
      const { value, unit, timestampMs: atMs, channel } = datum;
      // PutMetricData does not say for which invocation. With one running, it is known.
      const only = channel === "putMetricData" && running.size === 1 ? [...running][0] : undefined;
      const requestId = datum.requestId ?? only;
      if (requestId === undefined || channel === "embeddedMetric") return;
      const known = byRequest.get(requestId) ?? [];
      const metric = short(datum);
      // A metric with an alias is published under several sets of dimensions.
      if (known.some((each) => each.metric === metric && each.atMs === atMs)) return;
      const visibleMs = visibleMsOf(datum, DELIVERY);
      byRequest.set(requestId, [...known, { metric, value, unit, atMs, sentMs: datum.sentMs, visibleMs }]);
      for (const old of byRequest.keys()) {
        if (byRequest.size <= MAX_REQUESTS) break;
        byRequest.delete(old);
      }
    },
    of: (requestIds: readonly string[]): ServiceDatum[] => requestIds.flatMap((id) => byRequest.get(id) ?? []),
  };
};

export type ServiceData = ReturnType<typeof createServiceData>;
