/** Several pages at once, a page that goes away during an upload, the dead-letter queue, and widgets of every kind. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { card, drop, go, jumpUntil } from "./actions";
import { type OpenConsole, openConsole, type View } from "./open-console";

const SAMPLE = readFileSync(join(__dirname, "../../scripts/images/samples/sunrise-sideways.jpg"));

let opened: OpenConsole;
let one: View;
let other: View;

beforeAll(async () => {
  opened = await openConsole("prod");
  one = await opened.open("photos");
  other = await opened.open("photos");
}, 120_000);

afterAll(() => opened?.close());

/** Sends slowly, so that a page can close in the middle. */
const slowUploads = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 50_000,
  });
};

describe("two pages", () => {
  it("show each other's uploads, which they make at the same time", async () => {
    await Promise.all([drop(one.page, "first.jpg", SAMPLE), drop(other.page, "second.jpg", SAMPLE)]);
    for (const { page } of [one, other])
      for (const name of ["first.jpg", "second.jpg"])
        await card(page, name).getByText("done", { exact: true }).waitFor();

    expect(await one.page.locator("li.upload").count()).toBe(2);
    expect(await other.page.locator("li.upload").count()).toBe(2);
  });

  it.each([
    ["older", "meanwhile.jpg"],
    ["newer", "before.jpg"],
  ])("miss no change and show none twice if the first answer is %s than the events", async (age, name) => {
    await other.page.route("**/api/state", async (route) => {
      const older = await route.fetch();
      await drop(one.page, name, SAMPLE);
      await card(one.page, name).getByText("done", { exact: true }).waitFor();
      await route.fulfill({ response: age === "older" ? older : await route.fetch() });
    });
    await other.page.reload();
    await card(other.page, name).getByText("done", { exact: true }).waitFor();
    await other.page.unroute("**/api/state");
    await Promise.all([go(one.page, "Log"), go(other.page, "Log")]);
    const [lines, same] = await Promise.all(
      [one, other].map(({ page }) => page.locator('.log [role="option"]').first().getAttribute("aria-setsize")),
    );

    expect(Number(lines)).toBeGreaterThan(0);
    expect(same).toBe(lines);
    await Promise.all([go(one.page, "Photos"), go(other.page, "Photos")]);
  });

  it("break and heal the same fault: the second page gets the answer that it is too late", async () => {
    await Promise.all([go(one.page, "Break"), go(other.page, "Break")]);
    await one.page.getByRole("button", { name: "Break: S3 answers 503", exact: true }).click();
    await other.page.getByRole("button", { name: "Heal: S3 answers 503", exact: true }).click();
    await one.page.getByRole("button", { name: "Break: S3 answers 503", exact: true }).waitFor();
    const status = await one.page.evaluate(() =>
      fetch("/api/heal?id=s3-unavailable", { method: "POST" }).then((answer) => answer.status),
    );

    expect(status).toBe(404);
  });

  it("share the clock", async () => {
    await other.page.locator("label.speed", { hasText: "60" }).click();
    await one.page.locator("label.speed.on", { hasText: "60" }).waitFor();
    await one.page.locator("label.speed", { hasText: "1×" }).first().click();
    await other.page.locator("label.speed.on", { hasText: "1×" }).waitFor();

    expect(await one.page.locator("label.speed.on").textContent()).toBe("1×");
  });
});

describe("a page that goes away in the middle of an upload", () => {
  it("leaves nothing behind, and the others continue", async () => {
    const { page } = await opened.open("photos");
    await slowUploads(page);
    await drop(page, "half.jpg", randomBytes(4_000_000));
    const progress = page.getByRole("progressbar", { name: "Upload of half.jpg" });
    await progress.waitFor();
    await page.waitForFunction(() => {
      const { value } = document.querySelector("progress") as unknown as { value: number };
      return value > 0.01 && value < 0.9;
    });
    // Closing the page at once would end the slow connection first: Chromium would then send the rest.
    await page.goto("about:blank");
    await page.close();
    await go(one.page, "Photos");
    await drop(one.page, "whole.jpg", SAMPLE);
    await card(one.page, "whole.jpg").getByText("done", { exact: true }).waitFor();
    const { uploads } = await one.page.evaluate(() => fetch("/api/state").then((answer) => answer.json()));

    expect(uploads.filter(({ key }: { key: string }) => key.includes("half.jpg"))).toEqual([]);
  });
});

