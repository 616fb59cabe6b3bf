/** Uploads by form to the local S3: forms made by the real SDK, and forms that were changed afterwards. */
import { request } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import type { CreatedObject } from "../../scripts/sandbox/s3-events";
import { type Storage, startStorage } from "../../scripts/sandbox/storage";

const NOW_MS = Date.now();
const KEY = "uploads/caller/id/été 1.jpg";

const created: Promise<CreatedObject>[] = [];
const calls: ApiCall[] = [];
let nowMs = NOW_MS;
let answer: ApiRefusal | undefined;
let storage: Storage;

beforeAll(async () => {
  storage = await startStorage({
    buckets: ["photos", "others"],
    versioned: ["photos"],
    now: () => nowMs,
    credentials: new Map([["SIGNER", { secretAccessKey: "secret", sessionToken: "token" }]]),
    intercept: async (call) => {
      if (call.caller !== "SIGNER") return undefined;
      calls.push(call);
      return answer;
    },
  });
  storage.subscribe((object) => created.push(object));
});

afterAll(() => storage.stop());

beforeEach(() => {
  nowMs = NOW_MS;
  answer = undefined;
  created.length = 0;
  calls.length = 0;
});

const SIGNER = { accessKeyId: "SIGNER", secretAccessKey: "secret", sessionToken: "token" };

/** A form as an API would issue it: this key and type, 3 to 8 bytes, for 300 seconds. */
const formOf = async (changes: Partial<PresignedPostOptions> = {}, credentials: typeof SIGNER | object = SIGNER) => {
  const client = new S3Client({
    endpoint: storage.endpointUrl,
    region: "us-east-1",
    credentials: credentials as typeof SIGNER,
  });
  const { url, fields } = await createPresignedPost(client, {
    Bucket: "photos",
    Key: KEY,
    Fields: { "Content-Type": "image/jpeg" },
    Conditions: [["content-length-range", 3, 8]],
    Expires: 300,
    ...changes,
  });
  client.destroy();
  return { url, fields };
};

const post = async (
  { url, fields }: { url: string; fields: Record<string, string> },
  bytes: string | Uint8Array = "abcde",
) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([bytes as string]), "local.jpg");
  const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  const text = await response.text();
  const [, code = "", message = ""] = /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec(text) ?? [];
  return { status: response.status, headers: response.headers, text, code, message };
};

/** The error of a refused form, and that nothing was stored. */
const refusalOf = async (...given: Parameters<typeof post>) => {
  const { status, code, message } = await post(...given);
  expect(created).toEqual([]);
  return [status, code, message];
};

const without = (fields: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));

describe("a form of the SDK", () => {
  it("stores its file under the key of the policy, with its content type, and reports a Post", async () => {
    const { status, headers } = await post(await formOf());

    expect([status, headers.get("etag")]).toEqual([204, '"ab56b4d92b40713acc5af89985d4b786"']);
    expect(headers.get("location")).toBe(`${storage.endpointUrl}/photos/${encodeURIComponent(KEY)}`);
    expect(await Promise.all(created)).toMatchObject([{ bucket: "photos", key: KEY, sizeBytes: 5, creation: "Post" }]);
    expect(await storage.get("photos", KEY)).toMatchObject({
      bytes: Buffer.from("abcde"),
      contentType: "image/jpeg",
      metadata: {},
    });
  });

  it("acts with the permissions of its signer", async () => {
    answer = { status: 403, code: "AccessDenied", message: "Access Denied" };

    expect(await refusalOf(await formOf())).toEqual([403, "AccessDenied", "Access Denied"]);
    expect(calls).toEqual([{ caller: "SIGNER", action: "s3:PutObject", bucket: "photos", key: KEY }]);
  });

  it.each([
    [3, "abc"],
    [8, "abcdefgh"],
  ])("accepts a file of %s bytes, an end of the range", async (_, bytes) => {
    expect((await post(await formOf(), bytes)).status).toBe(204);
  });

  it("answers with the status that the policy allows", async () => {
    const { status, text } = await post(await formOf({ Fields: { success_action_status: "201" } }));

    expect([status, /<Bucket>(.*)<\/Bucket><Key>(.*)<\/Key>/.exec(text)?.slice(1)]).toEqual([201, ["photos", KEY]]);
  });

  it("puts the name of the file in place of ${filename}", async () => {
    await post(await formOf({ Key: "inbox/${filename}" }));

    expect((await Promise.all(created)).map(({ key }) => key)).toEqual(["inbox/local.jpg"]);
  });

  it("stores user metadata that the policy allows, and ignores x-ignore fields", async () => {
    const { url, fields } = await formOf({ Fields: { "x-amz-meta-from": "test" } });

    await post({ url, fields: { ...fields, "x-ignore-this": "1" } });

    expect((await storage.get("photos", KEY)).metadata).toEqual({ from: "test" });
  });
});

