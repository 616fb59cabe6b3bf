/** A backfill in the sandbox: the package, the state machine of the stack, and Step Functions' own client. */

import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { drillStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import type { SentDatum } from "../../scripts/sandbox/sent";
import { plain } from "../handler/pictures";

const UNAVAILABLE = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
const FUNCTION = "FUNCTION-image-processor-dev-backfill";

let sandbox: Sandbox;
let sfn: SFNClient;
let s3: S3Client;
let machine: string;
let bucket: string;
const data: SentDatum[] = [];
let onRead: (key: string) => Promise<typeof UNAVAILABLE | undefined>;
let stored: string[] = [];
let skippedMs = 0;

beforeAll(async () => {
  const stack = await drillStack("dev", {
    ...{ enable_backfill: true, backfill_batch_size: 2, backfill_max_concurrency: 2 },
    backfill_tolerated_failure_percent: 40,
  });
  const blueprint = readBlueprint(stack);
  machine = blueprint.stateMachines[0]?.arn ?? "";
  bucket = String(blueprint.stateMachines[0]?.results.Bucket);
  sandbox = await startSandbox({
    blueprint,
    now: () => Date.now() + skippedMs,
    wait: (delayMs) => sleep(delayMs / 20),
    onDatum: (datum) => data.push(datum),
    intercept: async ({ caller, action, key = "" }) =>
      caller === FUNCTION && action.startsWith("s3:GetObject") ? onRead(key) : undefined,
    onObjectCreated: (object) => {
      if (object.bucket === sandbox.processedBucket) stored.push(object.key);
    },
  });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const config = { region: "us-east-1", endpoint: sandbox.endpointUrl, credentials, maxAttempts: 1 };
  sfn = new SFNClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  const png = await plain(24, 16, [200, 40, 40]).png().toBuffer();
  for (const key of KEYS) await sandbox.upload(key, png);
  await sandbox.upload("text.txt", Buffer.from("no image"));
  await sandbox.settled();
});

afterAll(async () => {
  sfn.destroy();
  s3.destroy();
  await sandbox.stop();
});

const KEYS = ["a.png", "b.png", "c.png", "d.png", "e.png"];

beforeEach(async () => {
  data.length = 0;
  stored = [];
  onRead = async () => undefined;
});

let runs = 0;

const start = async (keys: readonly string[], all = true) => {
  const name = `run-${++runs}`;
  const lines = keys.map((key) => JSON.stringify({ bucket: sandbox.uploadBucket, key })).join("\n");
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `manifests/${name}.jsonl`, Body: `${lines}\n` }));
  const input = JSON.stringify({ manifest: `manifests/${name}.jsonl`, results: `results/${name}`, all });
  const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name, input }));
  return executionArn;
};

const described = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));

const mapRunOf = async (executionArn: string) => {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  return sfn.send(new DescribeMapRunCommand({ mapRunArn: mapRuns?.[0]?.mapRunArn }));
};

const json = async (key: string) => JSON.parse((await sandbox.download(bucket, key)).bytes.toString());

/** Number of data of each metric of Step Functions, of the runs and of their batches. */
const counted = () => {
  const counts: Record<string, number> = {};
  for (const { namespace, name, dimensions } of data) {
    if (namespace !== "AWS/States") continue;
    const of = `${dimensions.StateMachineArn === machine ? "run" : dimensions.StateMachineArn?.replace(machine, "")} ${name}`;
    counts[of] = (counts[of] ?? 0) + 1;
  }
  return counts;
};

