/** X-Ray tracing of the real package: the segments that a local daemon receives, and that nothing is loaded without tracing. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { devStack } from "../../scripts/build/local-stack";
import { photo } from "../../scripts/faults/pictures";
import { type Blueprint, readBlueprint } from "../../scripts/sandbox/blueprint";
import { startSandbox } from "../../scripts/sandbox/sandbox";

interface Segment {
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly aws?: { readonly operation?: string };
}

let daemon: Socket;
let segments: Segment[];
let blueprint: Blueprint;

beforeAll(async () => {
  blueprint = readBlueprint(await devStack());
});

beforeEach(async () => {
  segments = [];
  daemon = createSocket("udp4").bind(0, "127.0.0.1");
  // A header, a line feed, and the segment: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
  daemon.on("message", (message) => segments.push(JSON.parse(message.toString().split("\n")[1] ?? "{}")));
  await once(daemon, "listening");
});

afterEach(() => void daemon.close());

/** Uploads one photo to the stack. @returns the outcome */
const upload = async (isTraced: boolean, packageFile = blueprint.function.packageFile) => {
  const { environment } = blueprint.function;
  const settings = { TRACING: isTraced ? "on" : "off", AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}` };
  const fn = { ...blueprint.function, isTraced, packageFile, environment: { ...environment, ...settings } };
  const sandbox = await startSandbox({
    blueprint: { ...blueprint, function: fn },
    processes: 1,
    retryDelaysMs: [1, 1],
  });
  try {
    await sandbox.upload("a.jpg", await photo());
    const [outcome] = await sandbox.settled();
    return { status: outcome?.status, errors: sandbox.logs.filter(({ text }) => text.includes('"ERROR"')) };
  } finally {
    await sandbox.stop();
  }
};

const finished = () => segments.filter(({ end_time }) => end_time !== undefined);
const names = (pattern: RegExp) =>
  finished()
    .map(({ name }) => name)
    .filter((name) => pattern.test(name))
    .sort();

describe("with TRACING = on", () => {
  it("sends X-Ray the download, the decoding, five variants and five uploads, and each call within them", async () => {
    const { status, errors } = await upload(true);

    expect([status, errors]).toEqual(["success", []]);
    const variants = ["compressed", "low", "png", "thumbnail", "webp"];
    expect(names(/^(download|decode|encode|upload)/)).toEqual([
      "decode",
      "download",
      ...variants.map((name) => `encode ${name}`),
      ...variants.map((name) => `upload ${name}`),
    ]);
    const calls = finished().filter(({ aws }) => aws?.operation !== undefined);
    const callers = calls.map(({ aws, parent_id }) => {
      const caller = segments.find(({ id }) => id === parent_id)?.name;
      return `${aws?.operation} in ${caller}`;
    });
    expect(callers.filter((call) => !call.startsWith("PutMetricData")).sort()).toEqual([
      "GetObject in download",
      ...variants.map((name) => `PutObject in upload ${name}`),
    ]);
  });
});

describe("with TRACING = off", () => {
  it("sends nothing, and does not need the tracing file", async () => {
    const { "tracer.js": tracer, ...others } = unzipSync(readFileSync(blueprint.function.packageFile));
    const packageFile = join(tmpdir(), `without-tracer-${process.pid}.zip`);
    writeFileSync(packageFile, zipSync(others, { level: 0 }));
    try {
      const { status } = await upload(false, packageFile);

      expect([tracer === undefined, status, segments]).toEqual([false, "success", []]);
    } finally {
      rmSync(packageFile);
    }
  });
});
