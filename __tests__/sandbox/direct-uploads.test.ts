/** Direct uploads on this machine: the synthesized API, its package, and forms to the local S3. */
import { createHash } from "node:crypto";
import sharp from "sharp";
import type { Environment } from "../../modules/variables";
import { drillStack } from "../../scripts/build/local-stack";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import type { SentDatum } from "../../scripts/sandbox/sent";

const ISSUER = "https://login.example.com";
const PAGE = "https://photos.example.com";

const ON: Partial<Environment> = { enable_metadata_table: true, enable_upload_api: true };
const JWT: Partial<Environment> = {
  ...ON,
  upload_api_authorizer: "jwt",
  upload_api_jwt_issuer: ISSUER,
  upload_api_jwt_audience: ["photos"],
  upload_api_cors_origins: [PAGE],
  max_image_bytes: 1_000_000,
};

interface Link {
  readonly id: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

const data: SentDatum[] = [];
const calls: ApiCall[] = [];
let refusal: ((call: ApiCall) => ApiRefusal | undefined) | undefined;
let clockMs = 0;
let frozenMs: number | undefined;
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    blueprint: readBlueprint(await drillStack("dev", JWT)),
    processes: 2,
    now: () => frozenMs ?? Date.now() + clockMs,
    clientNow: () => Date.now() + clockMs,
    onDatum: (datum) => data.push(datum),
    intercept: async (call) => {
      calls.push(call);
      return refusal?.(call);
    },
  });
});

afterAll(() => sandbox.stop());

beforeEach(() => {
  refusal = undefined;
  clockMs = 0;
  frozenMs = undefined;
  calls.length = 0;
  data.length = 0;
});

const tokenOf = (sub: string, claims: object = {}) => sandbox.issueToken({ sub, ...claims });