describe("a file of 1 GB", () => {
  it("is not sent, with the reason", async () => {
    const { page } = one;
    const folder = mkdtempSync(join(tmpdir(), "console-"));
    const file = join(folder, "huge.jpg");
    writeFileSync(file, "");
    truncateSync(file, 1024 ** 3);
    await page.locator("input[type=file]").setInputFiles(file);
    const reason = await card(page, "huge.jpg").filter({ hasText: "not uploaded" }).locator(".reason").textContent();
    rmSync(folder, { recursive: true });

    expect(reason).toBe("It has 1,073,741,824 bytes. The function accepts at most 104,857,600.");
  });
});

describe("the dead-letter queue", () => {
  it("is processed again from the page", async () => {
    const { page } = one;
    await go(page, "Break");
    await page.getByRole("button", { name: "Break: S3 answers 403" }).click();
    await go(page, "Photos");
    const notice = page.locator(".notice").filter({ hasText: "The dead-letter queue holds" });
    await jumpUntil(page, notice);
    const failed = card(page, "photo.jpg")
      .filter({ has: page.getByText("failed", { exact: true }) })
      .first();
    await failed.waitFor();
    const attempts = await failed.getByRole("list", { name: "Attempts" }).getByRole("listitem").count();
    await go(page, "Break");
    await page.getByRole("button", { name: "Heal: S3 answers 403" }).click();
    await go(page, "Photos");
    await notice.getByRole("button", { name: "Redrive" }).click();
    await notice.waitFor({ state: "detached" });
    const redriven = card(page, "photo.jpg").filter({ hasText: "by a fault" }).first();
    await redriven.getByText("done", { exact: true }).waitFor();

    expect(attempts).toBe(3);
    expect(await redriven.locator(".variant").count()).toBe(5);
  });
});

describe("the records", () => {
  it("show the state of each upload, even of a refused one, with a link to its trace", async () => {
    const { page } = one;
    await go(page, "Photos");
    await drop(page, "diary.jpg", Buffer.from("Dear diary, today nothing was photographed.\n"));
    await card(page, "diary.jpg").getByText("refused", { exact: true }).waitFor();
    const shown = await card(page, "diary.jpg").locator(".reason").textContent();
    await go(page, "Records");
    const processed = page.locator("li.record").filter({ hasText: "first.jpg" });
    const made = processed.getByRole("list", { name: "Variants of first.jpg" }).locator("li");
    await made.first().waitFor();
    const variants = await made.count();
    await page.getByRole("combobox", { name: "State" }).selectOption("refused");
    await page.getByText("first.jpg").waitFor({ state: "detached" });
    const refused = page.locator("li.record").filter({ hasText: "diary.jpg" });
    const reason = await refused.locator(".reason").textContent();
    const count = await refused.count();
    await refused.getByRole("link", { name: "Follow diary.jpg" }).click();
    await page.getByRole("heading", { level: 1, name: "diary.jpg" }).waitFor();

    expect([count, variants]).toEqual([1, 5]);
    expect(reason).toMatch(/^not-an-image: Expected /);
    // Where a refusal is no error, the card of the upload has the same reason.
    expect(shown).toBe(reason);
  });
});

describe("the upload API", () => {
  it("has its routes with their limits, and each request with its status", async () => {
    const { page } = one;
    await go(page, "API");
    const routes = await page.getByRole("table", { name: "Routes" }).getByRole("row").allTextContents();
    const { uploadApi } = await page.evaluate(() => fetch("/api/state").then((answer) => answer.json()));
    const { status } = await fetch(`${uploadApi.url}/uploads`, { method: "POST" });
    const requests = page.getByRole("table", { name: "Requests, newest first" });
    const row = requests.getByRole("row").filter({ hasText: "POST /uploads" });
    await row.waitFor();

    expect(routes.slice(1).sort()).toEqual(["GET /images/{id}200400", "POST /uploads50100"]);
    expect([status, await row.getByRole("cell").nth(2).textContent()]).toEqual([403, "403 refused"]);
  });
});

