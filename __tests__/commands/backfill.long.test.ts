/** `npm run backfill` against a stack in the sandbox: its state machine, its function and its package. */
import { setTimeout as sleep } from "node:timers/promises";
import { drillStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { plain } from "../handler/pictures";
import { type Answers, startAccount } from "./account";
import { runIn } from "./run";

const UNAVAILABLE = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
const FUNCTION = "FUNCTION-image-processor-dev-backfill";
const SETTINGS = {
  ...{ enable_backfill: true, backfill_batch_size: 2, backfill_max_concurrency: 2 },
  ...{ backfill_tolerated_failure_percent: 40, enable_metadata_table: true },
  ...{ enable_release_alias: true, enable_codedeploy: true },
};
const SHELL = Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [`TF_VAR_${name}`, String(value)]));

const KEYS = ["a/1.png", "a/2.png", "a/3.png", "b/1.png", "b/2.png"];

let sandbox: Sandbox;
let onRead: (caller: string, key: string) => Promise<typeof UNAVAILABLE | undefined>;
let stored: string[] = [];
let throttles = 0;

beforeAll(async () => {
  onRead = async () => undefined;
  const blueprint = readBlueprint(await drillStack("dev", SETTINGS));
  sandbox = await startSandbox({
    // The command waits for a timeout before it resumes a run.
    blueprint: { ...blueprint, otherFunctions: blueprint.otherFunctions.map((fn) => ({ ...fn, timeoutSeconds: 10 })) },
    retryDelaysMs: [1, 1],
    wait: (delayMs) => sleep(delayMs / 20),
    intercept: async ({ caller, action, key = "" }) =>
      caller !== "anonymous" && action.startsWith("s3:GetObject") ? onRead(caller, key) : undefined,
    onDatum: ({ name, value }) => {
      if (name === "Throttles") throttles += value;
    },
    onObjectCreated: ({ bucket, key }) => {
      if (bucket === sandbox.processedBucket) stored.push(key);
    },
  });
  const png = await plain(24, 16, [200, 40, 40]).png().toBuffer();
  for (const key of KEYS) await sandbox.upload(key, png);
  await sandbox.upload("folder/", Buffer.alloc(0));
  await sandbox.settled();
});

afterAll(() => sandbox.stop());

beforeEach(() => {
  onRead = async () => undefined;
  stored = [];
});

const backfill = (...args: string[]) => runIn(SHELL, "backfill", "dev", "--endpoint-url", sandbox.endpointUrl, ...args);

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await backfill(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
};

const newest = async () => (await json("--status")).runs[0];

/** Objects whose variants were written since the last test began. */
const processed = () => [...new Set(stored.map((key) => key.replace(/_.*/, ".png")))].sort();