describe("a run", () => {
  it("processes each object of the manifest in batches, and writes the result of each batch", async () => {
    const arn = await start([...KEYS, "text.txt"]);
    await sandbox.settled();
    const { status, output = "{}" } = await described(arn);
    const { ResultWriterDetails } = JSON.parse(output);
    const { ResultFiles } = await json(ResultWriterDetails.Key);
    const [entry] = await json(ResultFiles.SUCCEEDED[0].Key);

    expect(status).toBe("SUCCEEDED");
    expect(new Set(stored).size).toBe(25);
    expect(JSON.parse(entry.Input).Items).toHaveLength(2);
    expect((await mapRunOf(arn)).itemCounts).toMatchObject({ total: 6, succeeded: 6, failed: 0, pending: 0 });
    expect(counted()).toEqual({
      ...{ "run ExecutionsStarted": 1, "run ExecutionsSucceeded": 1 },
      ...{ "/batches ExecutionsStarted": 3, "/batches ExecutionsSucceeded": 3 },
    });
  });

  it("retries a batch, whose stored variants are not made again", async () => {
    let refused = 0;
    onRead = async (key) => (key === "b.png" && ++refused <= 6 ? UNAVAILABLE : undefined);
    const arn = await start(["a.png", "b.png"], false);
    await sandbox.settled();

    expect((await described(arn)).status).toBe("SUCCEEDED");
    expect(refused).toBeGreaterThan(1);
    expect(stored).toEqual([]);
  });

  it("waits for concurrency that invocations of an earlier run still use", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    onRead = async (key) => {
      if (key === "d.png") await released;
      return undefined;
    };
    const batch = { Items: [{ bucket: sandbox.uploadBucket, key: "d.png" }], BatchInput: { all: true } };
    const earlier = [1, 2].map(() => sandbox.call("image-processor-dev-backfill", batch));
    const arn = await start(["a.png"]);
    const throttles = () => data.filter(({ name, value }) => name === "Throttles" && value === 1).length;
    while (throttles() < 4 && (await described(arn)).status === "RUNNING") await sleep(20);
    release();
    await Promise.all([...earlier, sandbox.settled()]);

    expect((await described(arn)).status).toBe("SUCCEEDED");
  });

  it("lists the objects of batches that failed, as long as no more fail than are tolerated", async () => {
    onRead = async (key) => (key === "a.png" ? UNAVAILABLE : undefined);
    const arn = await start(KEYS);
    await sandbox.settled();
    const { status, output = "{}" } = await described(arn);
    const { ResultFiles } = await json(JSON.parse(output).ResultWriterDetails.Key);
    const failed = await json(ResultFiles.FAILED[0].Key);

    expect(status).toBe("SUCCEEDED");
    expect(failed).toMatchObject([{ Status: "FAILED", Error: "AggregateError" }]);
    expect(JSON.parse(failed[0].Input).Items.map(({ key }: { key: string }) => key)).toEqual(["a.png", "b.png"]);
    expect(counted()).toMatchObject({ "/batches ExecutionsFailed": 1, "/batches ExecutionsSucceeded": 2 });
  });

  it("fails when more fail, and the batches that are left do not start", async () => {
    onRead = async () => UNAVAILABLE;
    const arn = await start([...KEYS, ...KEYS, ...KEYS]);
    await sandbox.settled();

    expect(await described(arn)).toMatchObject({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
    expect((await mapRunOf(arn)).itemCounts?.pending).toBeGreaterThan(0);
    expect(counted()).toMatchObject({ "run ExecutionsFailed": 1 });
  });

  it("times out, and so does a batch that takes longer than an Express workflow can", async () => {
    onRead = async () => {
      skippedMs += 300_000;
      return UNAVAILABLE;
    };
    const slow = await start(["a.png"]);
    await sandbox.settled();
    const ofBatches = counted();
    onRead = async () => {
      skippedMs += 80 * 3_600_000;
      return UNAVAILABLE;
    };
    const late = await start(["a.png"]);
    await sandbox.settled();

    expect((await mapRunOf(slow)).executionCounts).toMatchObject({ timedOut: 1 });
    expect((await described(late)).status).toBe("TIMED_OUT");
    expect(ofBatches).toMatchObject({ "/batches ExecutionsTimedOut": 1 });
    expect(counted()).toMatchObject({ "run ExecutionsTimedOut": 1 });
  });

  it("fails where the manifest does not exist", async () => {
    const input = JSON.stringify({ manifest: "manifests/none", results: "results/none", all: false });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name: "none", input }));
    await sandbox.settled();
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machine, maxResults: 1 }));

    expect(executions).toMatchObject([{ name: "none", status: "FAILED" }]);
  });
});

describe("a run that is stopped", () => {
  it("is resumed with its open batches only", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begin = () => {};
    const isHeld = new Promise<void>((resolve) => {
      begin = resolve;
    });
    onRead = async (key) => {
      if (key !== "c.png") return undefined;
      begin();
      await held;
      return undefined;
    };
    const arn = await start(KEYS);
    await isHeld;
    await sfn.send(new StopExecutionCommand({ executionArn: arn }));
    const before = await mapRunOf(arn);
    onRead = async () => undefined;
    release();
    await sandbox.settled();
    expect((await described(arn)).status).toBe("ABORTED");
    await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
    await sandbox.settled();

    expect(await described(arn)).toMatchObject({ status: "SUCCEEDED", redriveCount: 1 });
    expect((await mapRunOf(arn)).executionCounts).toMatchObject({ total: 3, succeeded: 3 });
    const again = 3 - (before.executionCounts?.succeeded ?? 0);
    expect(counted()).toMatchObject({ "run ExecutionsAborted": 1, "run ExecutionsSucceeded": 1 });
    expect(counted()["/batches ExecutionsSucceeded"]).toBe((before.executionCounts?.succeeded ?? 0) + again);
  });

  it("cannot be resumed once it has succeeded", async () => {
    const arn = await start(["a.png"], false);
    await sandbox.settled();

    await expect(sfn.send(new RedriveExecutionCommand({ executionArn: arn }))).rejects.toMatchObject({
      name: "ExecutionNotRedrivable",
    });
  });
});
