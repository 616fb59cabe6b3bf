/** How the real package handles S3 faults: it retries, refuses or throws, and never logs an incomplete success. */
import sharp from "sharp";
import { devStack } from "../../scripts/build/local-stack";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import { FUNCTION_ACCESS_KEY_ID } from "../../scripts/sandbox/api-call";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import type { Damage } from "../../scripts/sandbox/damage";
import type { Outcome } from "../../scripts/sandbox/lambda";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";

interface Fault {
  readonly of: "GET" | "PUT";
  readonly is: ApiRefusal | Damage | "silence";
  /** Number of calls that it affects. @default all calls */
  readonly times?: number;
  /** Part of the object's key. @default any key */
  readonly key?: string;
}

const SLOW_DOWN: ApiRefusal = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
const INTERNAL: ApiRefusal = { status: 500, code: "InternalError", message: "We encountered an internal error." };
const DENIED: ApiRefusal = { status: 403, code: "AccessDenied", message: "Access Denied" };
const GONE: ApiRefusal = { status: 404, code: "NoSuchVersion", message: "The specified version does not exist." };

const DONE = { status: "success", attempts: 1, variants: 5, events: ["image.processed"] };
const failed = (errorName: string, variants = 0) => ({
  status: "error",
  attempts: 2,
  variants,
  events: [`image.failed ${errorName}`, `image.failed ${errorName}`],
});

/** Every fault, and the expected result of its upload: add a row. */
// biome-ignore format: a table is read down its columns
const CASES: readonly (readonly [what: string, fault: Fault, expected: object])[] = [
  ["throttles a download once",                        { of: "GET", is: SLOW_DOWN, times: 1 },     DONE],
  ["throttles every download",                         { of: "GET", is: SLOW_DOWN },               failed("SlowDown")],
  ["answers 500 twice and then 200",                   { of: "GET", is: INTERNAL, times: 2 },      DONE],
  ["resets the connection before the answer, once",    { of: "GET", is: "lost", times: 1 },        DONE],
  ["resets every connection before the answer",        { of: "GET", is: "lost" },                  failed("TimeoutError")],
  ["resets the connection in the middle, once",        { of: "GET", is: "cut", times: 1 },         DONE],
  ["resets every connection in the middle",            { of: "GET", is: "cut" },                   failed("Error")],
  ["stalls in the middle of a body, once",             { of: "GET", is: "stalled", times: 1 },     DONE],
  ["promises more bytes than it sends, once",          { of: "GET", is: "too-long", times: 1 },    DONE],
  ["always promises more bytes than it sends",         { of: "GET", is: "too-long" },              failed("Error")],
  ["promises fewer bytes than there are, once",        { of: "GET", is: "too-short", times: 1 },   DONE],
  ["always promises fewer bytes than there are",       { of: "GET", is: "too-short" },             failed("Error")],
  ["gives the version the eTag of another",            { of: "GET", is: "mislabelled" },           failed("Error")],
  ["has lost the version",                             { of: "GET", is: GONE },                    { status: "success", attempts: 1, variants: 0, events: ["image.refused deleted"] }],
  ["does not answer a download, once",                 { of: "GET", is: "silence", times: 1 },     DONE],
  ["answers no download until the time is up",         { of: "GET", is: "silence", times: 2 },     { status: "success", attempts: 2, variants: 5, events: ["image.failed OutOfTime", "image.processed"] }],
  ["throttles one variant once",                       { of: "PUT", is: SLOW_DOWN, times: 1 },     DONE],
  ["stores a variant and loses the answer, once",      { of: "PUT", is: "lost", times: 1 },        DONE],
  ["never takes one of the variants",                  { of: "PUT", is: INTERNAL, key: "_webp_" }, failed("InternalError", 4)],
  ["denies one of the variants",                       { of: "PUT", is: DENIED, key: "_low_" },    { status: "error", attempts: 2, variants: 4, events: ["storage.denied", "storage.denied"] }],
];