describe("npm run backfill", () => {
  it("prints number, cost and time, and starts nothing, with --dry-run", async () => {
    const { code, stdout, stderr } = await backfill("--dry-run");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("5 objects, about $0.00, about 1 min if every variant is missing. Nothing was started.\n");
    expect((await backfill("--status")).stdout).toBe("There is no run yet.\n");
  });

  it("asks before it starts, and starts nothing where nothing can be typed", async () => {
    const { code, stderr } = await backfill();

    expect([code, stderr]).toEqual([
      2,
      "error: Expected --yes but got nothing: this processes 5 objects, about $0.00, about 1 min if every variant is missing\n",
    ]);
  });

  it("processes what is missing, under the keys that the uploads' events gave", async () => {
    const missing = (await sandboxKeys()).filter((key) => key.startsWith("a/1_") || key.startsWith("b/2_"));
    for (const key of missing) await sandbox.erase(sandbox.processedBucket, key);
    const { code, stdout } = await backfill("--yes");
    await sandbox.settled();

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Started [\d-]+T[\d-]+-\w{4}: 5 objects, .+\nFollow it with npm run backfill -- dev --status\n$/,
    );
    expect(stored.sort()).toEqual(missing.sort());
    expect(await newest()).toMatchObject({ status: "SUCCEEDED", counts: { succeeded: 5, failed: 0, total: 5 } });
    expect((await backfill("--status")).stdout).toMatch(/succeeded +\d+ s ago +5 of 5 +0\n$/);
  });

  it.each<[string[], string[]]>([
    [
      ["--all", "--prefix", "a/"],
      ["a/1.png", "a/2.png", "a/3.png"],
    ],
    [["--all", "--since", "2999-01-01"], []],
    [["--all", "--since", "2020-01-01"], KEYS],
  ])("takes the objects of %j", async (args, keys) => {
    const { objects } = await json(...args, "--yes");
    await sandbox.settled();

    expect(objects).toBe(keys.length);
    expect(processed()).toEqual(keys);
  });

  it("takes the objects that lack a variant", async () => {
    const [thumbnail = ""] = (await sandboxKeys()).filter((key) => key.startsWith("a/2_thumbnail"));
    await sandbox.erase(sandbox.processedBucket, thumbnail);
    const { objects } = await json("--missing", "thumbnail", "--yes");
    await sandbox.settled();

    expect([objects, stored]).toEqual([1, [thumbnail]]);
  });

  it("takes the uploads that failed, by their records", async () => {
    onRead = async (caller, key) => (caller === "FUNCTION" && key === "b/3.png" ? UNAVAILABLE : undefined);
    await sandbox.upload("b/3.png", await plain(24, 16, [0, 40, 40]).png().toBuffer());
    await sandbox.settled();
    onRead = async () => undefined;
    const { objects } = await json("--state", "failed", "--yes");
    await sandbox.settled();

    expect([objects, processed()]).toEqual([1, ["b/3.png"]]);
    expect((await backfill("--state", "failed", "--yes")).stdout).toBe("There is nothing to process.\n");
    await sandbox.remove(sandbox.uploadBucket, "b/3.png");
    await sandbox.settled();
  });
});

