/** The samples of `npm run release`: the real package on this machine, behind the Lambda and CloudWatch of a release. */
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import type { Environment } from "../../modules/variables";
import { clientsFor } from "../../scripts/aws/clients";
import { checkSamples } from "../../scripts/aws/release/samples";
import { drillStack } from "../../scripts/build/local-stack";
import { release } from "../../scripts/commands/release";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { committed } from "../modules/synthesized";
import { startLambda } from "./lambda-alias";

/** Two variants are made more quickly than five. */
const { low, thumbnail } = DEFAULT_VARIANTS;

const CHANGES = {
  alarm_routing: "incident",
  refusal_log_level: "WARN",
  variants: { low, thumbnail },
} as const satisfies Partial<Environment>;

/** What is wrong with the new version. */
type Fault = "none" | "denied" | "idle" | "accepts all";

let sandbox: Sandbox;
let fault: Fault;
/** Whether the new version is running; the one in service has processed the samples before. */
let isNewVersion: boolean;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({
    blueprint: readBlueprint(await drillStack("prod", CHANGES)),
    retryDelaysMs: [1, 1],
    intercept: async ({ caller, action }) =>
      isNewVersion && fault === "denied" && caller === "FUNCTION" && action.startsWith("s3:GetObject")
        ? { status: 403, code: "AccessDenied", message: "Access Denied" }
        : undefined,
  });
});

afterAll(() => sandbox.stop());

beforeEach(() => {
  isNewVersion = false;
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** A version that does nothing with some events. */
const ignores = (body: string): boolean =>
  fault === "idle" || (fault === "accepts all" && body.includes("not-a-photo"));

/** @returns the endpoint of an account: the alias and the alarms of one server, buckets and function of the sandbox */
const account = async () => {
  const lambda = await startLambda({ FunctionVersion: "3" }, ["3", "4"]);
  const versions: (string | null)[] = [];
  const server = createServer(async (incoming, response) => {
    const { method, headers } = incoming;
    const url = new URL(incoming.url ?? "", sandbox.endpointUrl);
    let body = await bodyOf(incoming);
    if (url.pathname.endsWith("/invocations")) {
      versions.push(url.searchParams.get("Qualifier"));
      isNewVersion = true;
      if (ignores(body.toString())) body = Buffer.from('{"Records":[]}');
      headers["content-length"] = String(body.length);
    }
    const isRelease = headers["x-amz-target"] !== undefined || /\/(aliases|versions)/.test(url.pathname);
    const target = new URL(isRelease ? lambda.endpoint : sandbox.endpointUrl);
    const forwarded = request({ host: target.hostname, port: target.port, path: incoming.url, method, headers });
    forwarded.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(lambda.stop, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const perform = async (changes: Partial<Environment> = {}) =>
    release({ ...(await committed("prod")), ...CHANGES, ...changes }, { samples: true, endpointUrl });
  const started = () => lambda.calls.filter(({ operation }) => operation === "CreateDeployment").length;
  return { perform, started, versions };
};

/** @returns all keys of both buckets */
const objects = async (): Promise<unknown[]> => {
  const { s3 } = clientsFor("us-east-1", sandbox.endpointUrl);
  await sandbox.settled();
  const lists = [sandbox.uploadBucket, sandbox.processedBucket].map((Bucket) =>
    s3.send(new ListObjectsV2Command({ Bucket })),
  );
  return (await Promise.all(lists)).flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key));
};

const PICTURES = ["balloon-transparent.png: 2 variants", "sunrise-sideways.jpg: 2 variants"];

describe("before a version gets traffic, npm run release", () => {
  it("invokes it with two pictures and a file that it must refuse, and deletes them", async () => {
    fault = "none";
    const aws = await account();

    const result = await aws.perform();

    expect(result).toMatchObject({
      status: "released",
      samples: [...PICTURES, "not-a-photo.jpg: refused: not-an-image"],
    });
    expect(aws.versions).toEqual(["4", "4", "4"]);
    expect(await objects()).toEqual([]);
  });

  it("leaves out the file where its refusal would count as an error", async () => {
    fault = "none";
    const aws = await account();

    expect(await aws.perform({ refusal_log_level: "ERROR" })).toMatchObject({ samples: PICTURES });
  });

  it.each([
    [
      "fails",
      "denied",
      /^Expected version 4 to process the samples but got balloon-transparent\.png: 1 of 1 images failed: .*Access Denied.*\. Uploads still invoke version 3; --no-samples releases anyway$/,
      1,
    ],
    ["stores nothing", "idle", "balloon-transparent.png: it stored 0 of 2 variants", 1],
    ["does not refuse the file", "accepts all", "not-a-photo.jpg: it did not refuse the file", 3],
  ] as const)("starts no release if it %s, although the version in service does", async (_, wrong, message, count) => {
    fault = wrong;
    const aws = await account();

    await expect(aws.perform()).rejects.toThrow(message);

    expect([aws.started(), aws.versions.length]).toEqual([0, count]);
    expect(await objects()).toEqual([]);
  });

  it("says where the version in service may still write, if it is not done with the samples", async () => {
    fault = "denied";
    isNewVersion = true;
    const { s3, lambda } = clientsFor("us-east-1", sandbox.endpointUrl);

    const { outcomes, late } = await checkSamples({
      environment: { ...(await committed("prod")), ...CHANGES },
      s3,
      callee: { lambda, functionName: "image-processor-prod-processor", qualifier: "4" },
      signal: new AbortController().signal,
      waitMs: 1,
    });

    expect(outcomes).toMatchObject([{ passed: false }]);
    expect([late?.buckets.processed, late?.prefix]).toEqual([
      sandbox.processedBucket,
      expect.stringMatching(/^release\/[0-9a-f-]{36}\/$/),
    ]);
  });
});