const left = CASES.map(([, { times = Number.POSITIVE_INFINITY }]) => times);

/** Picks the fault of a call from the remaining ones; keys of an upload and its variants begin with the number of the case. */
const meet = ({ caller, action, key = "" }: ApiCall): Fault["is"] | undefined => {
  const index = Number.parseInt(key, 10);
  const fault = CASES[index]?.[1];
  const of = action === "s3:PutObject" ? "PUT" : "GET";
  if (caller !== FUNCTION_ACCESS_KEY_ID || fault === undefined || fault.of !== of) return undefined;
  if (!key.includes(fault.key ?? "")) return undefined;
  const times = left[index] ?? 0;
  left[index] = times - 1;
  return times > 0 ? fault.is : undefined;
};

const outcomes = new Map<string, Outcome>();
const stored: string[] = [];
let sandbox: Sandbox;

beforeAll(async () => {
  const blueprint = readBlueprint(await devStack());
  const damages = new Map<string, Damage>();
  sandbox = await startSandbox({
    blueprint: { ...blueprint, function: { ...blueprint.function, timeoutSeconds: 8, maximumRetryAttempts: 1 } },
    processes: 4,
    retryDelaysMs: [1],
    intercept: async (call) => {
      const fault = meet(call);
      if (fault === "silence") return new Promise(() => {});
      if (typeof fault === "object") return fault;
      if (fault !== undefined) damages.set(call.key ?? "", fault);
      return undefined;
    },
    damage: ({ caller, key = "" }) => {
      if (caller !== FUNCTION_ACCESS_KEY_ID) return undefined;
      const damage = damages.get(key);
      damages.delete(key);
      return damage;
    },
    onObjectCreated: ({ bucket, key }) => stored.push(`${bucket}/${key}`),
    onSettled: ({ key }, [outcome]) => outcome && outcomes.set(key, outcome),
  });
  const png = await sharp({ create: { width: 48, height: 32, channels: 3, background: "#3080c0" } })
    .png()
    .toBuffer();
  await Promise.all(CASES.map((_, i) => sandbox.upload(`${i}.png`, png)));
  await sandbox.settled();
});

afterAll(() => sandbox.stop());

const eventsOf = (wanted: string) =>
  sandbox.logs.flatMap(({ text }) => {
    const { event, key, reason, errorName } = JSON.parse(text);
    return key === wanted && event !== "image.received" ? [[event, reason ?? errorName].filter(Boolean).join(" ")] : [];
  });

const sumOf = (name: string) =>
  sandbox.metrics
    .data()
    .filter((datum) => datum.name === name)
    .reduce((sum, { value }) => sum + value, 0);

const becameOf = (index: number) => {
  const { status, attempts } = outcomes.get(`${index}.png`) ?? {};
  const variants = new Set(stored.filter((path) => path.startsWith(`${sandbox.processedBucket}/${index}_`))).size;
  return { status, attempts, variants, events: eventsOf(`${index}.png`) };
};

describe("an S3 that", () => {
  it.each(CASES.map(([what, , expected], i) => [what, i, expected] as const))("%s", (_what, i, expected) => {
    expect(becameOf(i)).toEqual(expected);
  });

  it("fails in every way ends no process, and causes JSON log lines only", () => {
    const reports = sandbox.logs.map(({ text }) => JSON.parse(text)).filter(({ type }) => type === "platform.report");

    expect(reports.filter(({ record }) => record.errorType !== undefined || record.status === "timeout")).toEqual([]);
  });

  it("fails in every way is counted correctly: a presumed success is corrected", () => {
    const events = CASES.flatMap((_, i) => eventsOf(`${i}.png`));
    const processed = events.filter((event) => event === "image.processed").length;

    expect([sumOf("ImagesProcessed"), sumOf("ProcessingSuccess"), sumOf("ProcessingFailure")]).toEqual([
      events.length,
      processed,
      events.length - processed,
    ]);
  });
});
