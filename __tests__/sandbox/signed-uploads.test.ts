/** Direct uploads by callers that sign with AWS credentials. */
import type { Environment } from "../../modules/variables";
import { signedHeaders } from "../../scripts/aws/signed-fetch";
import { drillStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";

const IAM: Partial<Environment> = { enable_metadata_table: true, enable_upload_api: true };
const WANTED = { name: "été & co.jpg", contentType: "image/jpeg" };

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ blueprint: readBlueprint(await drillStack("dev", IAM)), processes: 1 });
});

afterAll(() => sandbox.stop());

const send = async (accessKeyId: string, method: string, path: string, body?: string, secretAccessKey = "local") => {
  const url = `${sandbox.apiUrl}${path}`;
  const credentials = { accessKeyId, secretAccessKey };
  const headers = await signedHeaders(method, url, body, { service: "execute-api", region: "us-east-1", credentials });
  const response = await fetch(url, { method, headers, body });
  return { status: response.status, body: await response.json() };
};

describe("the authorizer iam", () => {
  it("accepts signed requests, and distinguishes callers", async () => {
    const { status, body } = await send("ADA", "POST", "/uploads", JSON.stringify(WANTED));

    expect(status).toBe(201);
    expect((await send("ADA", "GET", `/images/${body.id}`)).body).toMatchObject({ state: "issued" });
    expect((await send("EVE", "GET", `/images/${body.id}`)).status).toBe(404);
  });

  it("refuses a request that was signed with another secret, and one without a signature", async () => {
    const unsigned = await fetch(`${sandbox.apiUrl}/uploads`, { method: "POST" });

    expect([(await send("ADA", "POST", "/uploads", "{}", "guessed")).status, unsigned.status]).toEqual([403, 403]);
  });
});
