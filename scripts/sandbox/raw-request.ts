/** An HTTP request whose path is sent as it is: `fetch` resolves the segments . and .., which are part of keys of S3. */
import { type IncomingHttpHeaders, request } from "node:http";

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * @param origin `http://host:port`
 * @param path encoded path
 * @throws the error of the connection
 */
export const rawRequest = (
  method: string,
  origin: string,
  path: string,
  body?: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> =>
  new Promise((resolve, reject) => {
    const outgoing = request(origin, { method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
