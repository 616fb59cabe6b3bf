/** The local Invoke API, called with the SDK. */
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import type { FunctionBlueprint } from "../../scripts/sandbox/blueprint";
import { invokeApi } from "../../scripts/sandbox/invoke-api";
import type { Answer } from "../../scripts/sandbox/lambda";
import { type Storage, startStorage } from "../../scripts/sandbox/storage";

const FUNCTION = { name: "small", arn: "arn:aws:lambda:us-east-1:000000000000:function:small" } as FunctionBlueprint;

let storage: Storage;
let client: LambdaClient;
let answer: Omit<Answer, "requestId">;
const later: unknown[] = [];
const queued: Promise<unknown>[] = [];

beforeAll(async () => {
  const call = async (event: unknown) => ({
    requestId: "1",
    ...answer,
    payload: answer.payload || JSON.stringify(event),
  });
  const outcome = { requestId: "2", status: "success", attempts: 1, throttles: 0, reports: [] } as const;
  const invoke = async (event: unknown) => {
    later.push(event);
    return outcome;
  };
  const api = invokeApi(
    () => [{ blueprint: FUNCTION, lambda: { call, invoke } }],
    (requestId) => [`${requestId} ${"x".repeat(4_096)}`, `the last line of ${requestId}`],
    (each) => queued.push(each),
  );
  storage = await startStorage({ buckets: [], invoke: api });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new LambdaClient({ region: "us-east-1", endpoint: storage.endpointUrl, credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await storage.stop();
});

beforeEach(() => {
  answer = { status: "success", payload: "" };
});

const invoke = (input: Partial<InvokeCommandInput> = {}) =>
  client.send(new InvokeCommand({ FunctionName: "small", Payload: '{"n":1}', ...input }));

describe("Invoke", () => {
  it.each(["small", FUNCTION.arn, `${FUNCTION.arn}:live`])("answers with the result of %s", async (FunctionName) => {
    const { StatusCode, FunctionError, Payload } = await invoke({ FunctionName });

    expect([StatusCode, FunctionError, Payload?.transformToString()]).toEqual([200, undefined, '{"n":1}']);
  });

  it("answers with the error of a handler that threw", async () => {
    answer = { status: "error", payload: '{"errorMessage":"no"}' };

    const { StatusCode, FunctionError, Payload } = await invoke();

    expect([StatusCode, FunctionError, Payload?.transformToString()]).toEqual([
      200,
      "Unhandled",
      '{"errorMessage":"no"}',
    ]);
  });

  it("answers with the last 4 KB of the log, if the caller wants them", async () => {
    const [silent, { LogResult = "" }] = [await invoke(), await invoke({ LogType: "Tail" })];

    const log = Buffer.from(LogResult, "base64").toString();
    expect([silent.LogResult, log.length, log.slice(-23)]).toEqual([undefined, 4_096, "xxx\nthe last line of 1\n"]);
  });

  it("accepts an event for asynchronous invocation", async () => {
    const { StatusCode } = await invoke({ InvocationType: "Event" });

    expect([StatusCode, later, queued.length]).toEqual([202, [{ n: 1 }], 1]);
  });

  it("refuses an unknown function, a payload that is not JSON, and a throttled invocation", async () => {
    const nameOf = (answered: Promise<unknown>) => answered.catch(({ name }: Error) => name);

    const names = [await nameOf(invoke({ FunctionName: "other" })), await nameOf(invoke({ Payload: "{" }))];
    answer = { status: "throttled", payload: "" };
    names.push(await nameOf(invoke()));

    expect(names).toEqual(["ResourceNotFoundException", "InvalidRequestContentException", "TooManyRequestsException"]);
  });
});