const sandboxKeys = async (): Promise<string[]> => {
  const response = await fetch(`${sandbox.endpointUrl}/${sandbox.processedBucket}?list-type=2`);
  return [...(await response.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
};

describe("a run that ends early", () => {
  /** Starts a run whose first object is not read until `release` is called. */
  const held = async () => {
    let release = () => {};
    let begin = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    onRead = async (caller, key) => {
      if (caller !== FUNCTION || key !== "a/1.png") return undefined;
      begin();
      await released;
      return undefined;
    };
    const { run } = await json("--all", "--yes");
    await begun;
    return { run, release };
  };

  it("is the only one, can be stopped, and is resumed with its open batches only", async () => {
    const { run, release } = await held();
    const second = await backfill("--all", "--yes");
    const stopped = await backfill("--stop");
    // The invocation of the stopped batch still runs.
    onRead = async () => undefined;
    const before = await newest();
    stored = [];
    throttles = 0;
    const resumed = await backfill("--resume", "--yes");
    release();
    await sandbox.settled();

    expect([second.code, second.stderr]).toEqual([
      1,
      `error: The run ${run} is in progress: wait until it ends, or stop it with --stop\n`,
    ]);
    expect(stopped.stdout).toBe(`Stopped ${run}. --resume continues the run within 14 days.\n`);
    expect(before).toMatchObject({ name: run, status: "ABORTED" });
    expect(resumed.stdout).toBe(`Resumed ${run}: only its open batches run again.\n`);
    expect(throttles).toBe(0);
    expect(await newest()).toMatchObject({ name: run, status: "SUCCEEDED", counts: { succeeded: 5 } });
    expect(processed()).toContain("a/1.png");
    expect(processed().length).toBeLessThanOrEqual(5 - before.counts.succeeded);
  });

  it("has succeeded if few objects failed, and is retried with those of its failed batches", async () => {
    onRead = async (caller, key) => (caller === FUNCTION && key === "b/2.png" ? UNAVAILABLE : undefined);
    const { run } = await json("--all", "--yes");
    await sandbox.settled();
    const resumed = await backfill("--resume", "--yes");
    onRead = async () => undefined;
    stored = [];
    const { objects } = await json("--retry", run, "--all", "--yes");
    await sandbox.settled();

    expect(resumed.stderr).toBe(
      `error: Expected a run that was stopped or failed but got ${run}, which has succeeded: --retry ${run} processes what failed in it\n`,
    );
    expect(objects).toBe(1);
    expect(processed()).toEqual(["b/2.png"]);
  });

  it("has nothing to stop or to retry where there is none", async () => {
    expect((await backfill("--stop")).stdout).toBe("No run is in progress.\n");
    expect((await backfill("--retry", "nothing")).stderr).toBe(
      'error: Expected a run with results for --retry but got "nothing": --status lists the runs\n',
    );
  });
});

describe("during a release", () => {
  const CONFIGURATION = {
    FunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f",
    CodeSha256: "new",
    Timeout: 60,
  };
  const QUIET: Answers = {
    ListBuckets: () =>
      `<ListAllMyBucketsResult><Buckets>${["upload", "processed", "backfill"].map((name) => `<Bucket><Name>image-processor-dev-${name}-x</Name></Bucket>`).join("")}</Buckets></ListAllMyBucketsResult>`,
    GetFunctionConfiguration: () => CONFIGURATION,
    GetAlias: () => ({ Name: "live", FunctionVersion: "7" }),
    ListDeployments: () => ({ deployments: [] }),
  };

  const problem = async (answers: Answers) => {
    const account = await startAccount({ ...QUIET, ...answers });
    const { code, stderr } = await runIn(SHELL, "backfill", "dev", "--yes", "--endpoint-url", account.endpoint);
    await account.stop();
    expect(account.calls.map(({ operation }) => operation)).not.toContain("StartExecution");
    return [code, stderr];
  };

  it.each<[string, Answers, string]>([
    [
      "that CodeDeploy moves",
      { ListDeployments: () => ({ deployments: ["d-EXAMPLE"] }) },
      "The release d-EXAMPLE is in progress: wait until it ends, or stop it: npm run release -- dev --status",
    ],
    [
      "whose new version gets a share",
      {
        GetAlias: () => ({
          Name: "live",
          FunctionVersion: "7",
          RoutingConfig: { AdditionalVersionWeights: { "8": 0.1 } },
        }),
      },
      "A release is in progress, which gives version 8 10 % of the uploads: wait until it ends, or stop it: npm run release -- dev --status",
    ],
    [
      "that has not begun",
      {
        GetFunctionConfiguration: ({ url }) => ({
          ...CONFIGURATION,
          ...(String(url).includes("Qualifier=7") && { CodeSha256: "old" }),
        }),
      },
      "A backfill would run the newest package, but uploads run version 7: release it first with npm run release -- dev",
    ],
  ])("%s, starts nothing", async (_, answers, message) => {
    expect(await problem(answers)).toEqual([1, `error: ${message}\n`]);
  });
});

describe("refuses", () => {
  it.each([
    [["--since", "yesterday"], 'Expected a date such as 2026-01-31 for --since but got "yesterday"'],
    [
      ["--missing", "huge"],
      'Expected a variant of dev (compressed, low, webp, png, thumbnail) for --missing but got "huge"',
    ],
    [["--stop", "--resume"], "Expected --stop without --resume but got both"],
    [["--resume", "--dry-run"], "Expected --resume without --dry-run but got both"],
    [["--stop", "--prefix", "a/"], "Expected --stop without --prefix but got both"],
    [
      ["--missing", "toString"],
      'Expected a variant of dev (compressed, low, webp, png, thumbnail) for --missing but got "toString"',
    ],
    [["--retry", "x", "--missing", "low"], "Expected --retry without --missing but got both"],
    [["--state", "failed", "--since", "2026-01-01"], "Expected --state without --since but got both"],
  ])("%j", async (args, message) => {
    const { code, stderr } = await backfill("--yes", ...args);

    expect([code, stderr]).toEqual([2, `error: ${message}\n`]);
  });

  it("an environment without a backfill", async () => {
    const { code, stderr } = await runIn({}, "backfill", "staging", "--endpoint-url", sandbox.endpointUrl);

    expect([code, stderr]).toEqual([1, "error: staging has no backfill: enable_backfill is false\n"]);
  });
});
