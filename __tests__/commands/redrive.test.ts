/** `npm run redrive` with the real package and a real queue. */
import { PurgeQueueCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { naming } from "../../modules/naming";
import { clientsFor } from "../../scripts/aws/clients";
import { queueUrlOf } from "../../scripts/aws/dead-letters";
import { type Check, findingsOf } from "../../scripts/aws/doctor/check";
import { MONITORING_CHECKS } from "../../scripts/aws/doctor/monitoring";
import { environmentNamed } from "../../scripts/build/environments";
import { drillStack } from "../../scripts/build/local-stack";
import { photo } from "../../scripts/faults/pictures";
import { type ApiRefusal, FUNCTION_ACCESS_KEY_ID } from "../../scripts/sandbox/api-call";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { run, start } from "./run";

const UNAVAILABLE: ApiRefusal = { status: 503, code: "ServiceUnavailable", message: "not now" };

let sandbox: Sandbox;
/** Whether S3 refuses a call of the function. */
let isRefused: (key: string) => boolean;
/** Called for every call of the function to S3. */
let onCall: () => void;
let stored: string[];

beforeAll(async () => {
  const blueprint = readBlueprint(await drillStack("prod"));
  sandbox = await startSandbox({
    blueprint,
    retryDelaysMs: [1, 1],
    intercept: async ({ caller, action, key = "" }) => {
      if (caller !== FUNCTION_ACCESS_KEY_ID || !action.startsWith("s3:")) return undefined;
      onCall();
      return isRefused(key) ? UNAVAILABLE : undefined;
    },
    onObjectCreated: ({ bucket, key }) => {
      if (bucket === sandbox.processedBucket) stored.push(key);
    },
  });
});

afterAll(() => sandbox.stop());

beforeEach(() => {
  isRefused = () => true;
  onCall = () => {};
  stored = [];
});

const redrive = (...args: string[]) => run("redrive", "prod", "--endpoint-url", sandbox.endpointUrl, ...args);

/** Uploads that fail at every attempt. */
const fail = async (...keys: string[]): Promise<void> => {
  const bytes = await photo();
  for (const key of keys) await sandbox.upload(key, bytes);
  await sandbox.settled();
};

const keysLeft = async (): Promise<string[]> =>
  (await sandbox.deadLetters())
    .map(({ event }) => (event as { Records: { s3: { object: { key: string } } }[] }).Records[0]?.s3.object.key ?? "")
    .sort();

describe("npm run redrive", () => {
  it("shows key, age and error of each message, and deletes none", async () => {
    await fail("album/été 1.jpg");

    const { code, stdout, stderr } = await redrive("--dry-run");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^· would be sent {8}\d+ s ago +album\/été 1\.jpg {2}.+\nThe queue holds about 1 message\.\n$/,
    );
    expect(await sandbox.deadLetters()).toMatchObject([
      { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), errorCode: 200, errorMessage: expect.any(String) },
    ]);
  });

  it("keeps messages that fail again, and deletes those that the function has processed", async () => {
    await fail("good.jpg");
    isRefused = (key) => key.startsWith("album/");

    const { code, stdout } = await redrive("--json");

    const { deadLetters, left } = JSON.parse(stdout);
    expect(deadLetters.map(({ keys, status }: { keys: string[]; status: string }) => [keys[0], status])).toEqual([
      ["album/été 1.jpg", "failed"],
      ["good.jpg", "done"],
    ]);
    expect([code, left, await keysLeft()]).toEqual([1, 1, ["album/%C3%A9t%C3%A9+1.jpg"]]);
    expect(stored.filter((key) => key.startsWith("good_"))).toHaveLength(5);
  });

  it("finishes the current message when it is interrupted, and releases the others", async () => {
    await fail("second.jpg");
    isRefused = () => false;
    const { child, ended } = start("redrive", "prod", "--endpoint-url", sandbox.endpointUrl);
    onCall = () => {
      child.kill("SIGINT");
      onCall = () => {};
    };

    const { code, stdout } = await ended;

    expect(code).toBe(130);
    expect(stdout).toMatch(/^✓ done .* album\/été 1\.jpg .*\nThe queue holds about 1 message\.\n$/);
    expect(await keysLeft()).toEqual(["second.jpg"]);
    expect(stored).toHaveLength(5);
  });

  it("sends at most --max messages, and ends with 0 when the queue is empty", async () => {
    await fail("third.jpg");
    isRefused = () => false;

    const first = await redrive("--max", "1");
    const second = await redrive();

    expect([first.code, second.code]).toEqual([1, 0]);
    expect(first.stdout).toContain("The queue holds about 1 message.");
    expect(second.stdout).toContain("The queue is empty.");
    expect(await keysLeft()).toEqual([]);
  });

  it("keeps what is not an upload event, lists it, and ends with exit code 1, while it processes an envelope", async () => {
    const aws = clientsFor("us-east-1", sandbox.endpointUrl);
    const queueUrl = await queueUrlOf(aws.sqs, "image-processor-prod-processor-dead-letters");
    const send = (body: object) =>
      aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
    await fail("enveloped.jpg");
    const [{ event } = { event: undefined }] = await sandbox.deadLetters();
    isRefused = () => false;
    await redrive();
    stored = [];
    await send({ hello: "world" });
    await send({ requestContext: { condition: "RetriesExhausted" }, requestPayload: event });

    const { code, stdout } = await redrive();
    const left = await sandbox.deadLetters();
    await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));

    expect(stdout).toMatch(/^✗ not an upload event {2}\d+ s ago +the event is not from S3$/m);
    expect(stdout).toMatch(/^✓ done {17}\d+ s ago +enveloped\.jpg/m);
    expect([code, left.map((letter) => letter.event)]).toEqual([1, [{ hello: "world" }]]);
    expect(stored).toHaveLength(5);
  });

  it("refuses an environment without a queue", async () => {
    const { code, stderr } = await run("redrive", "dev", "--endpoint-url", sandbox.endpointUrl);

    expect([code, stderr]).toEqual([1, "error: dev has no dead-letter queue: enable_dead_letter_queue is false\n"]);
  });

  it("is the remedy of doctor if the queue holds messages, and only then", async () => {
    await fail("late.jpg");
    const check = MONITORING_CHECKS.find(({ name }) => name === "dead letters") as Check;
    const look = async (env: string) => {
      const environment = await environmentNamed(env);
      const aws = clientsFor("us-east-1", sandbox.endpointUrl);
      return await findingsOf(check, { environment, names: naming(environment), aws });
    };

    expect(await look("prod")).toEqual([
      {
        state: "warning",
        what: expect.stringMatching(/^the queue holds \d+ messages$/),
        remedy: "npm run redrive -- prod --dry-run",
      },
    ]);
    expect(await look("staging")).toEqual([
      {
        state: "problem",
        what: "image-processor-staging-processor-dead-letters does not exist",
        remedy: "npm run deploy -- staging",
      },
    ]);
  });
});
