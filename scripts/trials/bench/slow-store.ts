/** A process with an object store that is as slow as S3: it prints its address, and serves one object and any PUT. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Time from the end of a request until the first byte of its answer. */
const FIRST_BYTE_MS = 40;

/** Throughput of each connection. */
const BYTES_PER_SECOND = 60e6;

const dueMs = (bytes: number): number => (bytes / BYTES_PER_SECOND) * 1_000;

/** Waits until these bytes can have been sent since the start. */
const paced = async (startedAt: number, bytes: number): Promise<void> => {
  const wait = startedAt + dueMs(bytes) - performance.now();
  if (wait >= 1) await sleep(wait);
};

const CHUNK_BYTES = 120_000;

const send = async (response: ServerResponse, body: Buffer): Promise<void> => {
  await sleep(FIRST_BYTE_MS);
  response.writeHead(200, { "content-length": body.length, "content-type": "image/jpeg", etag: '"etag"' });
  const startedAt = performance.now();
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    await paced(startedAt, at);
    response.write(body.subarray(at, at + CHUNK_BYTES));
  }
  response.end();
};

const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let [startedAt, bytes] = [performance.now(), 0];
  for await (const chunk of request) {
    if (bytes === 0) startedAt = performance.now();
    bytes += (chunk as Buffer).length;
    await paced(startedAt, bytes);
  }
  await sleep(FIRST_BYTE_MS);
  response.writeHead(200, { etag: '"etag"' }).end();
};

if (require.main === module) {
  const object = readFileSync(process.argv[2] ?? "");
  const server = createServer(
    (request, response) => void (request.method === "GET" ? send(response, object) : receive(request, response)),
  );
  server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  // The process ends with its parent.
  process.stdin.on("end", () => process.exit()).resume();
}
