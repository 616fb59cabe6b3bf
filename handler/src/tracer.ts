/** Records AWS X-Ray subsegments with Powertools Tracer. Loaded only if TRACING is on. */
import { Tracer } from "@aws-lambda-powertools/tracer";

// The traced SDK clients record their requests already; capturing HTTPS would record each one twice.
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