describe("the alarms", () => {
  it("of a composite alarm have links in its card, with its rule, its states and its recipients", async () => {
    const { page } = other;
    await page.goto(`${opened.console.url}/#/alarms/page`);
    const paging = page.locator("#alarm-page");
    const children = paging.getByRole("list", { name: "Alarms in its rule" });
    const names = await children.getByRole("link").allTextContents();
    const rule = await paging.locator("pre").textContent();
    await paging.getByRole("img", { name: /^States since/ }).waitFor();
    await paging.getByText(/^Notifies critical-alerts: .*email .*sms \+/).waitFor();
    await children.getByRole("link", { name: "outage", exact: true }).click();
    await page.locator("#alarm-outage details[open] .chart").waitFor();

    expect(names).toEqual(expect.arrayContaining(["high-error-rate", "outage", "recovered"]));
    expect(rule).toMatch(/^\(?.*ALARM\(/);
  });

  it("that are in ALARM while all is well say so, and do not count", async () => {
    const { page } = other;
    await go(page, "Alarms");
    const { alarms } = await page.evaluate(() => fetch("/api/state").then((answer) => answer.json()));
    const problems = alarms.filter(
      ({ state, isSignOfHealth }: { state: string; isSignOfHealth: boolean }) => state === "ALARM" && !isSignOfHealth,
    );
    const signs = page.locator("li.alarm").filter({ hasText: "In ALARM while all is well." });
    await page.getByText(`${problems.length} of ${alarms.length} in ALARM.`).waitFor();

    expect((await signs.locator(".alarm-name").allTextContents()).sort()).toEqual(["flowing", "recovered"]);
    expect(await page.locator("li.alarm.bad").count()).toBe(problems.length);
  });
});

describe("the faults", () => {
  it("of the upload API send requests, and their alarms are expected", async () => {
    const { page } = one;
    await go(page, "Break");
    const cause = "clients ask for upload links for files that are no pictures";
    await page.getByRole("button", { name: `Break: ${cause}` }).click();
    const fault = page.locator("li.fault").filter({ hasText: /for files that are no pictures/ });
    const expected = await fault.getByRole("list", { name: "Expected to fire" }).getByRole("link").allTextContents();
    await page.getByRole("button", { name: `Heal: ${cause}` }).click();
    await go(page, "API");
    await page.getByRole("row").filter({ hasText: "400 refused" }).nth(20).waitFor();

    expect(expected).toEqual(["upload-api-refusals", "direct-uploads"]);
  });

  it("are not all that makes alarms fire: the others are named, with the command that makes them fire", async () => {
    const { page } = one;
    await go(page, "Break");
    const others = page.getByRole("list", { name: "Alarms without a button" }).getByRole("link");
    const [first] = await others.allTextContents();

    expect(await page.locator(".command code").allTextContents()).toContain(
      `npm run drill -- --env prod --alarm ${first}`,
    );
  });
});

describe("the dashboard", () => {
  it("draws alarm and log widgets, and says which kind it does not draw", async () => {
    const { page } = other;
    const place = { x: 0, width: 24, height: 3 };
    await page.route("**/api/dashboards?*", async (route) => {
      const [dashboard] = await (await route.fetch()).json();
      const widgets = [
        ...dashboard.widgets,
        { ...place, kind: "alarm", title: "Alarms", y: 900, alarms: ["dead-letters", "page"] },
        { ...place, kind: "explorer", title: "", y: 910, problem: "Widgets of the kind explorer are not drawn here." },
      ];
      await route.fulfill({ json: [{ ...dashboard, widgets }] });
    });
    await go(page, "Dashboard");
    const chips = page.locator(".widget-alarm .chip");
    await chips.first().waitFor();
    const query = page.locator(".widget-log").first();
    const columns = await query.locator("th").allTextContents();

    expect(await chips.allTextContents()).toEqual(["dead-letters", "page"]);
    expect(await page.locator(".widget-explorer").textContent()).toContain("are not drawn here");
    expect(columns).toContain("@timestamp");
    expect(await query.locator("tbody tr").count()).toBeGreaterThan(0);
    await chips.first().click();
    await page.locator("#alarm-dead-letters details[open]").waitFor();
  });
});

it("writes nothing to the browser's console but the refusal that a test asked for", () => {
  const expected = /status of 404/;

  expect([...one.problems, ...other.problems].filter((text) => !expected.test(text))).toEqual([]);
});
