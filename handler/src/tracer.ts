/** Subsegments by Powertools' Tracer, for AWS X-Ray: loaded where TRACING is on only. */
import { Tracer } from "@aws-lambda-powertools/tracer";

// Requests are seen by the clients that make them; the Tracer would tell of each once more.
const tracer = new Tracer({ captureHTTPsRequests: false });

export const traced = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  tracer.provider.captureAsyncFunc(name, async (segment) => {
    try {
      return await work();
    } catch (error) {
      segment?.addError(error as Error);
      throw error;
    } finally {
      segment?.close();
    }
  }) as Promise<T>;

export const captured = <C>(client: C): C =>
  tracer.captureAWSv3Client(client as Parameters<typeof tracer.captureAWSv3Client>[0]) as C;