describe("a form with a file outside of its range", () => {
  it("refuses a file that is too small", async () => {
    expect(await refusalOf(await formOf(), "ab")).toEqual([
      ...[400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"],
    ]);
  });

  it("refuses a file that is too large", async () => {
    expect(await refusalOf(await formOf(), "abcdefghi")).toEqual([
      ...[400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"],
    ]);
  });

  it("refuses a file while it arrives", async () => {
    const { url, fields } = await formOf();
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = 'Content-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: image/jpeg\r\n\r\n';

    const status = await new Promise((resolve) => {
      const headers = { "content-type": "multipart/form-data; boundary=b" };
      const endless = request(url, { method: "POST", headers }, (response) => {
        resolve(response.statusCode);
        endless.destroy();
      });
      endless.on("error", () => {});
      // The body never ends.
      endless.write(`${parts.join("")}--b\r\n${head}${"x".repeat(1_000)}`);
    });

    expect([status, created]).toEqual([400, []]);
  });
});

describe("a forged form", () => {
  const policyOf = (policy: object) => Buffer.from(JSON.stringify(policy)).toString("base64");

  it("refuses a policy that was changed after signing", async () => {
    const { url, fields } = await formOf();
    const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString());
    const Policy = policyOf({ ...policy, expiration: "2099-01-01T00:00:00Z" });

    expect(await refusalOf({ url, fields: { ...fields, Policy } })).toEqual([
      ...[403, "SignatureDoesNotMatch"],
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["another secret",   { ...SIGNER, secretAccessKey: "guessed" }, "SignatureDoesNotMatch"],
    ["an unknown key",   { ...SIGNER, accessKeyId: "OTHER" },       "InvalidAccessKeyId"],
    ["another token",    { ...SIGNER, sessionToken: "stolen" },     "InvalidToken"],
    ["no token",         { accessKeyId: "SIGNER", secretAccessKey: "secret" }, "InvalidToken"],
  ])("refuses a form that was signed with %s", async (_, credentials, code) => {
    expect((await refusalOf(await formOf({}, credentials)))[1]).toBe(code);
  });

  it("refuses a form whose credential names another day", async () => {
    const { url, fields } = await formOf();
    const credential = (fields["X-Amz-Credential"] ?? "").replace(/\/\d{8}\//, "/20200101/");

    expect((await refusalOf({ url, fields: { ...fields, "X-Amz-Credential": credential } }))[1]).toBe(
      "InvalidArgument",
    );
  });

  it("refuses a form without a policy, which is anonymous", async () => {
    const { url } = await formOf();

    expect(await refusalOf({ url, fields: { key: KEY } })).toEqual([403, "AccessDenied", "Access Denied"]);
  });
});

describe("a form against its policy", () => {
  it("refuses a form from the second at which it expires, not before", async () => {
    const form = await formOf();
    const expiration = JSON.parse(Buffer.from(form.fields.Policy ?? "", "base64").toString()).expiration;

    nowMs = Date.parse(expiration) - 1;
    expect((await post(form)).status).toBe(204);
    created.length = 0;
    nowMs = Date.parse(expiration);
    expect(await refusalOf(form)).toEqual([403, "AccessDenied", "Invalid according to Policy: Policy expired."]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["another key",           { key: "uploads/other/id/x.jpg" },     `Policy Condition failed: ["eq","$key","${KEY}"]`],
    ["another content type",  { "Content-Type": "text/html" },       'Policy Condition failed: ["eq","$content-type","image/jpeg"]'],
    ["another bucket field",  { bucket: "others" },                  'Policy Condition failed: ["eq","$bucket","photos"]'],
    ["an unknown field",      { acl: "public-read" },                "Extra input fields: acl"],
    ["two unknown fields",    { tagging: "x", "x-amz-meta-a": "b" }, "Extra input fields: tagging, x-amz-meta-a"],
  ])("refuses %s", async (_, changes, why) => {
    const { url, fields } = await formOf();

    expect(await refusalOf({ url, fields: { ...fields, ...changes } as Record<string, string> })).toEqual([
      ...[403, "AccessDenied", `Invalid according to Policy: ${why}`],
    ]);
  });

  it("refuses a form without a field that a condition names", async () => {
    const { url, fields } = await formOf();

    expect((await refusalOf({ url, fields: without(fields, "Content-Type") }))[2]).toBe(
      'Invalid according to Policy: Policy Condition failed: ["eq","$content-type","image/jpeg"]',
    );
  });

  it("refuses a form that was issued for another bucket", async () => {
    const { url, fields } = await formOf();

    expect((await refusalOf({ url: url.replace("photos", "others"), fields: without(fields, "bucket") }))[2]).toBe(
      'Invalid according to Policy: Policy Condition failed: ["eq","$bucket","photos"]',
    );
  });

  it.each(["key", "X-Amz-Signature", "X-Amz-Credential"])("refuses a form without %s", async (name) => {
    const { url, fields } = await formOf();
    const [status, code, message] = await refusalOf({ url, fields: without(fields, name) });

    expect([status, code, String(message).toLowerCase()]).toEqual([
      ...[400, "InvalidArgument", expect.stringContaining(`named '${name.toLowerCase()}'`)],
    ]);
  });

  it.each(["image/jpeg", "image/png, image/webp"])("accepts %s where the type must start with image/", async (type) => {
    const form = await formOf({ Fields: {}, Conditions: [["starts-with", "$Content-Type", "image/"]] });

    expect((await post({ ...form, fields: { ...form.fields, "Content-Type": type } })).status).toBe(204);
  });

  it.each(["text/html", "image/png, text/html"])("refuses %s where the type must start with image/", async (type) => {
    const form = await formOf({ Fields: {}, Conditions: [["starts-with", "$Content-Type", "image/"]] });

    expect((await refusalOf({ ...form, fields: { ...form.fields, "Content-Type": type } }))[1]).toBe("AccessDenied");
  });
});

describe("a malformed form", () => {
  const send = async (body: BodyInit, type?: string) => {
    const headers = new Headers(type === undefined ? [] : [["content-type", type]]);
    const response = await fetch(`${storage.endpointUrl}/photos`, { method: "POST", body, headers });
    return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]];
  };

  it.each([
    ["has no boundary", "x", "multipart/form-data"],
    ["breaks off", '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nx', "multipart/form-data; boundary=b"],
  ])("refuses a form that %s", async (_, body, type) => {
    expect(await send(body, type)).toEqual([400, "MalformedPOSTRequest"]);
  });

  it("refuses a form without a file, and one whose file has another name", async () => {
    const [none, other] = [new FormData(), new FormData()];
    none.append("key", "x");
    other.append("photo", new Blob(["abc"]), "x.jpg");

    expect([await send(none), await send(other)]).toEqual(Array(2).fill([400, "InvalidArgument"]));
  });

  it("refuses more than 20 000 bytes of fields", async () => {
    const form = new FormData();
    for (const name of ["a", "b"]) form.append(name, "x".repeat(10_000));
    form.append("file", new Blob(["abc"]), "x.jpg");

    expect(await send(form)).toEqual([400, "MaxPostPreDataLengthExceeded"]);
  });
});
