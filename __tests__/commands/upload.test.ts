/** `npm run upload` against the local API: links, forms and states, with signatures and with tokens. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { drillStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { devWith } from "../modules/synthesized";
import { startAccount } from "./account";
import { run, runIn } from "./run";

const folder = mkdtempSync(join(tmpdir(), "upload-test-"));
const photo = join(folder, "Été 1.jpg");
const text = join(folder, "text.png");

const ON = { TF_VAR_enable_metadata_table: "true", TF_VAR_enable_upload_api: "true" };
const JWT = {
  ...ON,
  TF_VAR_upload_api_authorizer: "jwt",
  TF_VAR_upload_api_jwt_issuer: "https://login.example.com",
  TF_VAR_upload_api_jwt_audience: '["photos"]',
};
const KEYS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

const sandboxWith = async (shell: Record<string, string>): Promise<Sandbox> =>
  startSandbox({ blueprint: readBlueprint(await drillStack("dev", await devWith("", shell))), processes: 1 });

beforeAll(async () => {
  const picture = sharp({ create: { width: 640, height: 400, channels: 3, background: "#3080c0" } });
  writeFileSync(photo, await picture.jpeg().toBuffer());
  writeFileSync(text, "no picture");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("npm run upload with signatures", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await sandboxWith(ON);
  });

  afterAll(() => sandbox.stop());

  const upload = (...args: string[]) =>
    runIn({ ...ON, ...KEYS }, "upload", "dev", ...args, "--api-url", String(sandbox.apiUrl));

  it("uploads pictures, waits for their variants, and prints links that work", async () => {
    const { code, stdout } = await upload(photo, "--json");

    const { images } = JSON.parse(stdout);
    const webp = await fetch(images[0].variants.webp.url);
    expect([code, images[0].state, images[0].format]).toEqual([0, "processed", "jpeg"]);
    expect(await sharp(Buffer.from(await webp.arrayBuffer())).metadata()).toMatchObject({ format: "webp", width: 640 });
  });

  it("finds the API in the account by its name", async () => {
    const items = [
      { apiId: "a1", name: "another", apiEndpoint: "http://127.0.0.1:1" },
      { apiId: "a2", name: "image-processor-dev-uploads", apiEndpoint: sandbox.apiUrl },
    ];
    const account = await startAccount({ GetApis: () => ({ items }) });
    const empty = await startAccount({ GetApis: () => ({ items: [] }) });
    const uploadIn = (endpoint: string) =>
      runIn({ ...ON, ...KEYS, AWS_ENDPOINT_URL_APIGATEWAYV2: endpoint }, "upload", "dev", photo, "--json");

    const [found, missing] = [await uploadIn(account.endpoint), await uploadIn(empty.endpoint)];

    await Promise.all([account.stop(), empty.stop()]);
    expect([found.code, JSON.parse(found.stdout).images[0].state]).toEqual([0, "processed"]);
    expect([missing.code, missing.stderr]).toEqual([
      1,
      "error: dev is not deployed to us-east-1 of this account, or only in part: there is no API image-processor-dev-uploads. Run npm run deploy -- dev\n",
    ]);
  });

  it("shows why a picture was refused, with exit code 1", async () => {
    const { code, stdout } = await upload(photo, text);

    expect(code).toBe(1);
    expect(stdout).toMatch(/Été 1\.jpg {2}processed {2}jpeg, 640 × 400 px/);
    expect(stdout).toMatch(/text\.png {2}refused {2}not-an-image: Expected JPEG, PNG, WebP, BMP or TIFF/);
    expect(stdout.match(/_thumbnail_[0-9a-f]{8}\.jpg\?/g)).toHaveLength(1);
  });

  it("says in one line that the API refuses the caller", async () => {
    const wrong = { ...KEYS, AWS_SECRET_ACCESS_KEY: "wrong" };
    const ended = await runIn({ ...ON, ...wrong }, "upload", "dev", photo, "--api-url", String(sandbox.apiUrl));

    expect(ended).toMatchObject({
      code: 1,
      stderr: 'error: Expected an answer to POST /uploads but got HTTP 403 {"message":"Forbidden"}\n',
    });
  });
});

describe("npm run upload with a token", () => {
  it("sends the token of the shell, and needs one", async () => {
    const sandbox = await sandboxWith(JWT);
    const upload = (variables: Record<string, string>) =>
      runIn({ ...JWT, ...variables }, "upload", "dev", photo, "--api-url", String(sandbox.apiUrl));

    const [given, missing] = [await upload({ UPLOAD_API_TOKEN: sandbox.issueToken({ sub: "ada" }) }), await upload({})];

    await sandbox.stop();
    expect([given.code, given.stderr]).toEqual([0, ""]);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      "error: Expected a token of https://login.example.com in UPLOAD_API_TOKEN but got none\n",
    ]);
  });
});

describe("npm run upload without a running API", () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(503).end("busy"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => server.close());

  it("says in one line that the API has failed", async () => {
    const { code, stderr } = await runIn({ ...ON, ...KEYS }, "upload", "dev", photo, "--api-url", url);

    expect([code, stderr]).toEqual([1, "error: Expected an answer to POST /uploads but got HTTP 503 busy\n"]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    [["dev", photo],                     1, "error: dev has no upload API: enable_upload_api is false\n"],
    [["dev", "missing.jpg"],             2, "error: missing.jpg does not exist (a sample is in scripts/images/samples)\n"],
    [["dev", join(folder, "..")],        2, /^error: Expected a name that ends with \.jpg, \.jpeg, .* but got /],
    [["dev", photo, "--api-url", "x"],   2, 'error: Expected a URL such as http://127.0.0.1:4566 for --api-url but got "x"\n'],
  ] as const)("refuses %j in one line", async (args, exitCode, message) => {
    const { code, stderr } = await run("upload", ...args);

    expect(code).toBe(exitCode);
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });
});
