/** Tries in which order the variants are encoded and stored, on one CPU and on all, against an S3 as fast as Lambda's network. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Order, Timing } from "./order-worker";
import { bundled } from "./processes";
import { median } from "./statistics";

const run = promisify(execFile);

const LARGEST_FIRST = ["png", "webp", "compressed", "low", "thumbnail"];

/** Everything that is tried. */
const ORDERS: readonly Order[] = [
  { encodes: "in turn", uploads: "after all encodes" },
  { encodes: "in turn", uploads: "as encoded" },
  { encodes: "in turn", uploads: "as encoded", order: LARGEST_FIRST },
  { encodes: "at once", uploads: "after all encodes" },
  { encodes: "at once", uploads: "as encoded" },
];

export interface OrderTrial extends Order, Timing {
  readonly cpus: number;
}

/** What a function's network is taken to carry, 600 Mbit/s, and how soon S3 to answer: assumed, not measured. */
const BYTES_PER_MS = 75_000;
const ANSWER_MS = 30;

/** An S3 that takes any object, all connections together at the speed of one network. */
const startSink = async () => {
  let freeAt = 0;
  const server = createServer(async (request, response) => {
    for await (const chunk of request) {
      freeAt = Math.max(freeAt, performance.now()) + chunk.length / BYTES_PER_MS;
      const waitMs = freeAt - performance.now();
      if (waitMs > 1) await sleep(waitMs);
    }
    await sleep(ANSWER_MS);
    response.setHeader("ETag", '"0"').end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => server.close() };
};

/** @returns what binds a process to one CPU, where there is such a program */
const taskset = async (): Promise<readonly string[] | undefined> =>
  run("taskset", ["-c", "0", process.execPath, "-e", "0"]).then(
    () => ["taskset", "-c", "0"],
    () => undefined,
  );

/**
 * @param runs of each order, in turns
 * @param onTrial called after each process
 * @returns the orders on one CPU, where processes can be bound to one, and on all
 */
export const sweepOrders = async (
  file: string,
  runs: number,
  onTrial: (done: number, total: number) => void,
): Promise<OrderTrial[]> => {
  const worker = await bundled("order-worker.ts");
  const sink = await startSink();
  try {
    const bound = await taskset();
    const places = [
      ...(bound === undefined ? [] : [{ cpus: 1, prefix: bound }]),
      { cpus: availableParallelism(), prefix: [] },
    ];
    const rows = places.flatMap((place) => ORDERS.map((order) => ({ ...place, order, timings: [] as Timing[] })));
    for (let i = 0; i < runs * rows.length; i++) {
      const { prefix, order, timings } = rows[i % rows.length] as (typeof rows)[number];
      const [command = "", ...args] = [
        ...prefix,
        process.execPath,
        worker.file,
        file,
        sink.endpoint,
        JSON.stringify(order),
      ];
      timings.push(JSON.parse((await run(command, args)).stdout) as Timing);
      onTrial(i + 1, runs * rows.length);
    }
    return rows.map(({ cpus, order, timings }) => ({
      ...order,
      cpus,
      wallMs: median(timings.map(({ wallMs }) => wallMs)),
      cpuMs: median(timings.map(({ cpuMs }) => cpuMs)),
      peakBytes: Math.max(...timings.map(({ peakBytes }) => peakBytes)),
    }));
  } finally {
    sink.stop();
    await worker.remove();
  }
};
