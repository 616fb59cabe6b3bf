/** A stack with two functions: one that uploads invoke, and one that is called. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { compileFilter } from "../../scripts/cloudwatch/metric-filter";
import type { ApiCall } from "../../scripts/sandbox/api-call";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import type { SentDatum } from "../../scripts/sandbox/sent";

const folder = mkdtempSync(join(tmpdir(), "functions-test-"));

const logging = (log_group: string) => ({ log_format: "JSON", log_group });

const STACK = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_s3_bucket: { in: { bucket: "uploads" }, out: { bucket: "variants" } },
    aws_lambda_function: {
      caller: {
        ...{ function_name: "api", handler: "index.handler", runtime: "nodejs22.x", filename: "api.zip" },
        logging_config: logging("/api"),
      },
      resizer: {
        ...{ function_name: "resizer", handler: "index.handler", runtime: "nodejs22.x", filename: "resizer.zip" },
        environment: { variables: { OUT: "variants" } },
        logging_config: logging("/resizer"),
      },
    },
    aws_s3_bucket_notification: {
      n: {
        bucket: "${aws_s3_bucket.in.id}",
        lambda_function: [
          { lambda_function_arn: "${aws_lambda_function.resizer.arn}", events: ["s3:ObjectCreated:*"] },
        ],
      },
    },
    aws_lambda_permission: {
      api: { function_name: "${aws_lambda_function.caller.function_name}", principal: "apigateway.amazonaws.com" },
      s3: { function_name: "${aws_lambda_function.resizer.function_name}", principal: "s3.amazonaws.com" },
    },
  },
};

/** Prints one line, and fetches from S3 with the key id of the function. */
const handlerOf = (name: string) => `
  exports.handler = async (event) => {
    process.stdout.write(JSON.stringify({ from: "${name}", records: (event.Records ?? []).length }) + "\\n");
    const signed = "AWS4-HMAC-SHA256 Credential=" + process.env.AWS_ACCESS_KEY_ID + "/20260101/eu-west-1/s3/aws4_request";
    await fetch(process.env.AWS_ENDPOINT_URL_S3 + "/variants/x", { headers: { authorization: signed } });
    return { from: "${name}" };
  };`;

const withResources = (changes: object) => ({ ...STACK, resource: { ...STACK.resource, ...changes } });

const read = (stack: object) => {
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return readBlueprint(folder);
};

const zip = (file: string, name: string) =>
  writeFileSync(join(folder, file), zipSync({ "index.js": strToU8(handlerOf(name)) }));

afterAll(() => rmSync(folder, { recursive: true }));

describe("the blueprint of a stack with two functions", () => {
  const namesOf = (stack: object) => {
    const { function: fn, otherFunctions } = read(stack);
    return [fn.name, otherFunctions.map(({ name }) => name)];
  };

  it("has the function that a bucket notifies, and the other one", () => {
    expect(namesOf(STACK)).toEqual(["resizer", ["api"]]);
  });

  it("takes the function that S3 may invoke where no bucket notifies one", () => {
    expect(namesOf(withResources({ aws_s3_bucket_notification: {} }))).toEqual(["resizer", ["api"]]);
  });

  it("refuses functions of which none is invoked by a bucket", () => {
    const stack = withResources({ aws_s3_bucket_notification: {}, aws_lambda_permission: {} });

    expect(() => read(stack)).toThrow(
      new Error('Expected a function that a bucket notifies for the stack but got ["api","resizer"]'),
    );
  });
});

describe("a sandbox with two functions", () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const calls: ApiCall[] = [];
  const data: SentDatum[] = [];
  let sandbox: Sandbox;

  beforeAll(async () => {
    zip("api.zip", "api");
    zip("resizer.zip", "resizer");
    sandbox = await startSandbox({
      blueprint: read(STACK),
      processes: 1,
      onDatum: (datum) => data.push(datum),
      intercept: async (call) => {
        if (call.key === "x") calls.push(call);
        return undefined;
      },
    });
    await sandbox.call("api", {});
    await sandbox.upload("photo.jpg", Buffer.from("abc"));
    await sandbox.settled();
  });

  afterAll(() => sandbox.stop());

  const clients = { region: "eu-west-1", credentials, maxAttempts: 1 };

  /** Lines that the handlers wrote, in a log group. */
  const written = (group: string) =>
    (sandbox.logGroups.get(group) ?? []).flatMap(({ text }) => (text.startsWith('{"from"') ? [JSON.parse(text)] : []));

  it("invokes only the notified function for an upload, and keeps the lines of each in its own log group", () => {
    expect(written("/api")).toEqual([{ from: "api", records: 0 }]);
    expect(written("/resizer")).toEqual([{ from: "resizer", records: 1 }]);
    expect(sandbox.logs).toBe(sandbox.logGroups.get("/resizer"));
  });

  it("shows a metric filter the lines of its own log group only", () => {
    const lines = [...sandbox.logGroups.values()]
      .flat()
      .map(({ text: message, timestampMs, logGroup }) => ({ message, timestampMs, logGroup }));
    const filter = {
      name: "f",
      logGroup: "/api",
      pattern: "{ $.from = * }",
      metric: { namespace: "N", name: "M", value: "1" },
    };
    const { match, report } = compileFilter(filter);

    expect(report(lines)).toHaveLength(1);
    expect(lines.filter((line) => match(line).isMatch).map(({ logGroup }) => logGroup)).toEqual(["/api"]);
  });

  it("publishes Lambda's metrics of each function with its name", () => {
    const invoked = data.filter(({ name }) => name === "Invocations").map(({ dimensions }) => dimensions.FunctionName);

    expect(invoked.sort()).toEqual(["api", "resizer"]);
  });

  it("tells the calls of the functions apart by their key ids", () => {
    expect(calls.map(({ caller, action }) => [caller, action])).toEqual([
      ["FUNCTION-api", "s3:GetObject"],
      ["FUNCTION", "s3:GetObject"],
    ]);
  });

  it("answers Invoke for each function, and FilterLogEvents for each log group", async () => {
    const lambda = new LambdaClient({ ...clients, endpoint: sandbox.endpointUrl });
    const logs = new CloudWatchLogsClient({ ...clients, endpoint: sandbox.endpointUrl });

    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "api" }));
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "/api", filterPattern: "{ $.from = * }" }),
    );
    const missing = logs.send(new FilterLogEventsCommand({ logGroupName: "/other" }));

    await expect(missing).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(Payload?.transformToString()).toBe('{"from":"api"}');
    expect(events?.map(({ message }) => message)).toEqual(Array(2).fill('{"from":"api","records":0}'));
    lambda.destroy();
    logs.destroy();
  });

  it("refuses to call a function that the stack does not have", async () => {
    await expect(sandbox.call("nope", {})).rejects.toThrow(
      'Expected a function of the stack for the call but got "nope"',
    );
  });
});
