/** What the console keeps: the newest uploads only, so that its memory stays flat over a thousand of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Snapshot } from "../../scripts/console/protocol";
import { type Console, startConsole } from "../../scripts/console/server";

/** Large enough to be seen if they were kept, and refused, so that a thousand take a minute. */
const TEXT = Buffer.alloc(200_000, "Dear diary, today nothing was photographed.\n");

/** Log lines fill their part of the history long after the uploads do. */
const LINES_BYTES = 30_000_000;

let running: Console;

beforeAll(async () => {
  running = await startConsole({ environment: "dev" });
}, 120_000);

afterAll(() => running?.stop());

const state = async (): Promise<Snapshot> => (await fetch(`${running.url}/api/state`)).json();

const upload = async (count: number): Promise<Snapshot> => {
  for (let i = 0; i < count; i += 1) {
    const body = new Uint8Array(TEXT);
    await fetch(`${running.url}/api/upload?name=note.jpg`, { method: "POST", headers: { origin: running.url }, body });
  }
  for (;;) {
    const snapshot = await state();
    if (snapshot.uploads.every((each) => each.state === "refused")) return snapshot;
    await sleep(200);
  }
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const usedBytes = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What uploads that left the history still hold is freed a little later. */
const usedBytesBelow = async (limitBytes: number): Promise<number> => {
  for (let tries = 1; ; tries += 1) {
    const used = usedBytes();
    if (used < limitBytes || tries === 100) return used;
    await sleep(300);
  }
};

it("keeps 200 of a thousand uploads, says so, and needs no more memory", async () => {
  const first = await upload(300);
  const before = usedBytes();
  const last = await upload(700);
  const after = await usedBytesBelow(before + LINES_BYTES);
  const [oldest] = first.uploads;
  const gone = await fetch(`${running.url}/api/object?id=${oldest?.id}`);
  const stored = await fetch(`${running.s3Url}/${running.uploadBucket}/${encodeURIComponent(String(oldest?.key))}`);

  expect([first.uploads.length, last.uploads.length, last.limits.uploads]).toEqual([200, 200, 200]);
  expect([gone.status, stored.status]).toEqual([404, 404]);
  expect(after - before).toBeLessThan(LINES_BYTES);
}, 900_000);
