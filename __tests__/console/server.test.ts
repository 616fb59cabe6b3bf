/** The console's server without a browser: which requests it answers, and what it does with uploads. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Snapshot } from "../../scripts/console/protocol";
import { type Console, startConsole } from "../../scripts/console/server";
import { photo } from "../../scripts/faults/pictures";

let running: Console;

beforeAll(async () => {
  running = await startConsole({ environment: "dev" });
});

afterAll(() => running?.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** `fetch` does not let a test choose the headers Host and Origin. */
const send = async (path: string, { method = "GET", headers = {}, body }: Sent = {}) => {
  const request = httpRequest(`${running.url}${path}`, { method, headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
};

const own = () => ({ origin: running.url });

const post = (path: string, body?: Uint8Array) => send(path, { method: "POST", headers: own(), body });

const state = async (): Promise<Snapshot> => JSON.parse((await send("/api/state")).text);

/** Asks until it is so. */
const until = async (isSo: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
  for (;;) {
    const snapshot = await state();
    if (isSo(snapshot)) return snapshot;
    await sleep(50);
  }
};

const uploadOf = ({ uploads }: Snapshot, name: string) => uploads.find(({ key }) => key.endsWith(`/${name}`));

describe("the console's server", () => {
  it.each([
    ["a foreign Host", "GET", { host: "evil.example" }, "Host"],
    ["its address with another port", "GET", { host: "127.0.0.1:1" }, "Host"],
    ["a foreign Origin", "GET", { origin: "http://evil.example" }, "Origin"],
    ["the Origin null", "POST", { origin: "null" }, "Origin"],
    ["another port's Origin", "POST", { origin: "http://127.0.0.1:1" }, "Origin"],
    ["a change without Origin", "POST", {}, "Origin"],
    ["another site's picture", "GET", { "sec-fetch-site": "cross-site" }, "Sec-Fetch-Site"],
  ])("refuses %s", async (_, method, headers, named) => {
    const { status, text } = await send("/api/state", { method, headers: headers as Record<string, string> });

    expect(status).toBe(403);
    expect(JSON.parse(text).problem).toMatch(new RegExp(`^Expected .* for the ${named} header but got`));
  });

  it("answers under the other names of this machine", async () => {
    const { port } = new URL(running.url);

    expect((await send("/", { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  it.each(["/api/jump", "/api/break?id=s3-denied", "/api/samples"])("changes nothing by GET: %s", async (path) => {
    expect((await send(path)).status).toBe(404);
  });

  it("refuses other methods", async () => {
    expect((await send("/api/state", { method: "DELETE", headers: own() })).status).toBe(405);
  });

  it("allows no inline script, and nothing from elsewhere", async () => {
    const { headers, text } = await send("/");

    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(text).not.toMatch(/https?:/);
  });

  it("sends a page of at most 100 KB", async () => {
    const sizes = await Promise.all(
      ["/", "/page.js", "/page.css"].map(async (path) => {
        const request = httpRequest(`${running.url}${path}`).end();
        const [response] = (await once(request, "response")) as [IncomingMessage];
        let bytes = 0;
        for await (const chunk of response) bytes += (chunk as Buffer).length;
        return response.headers["content-encoding"] === "gzip" ? bytes : Number.NaN;
      }),
    );

    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(100_000);
  });

  it("refuses an upload of 1 GB before it is read", async () => {
    const headers = { ...own(), "content-length": String(1024 ** 3) };
    const request = httpRequest(`${running.url}/api/upload?name=huge.jpg`, { method: "POST", headers });
    request.flushHeaders();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    request.on("error", () => {}).destroy();

    expect(response.statusCode).toBe(413);
    expect(uploadOf(await state(), "huge.jpg")).toBeUndefined();
  });

  it("refuses an upload without length, without name, and with a key that is too long", async () => {
    const chunked = await send("/api/upload?name=a.jpg", {
      method: "POST",
      headers: { ...own(), "transfer-encoding": "chunked" },
      body: Buffer.from("x"),
    });
    const statuses = [
      chunked.status,
      (await post("/api/upload")).status,
      (await post(`/api/upload?name=${"x".repeat(1_023)}`, Buffer.from("x"))).status,
    ];

    expect(statuses).toEqual([411, 400, 400]);
  });

  it("stores nothing of an upload that breaks off, and keeps serving", async () => {
    const headers = { ...own(), "content-length": "1000000" };
    const request = httpRequest(`${running.url}/api/upload?name=half.jpg`, { method: "POST", headers }).on(
      "error",
      () => {},
    );
    await new Promise<void>((resolve) => request.write(Buffer.alloc(500_000), () => resolve()));
    request.destroy();
    await post("/api/upload?name=whole.jpg", await photo());
    const snapshot = await until((now) => uploadOf(now, "whole.jpg")?.state === "done");

    expect(uploadOf(snapshot, "half.jpg")).toBeUndefined();
  });

  it("serves a file as a picture only if it is one, even if its name says so", async () => {
    await post(
      "/api/upload?name=picture.jpg",
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    );
    const snapshot = await until((now) => uploadOf(now, "picture.jpg")?.state === "refused");
    const fake = await send(`/api/object?id=${uploadOf(snapshot, "picture.jpg")?.id}`);
    const real = await send(`/api/object?id=${uploadOf(snapshot, "whole.jpg")?.id}&variant=webp`);

    expect(fake.headers["content-type"]).toBe("application/octet-stream");
    expect(real.headers["content-type"]).toBe("image/webp");
    expect(uploadOf(snapshot, "picture.jpg")).toMatchObject({ isShown: false, variants: [] });
    expect(uploadOf(snapshot, "picture.jpg")?.reason).toMatch(/^unsupported-format: Expected JPEG, PNG, WebP/);
  });

  it("keeps the function's new configuration for the retries of earlier uploads", async () => {
    await post("/api/break?id=missing-setting");
    const broken = await until(({ uploads }) =>
      uploads.some(({ key, state: is }) => key.startsWith("missing-setting") && is === "waiting"),
    );
    await post("/api/heal?id=missing-setting");
    await post("/api/jump");
    const healed = await until(({ uploads }) =>
      uploads.some(({ key, state: is }) => key.startsWith("missing-setting") && is === "done"),
    );

    const attempts = (snapshot: Snapshot) =>
      snapshot.uploads.find(({ key }) => key.startsWith("missing-setting"))?.attempts.map(({ status }) => status);
    expect([attempts(broken), attempts(healed)]).toEqual([["error"], ["error", "success"]]);
  });

  const countBy = ({ uploads }: Snapshot, who: string) => uploads.filter(({ by }) => by === who).length;

  it("uploads a photo every minute while traffic is on", async () => {
    await post("/api/traffic?on=true");
    await post("/api/jump");
    const busy = await until((now) => countBy(now, "traffic") >= 5 && now.clock.jumpMs === 0);
    await post("/api/traffic?on=false");
    const before = await until(({ clock }) => clock.running === 0);
    await post("/api/jump");
    const after = await until(({ clock }) => clock.jumpMs === 0);

    expect([busy.traffic, after.traffic]).toEqual([true, false]);
    expect(countBy(after, "traffic")).toBe(countBy(before, "traffic"));
  });

  it("uploads again while a fault lasts, shows its alarms, and says when it was healed", async () => {
    const fault = ({ faults }: Snapshot) => faults.find(({ id }) => id === "mostly-corrupt");
    await post("/api/break?id=mostly-corrupt");
    await post("/api/jump");
    await post("/api/jump");
    await until((now) => fault(now)?.fired.includes("image-processing-errors") === true);
    await post("/api/heal?id=mostly-corrupt");
    const healed = await until(({ clock }) => clock.jumpMs === 0 && clock.running === 0);
    const rounds = healed.uploads.filter(({ key }) => key.startsWith("mostly-corrupt")).length;

    expect(rounds / (fault(healed)?.uploads ?? Number.NaN)).toBeGreaterThanOrEqual(5);
    expect(fault(healed)?.healedMs).toBeGreaterThan(fault(healed)?.sinceMs ?? Infinity);
    expect(fault(healed)?.fires).toEqual(expect.arrayContaining(["image-processing-errors", "low-success-rate"]));
  });

  it("has no records to show for an environment without a table", async () => {
    const { status, text } = await send("/api/records");

    expect([status, JSON.parse(text).problem]).toEqual([404, 'Expected a metadata table in the stack but got "none"']);
    expect((await state()).table).toBeUndefined();
  });

  it("has no requests to show for an environment without an upload API", async () => {
    const { status, text } = await send("/api/requests");

    expect([status, JSON.parse(text).problem]).toEqual([404, 'Expected an upload API in the stack but got "none"']);
    expect((await state()).uploadApi).toBeUndefined();
  });

  it.each([
    ["/api/break?id=nothing", 404],
    ["/api/heal?id=s3-denied", 404],
    ["/api/speed?speed=7", 400],
    ["/api/environment?name=elsewhere", 404],
    ["/api/replay?id=0", 404],
  ])("refuses %s", async (path, status) => {
    expect((await post(path)).status).toBe(status);
  });
});