const ask = async (method: string, path: string, token?: string, body?: object, headers: object = {}) => {
  const response = await fetch(`${sandbox.apiUrl}${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
};

const WANTED = { name: "été & co.jpg", contentType: "image/jpeg" };

/** On a busy machine, the local table may answer later than the API waits. */
const linkFor = async (sub: string, wanted: object = WANTED): Promise<Link> => {
  const { status, body } = await ask("POST", "/uploads", tokenOf(sub), wanted);
  return status === 500 ? linkFor(sub, wanted) : body;
};

const post = async ({ url, fields }: Pick<Link, "url" | "fields">, bytes: Buffer, headers: object = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([bytes as unknown as string]), "x.jpg");
  const response = await fetch(url, { method: "POST", body: form, headers: headers as Record<string, string> });
  return {
    status: response.status,
    headers: response.headers,
    code: /<Code>(.*)<\/Code>/.exec(await response.text())?.[1],
  };
};

const stateOf = async (id: string, sub: string) => (await ask("GET", `/images/${id}`, tokenOf(sub))).body;

const photo = () =>
  sharp({ create: { width: 640, height: 400, channels: 3, background: "#3080c0" } })
    .jpeg()
    .toBuffer();

describe("a direct upload", () => {
  it("goes from a link to variants that its sender can download", async () => {
    const { status, body, headers } = await ask("POST", "/uploads", tokenOf("ada"), WANTED);
    const hash = createHash("sha256")
      .update(JSON.stringify(["jwt", ISSUER, "ada"]))
      .digest("hex")
      .slice(0, 32);
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body.fields.key).toBe(`uploads/${hash}/${body.id}/ete_co.jpg`);
    expect(Math.abs(Date.parse(body.expiresAt) - Date.now() - 300_000)).toBeLessThan(10_000);
    expect(await stateOf(body.id, "ada")).toMatchObject({ id: body.id, state: "issued" });

    expect((await post(body, await photo())).status).toBe(204);
    await sandbox.settled();
    const image = await stateOf(body.id, "ada");

    expect(image).toMatchObject({ id: body.id, state: "processed", format: "jpeg", widthPx: 640, heightPx: 400 });
    expect(Object.keys(image.variants).sort()).toEqual(["compressed", "low", "png", "thumbnail", "webp"]);
    const thumbnail = await fetch(image.variants.thumbnail.url);
    expect(await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata()).toMatchObject({
      width: 300,
      height: 188,
    });
    expect(Math.abs(Date.parse(image.linksExpireAt) - Date.now() - 900_000)).toBeLessThan(10_000);
  });

  it("tells its sender why it was refused", async () => {
    const link = await linkFor("ada");
    await post(link, Buffer.from("no picture"));
    await sandbox.settled();

    expect(await stateOf(link.id, "ada")).toMatchObject({ state: "refused", reason: "not-an-image" });
  });

  it("is unknown to other callers, as is an id that was never issued", async () => {
    const { id } = await linkFor("ada");

    for (const [path, sub] of [
      [id, "eve"],
      ["0".repeat(32), "ada"],
      ["nonsense", "ada"],
    ] as const)
      expect(await ask("GET", `/images/${path}`, tokenOf(sub))).toMatchObject({
        ...{ status: 404, body: { message: `Image "${path}" does not exist` } },
      });
  });

  it("logs one line for the link and one for its use, in two log groups", async () => {
    const { fields } = await linkFor("log");
    await post({ url: (await linkFor("log")).url, fields }, await photo());
    await sandbox.settled();

    const groups = [...sandbox.logGroups].map(([group, lines]) => [
      group,
      lines.flatMap(({ text }) => (text.includes(String(fields.key)) ? [JSON.parse(text).event] : [])),
    ]);
    expect(Object.fromEntries(groups)).toEqual({
      "/aws/lambda/image-processor-dev-uploads": ["link.issued"],
      "/aws/lambda/image-processor-dev-processor": ["image.received", "link.used", "image.processed"],
    });
  });
});

describe("a form of the API", () => {
  it("refuses a file above max_image_bytes, an empty one, another key and another type", async () => {
    const link = await linkFor("ada");
    const changed = (changes: object) => ({ url: link.url, fields: { ...link.fields, ...changes } });

    expect([
      (await post(link, Buffer.alloc(1_000_001))).code,
      (await post(link, Buffer.alloc(0))).code,
      (await post(changed({ key: "uploads/other.jpg" }), Buffer.from("abc"))).code,
      (await post(changed({ "Content-Type": "text/html" }), Buffer.from("abc"))).code,
    ]).toEqual(["EntityTooLarge", "EntityTooSmall", "AccessDenied", "AccessDenied"]);
    expect(await stateOf(link.id, "ada")).toMatchObject({ state: "issued" });
  });

  it("expires after 300 seconds", async () => {
    const link = await linkFor("ada");
    clockMs = 301_000;

    expect((await post(link, Buffer.from("abc"))).code).toBe("AccessDenied");
  });
});

describe("a request of a client", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [{ contentType: "image/jpeg" },                        "Expected a text of 1 to 255 characters for name but got nothing"],
    [{ name: " ", contentType: "image/jpeg" },             'Expected a text of 1 to 255 characters for name but got " "'],
    [{ name: "a.svg", contentType: "image/svg+xml" },      'Expected one of image/jpeg, image/png, image/webp, image/tiff, image/bmp for contentType but got "image/svg+xml"'],
    [{ ...WANTED, key: "mine" },                           'Expected only name and contentType for the body but got "key"'],
    [[],                                                   "Expected an object with name and contentType for the body but got []"],
  ])("refuses %j", async (body, message) => {
    expect(await ask("POST", "/uploads", tokenOf("ada"), body)).toMatchObject({ status: 400, body: { message } });
  });

  it.each([
    ["../../etc/passwd", "etc_passwd"],
    ["${filename}", "filename_"],
    ["…", "image"],
    [`${"x".repeat(200)}.png`, `${"x".repeat(96)}.png`],
  ])("names the object of %s safely", async (name, safe) => {
    const { fields } = await linkFor("ada", { ...WANTED, name });

    expect(fields.key?.split("/").slice(3)).toEqual([safe]);
  });

  it("gets 500 if the table does not answer, and no link", async () => {
    refusal = ({ action }) =>
      action.startsWith("dynamodb:") ? { status: 400, code: "AccessDeniedException", message: "no" } : undefined;

    expect(await ask("POST", "/uploads", tokenOf("ada"), WANTED)).toMatchObject({
      ...{ status: 500, body: { message: "The service failed. Try again." } },
    });
  });
});

describe("the authorizer jwt", () => {
  it.each([
    ["no token", () => undefined],
    ["a token that is no JWT", () => "abc"],
    ["a token of another issuer", () => tokenOf("ada", { iss: "https://evil.example.com" })],
    ["a token for another audience", () => tokenOf("ada", { aud: "others" })],
    ["an expired token", () => tokenOf("ada", { exp: Math.floor(Date.now() / 1_000) - 1 })],
    ["a token from the future", () => tokenOf("ada", { nbf: Math.floor(Date.now() / 1_000) + 60 })],
    [
      "a token whose claims were changed",
      () => {
        const [head, body = "", signature] = tokenOf("ada").split(".");
        const claims = { ...JSON.parse(Buffer.from(body, "base64url").toString()), sub: "eve" };
        return [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
      },
    ],
  ])("refuses %s", async (_, token) => {
    expect(await ask("POST", "/uploads", token(), WANTED)).toMatchObject({
      ...{ status: 401, body: { message: "Unauthorized" } },
    });
  });
});

describe("CORS", () => {
  const preflight = (origin: string, method = "POST", url = `${sandbox.apiUrl}/uploads`) =>
    fetch(url, {
      method: "OPTIONS",
      headers: {
        ...{ origin, "access-control-request-method": method },
        "access-control-request-headers": "authorization,content-type",
      },
    });

  it("answers a preflight request of an allowed page, without a token", async () => {
    const { status, headers } = await preflight(PAGE);

    expect([status, headers.get("access-control-allow-origin"), headers.get("access-control-allow-headers")]).toEqual([
      ...[204, PAGE, "authorization, content-type"],
    ]);
  });

  it("gives another page, and another method, no permission", async () => {
    const answers = [await preflight("https://evil.example.com"), await preflight(PAGE, "DELETE")];

    expect(answers.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual([null, null]);
  });

  it("lets an allowed page read answers of the API and of the bucket", async () => {
    const answer = await ask("POST", "/uploads", tokenOf("ada"), WANTED, { origin: PAGE });
    const { url } = answer.body;
    const asked = await preflight(PAGE, "POST", url);
    const denied = await preflight("https://evil.example.com", "POST", url);
    const stored = await post(answer.body, await photo(), { origin: PAGE });
    const refused = await post(answer.body, Buffer.alloc(0), { origin: PAGE });
    await sandbox.settled();

    const pages = [answer, asked, denied, stored, refused].map(({ headers }) =>
      headers.get("access-control-allow-origin"),
    );
    expect(pages).toEqual([PAGE, PAGE, null, PAGE, PAGE]);
    expect([asked.status, denied.status, stored.status, refused.code]).toEqual([200, 403, 204, "EntityTooSmall"]);
  });
});

describe("throttling and metrics", () => {
  const sumOf = (metric: string) =>
    data
      .filter(({ namespace, name }) => namespace === "AWS/ApiGateway" && name === metric)
      .reduce((sum, { value }) => sum + value, 0);

  it("counts requests, refusals and failures with the API's dimensions", async () => {
    await linkFor("ada");
    await ask("POST", "/uploads");
    refusal = ({ action }) =>
      action === "dynamodb:Query" ? { status: 500, code: "InternalServerError", message: "no" } : undefined;
    await ask("GET", `/images/${"0".repeat(32)}`, tokenOf("ada"));

    expect([sumOf("Count"), sumOf("4xx"), sumOf("5xx")]).toEqual([3, 1, 1]);
    const [latency] = data.filter(({ name }) => name === "Latency");
    expect(latency).toMatchObject({
      unit: "Milliseconds",
      dimensions: { Stage: "$default", ApiId: expect.stringMatching(/^a\w+$/) },
    });
  });

  it("refuses requests above the burst of their route only, until time has passed", async () => {
    // The clock stands still, so no token is added.
    frozenMs = Date.now() + 60_000;
    const statuses = await Promise.all(
      Array.from({ length: 105 }, () => ask("POST", "/uploads").then(({ status }) => status)),
    );
    const other = await ask("GET", "/images/x");
    frozenMs += 100;
    const later = await Promise.all(Array.from({ length: 7 }, () => ask("POST", "/uploads")));

    expect([401, 429].map((wanted) => statuses.filter((status) => status === wanted).length)).toEqual([100, 5]);
    expect(other.status).toBe(401);
    expect(later.filter(({ status }) => status === 401)).toHaveLength(5);
  });
});
