/** The console of `npm start` in a real browser: what a person does there, from dropping a file to the mail in the inbox. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { card, drop, go, jumpUntil } from "./actions";
import { type OpenConsole, openConsole, type View } from "./open-console";

const SAMPLE = join(__dirname, "../../scripts/images/samples/sunrise-sideways.jpg");

let opened: OpenConsole;
let view: View;
let page: Page;

beforeAll(async () => {
  opened = await openConsole("dev");
  view = await opened.open("photos");
  ({ page } = view);
}, 120_000);

afterAll(() => opened?.close());

describe("the console", () => {
  it("turns a dropped photo into a row of its variants, with type, size, bytes and share", async () => {
    await drop(page, "lake.jpg", readFileSync(SAMPLE));
    const upload = card(page, "lake.jpg");
    await upload.getByText("done", { exact: true }).waitFor();
    const variants = await upload.locator(".variant-name").allTextContents();
    const facts = await upload.locator(".variant").first().locator("dd").allTextContents();
    await upload.locator("img").first().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const images = [...document.querySelectorAll("li.upload img")] as unknown as { naturalWidth: number }[];
      return images.length === 5 && images.every(({ naturalWidth }) => naturalWidth > 0);
    });

    expect(variants).toEqual(["compressed", "low", "png", "thumbnail", "webp"]);
    expect(facts).toEqual([
      "jpeg",
      "2048 × 1536",
      expect.stringMatching(/kB$/),
      expect.stringMatching(/%$/),
      expect.stringMatching(/s$/),
    ]);
  });

  it("compares two variants with a wipe, by keyboard, and downloads one", async () => {
    await card(page, "lake.jpg").getByRole("button", { name: "Compare low" }).click();
    const dialog = page.getByRole("dialog");
    const wipe = dialog.getByRole("slider");
    await wipe.focus();
    await page.keyboard.press("Home");
    const clip = await dialog.locator("img.over").evaluate((image) => image.style.clipPath);
    const saving = page.waitForEvent("download");
    await dialog.getByRole("link", { name: "Download low" }).click();
    const saved = await saving;
    await page.keyboard.press("Escape");

    expect(clip).toBe("inset(0px 100% 0px 0px)");
    expect(saved.suggestedFilename()).toMatch(/^lake_low_\w{8}\.jpg$/);
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("shows why a file is refused and what would be accepted", async () => {
    await drop(page, "photo.jpg", Buffer.from("Dear diary, today nothing was photographed.\n"));
    await card(page, "photo.jpg").getByText("refused", { exact: true }).waitFor();
    const reason = await card(page, "photo.jpg").locator(".reason").textContent();

    expect(reason).toMatch(/^not-an-image: Expected .*JPEG, PNG, WebP.* but got bytes /);
  });

  it("shows the name of a hostile file as text", async () => {
    const name = `<img src=x onerror="document.title='taken over'">.jpg`;
    await drop(page, name, readFileSync(SAMPLE));
    await card(page, "<img src=x").getByText("done", { exact: true }).waitFor();
    const shown = await card(page, "<img src=x").getByRole("heading").textContent();
    await card(page, "<img src=x").getByRole("link", { name: "Follow" }).click();
    await page.locator("ol.timeline").waitFor();
    const title = await page.title();
    await page.getByRole("link", { name: "All photos" }).click();

    expect(shown).toBe(name);
    expect(title).toBe("Trace – image processor console");
  });

  it("follows one upload from event to metrics, and replays it", async () => {
    await card(page, "lake.jpg").getByRole("link", { name: "Follow" }).click();
    const timeline = page.getByRole("list", { name: "What happened, in order" });
    await timeline.getByText("Attempt 1 ends").waitFor();
    const events = await timeline.locator(".what").allTextContents();
    const made = await timeline.locator(".made").allTextContents();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText("2 attempts").waitFor();

    expect(events).toEqual(
      expect.arrayContaining([
        "S3 stored the upload",
        "Attempt 1 begins",
        "image.received",
        "image.processed",
        "Attempt 1 ends",
      ]),
    );
    expect(made).toEqual(expect.arrayContaining([expect.stringMatching(/^metric filter → SuccessfulProcesses 1/)]));
    expect(made).toEqual(expect.arrayContaining([expect.stringMatching(/AWS\/Lambda Duration/)]));
  });

  it("marks the log lines that a pattern matches, and says why a pattern is not valid", async () => {
    await go(page, "Log");
    const pattern = page.getByRole("textbox", { name: "Filter pattern" });
    await pattern.fill('{ $.event = "image.refused" }');
    await page.getByText(/^1 of \d+ lines match$/).waitFor();
    await page.getByRole("checkbox", { name: "Only matches" }).check();
    await page.getByRole("option").filter({ hasText: "image.refused" }).click();
    const matched = await page.locator("ul.matches").textContent();
    await pattern.fill("{ $.event = }");
    await page.getByText(/Expected .* at column \d+ of pattern/).waitFor();
    const isWrong = await pattern.getAttribute("aria-invalid");
    await pattern.fill("");

    expect(matched).toContain("LambdaErrors");
    expect(isWrong).toBe("true");
  });

  it("breaks S3, shows which alarms fire and who is notified, and heals it", async () => {
    await go(page, "Break");
    await page.getByRole("button", { name: "Break: S3 answers 403" }).click();
    const fault = page.locator("li.fault").filter({ hasText: "S3 answers 403" });
    await jumpUntil(page, fault.getByRole("status").filter({ hasText: /^(\d+) of \1 alarms fired/ }));
    const expected = await fault.getByRole("list", { name: "Expected to fire" }).textContent();
    await fault.getByRole("button", { name: "Heal" }).click();
    await fault.getByRole("button", { name: "Break: S3 answers 403" }).waitFor();
    await go(page, "Inbox");
    await page
      .getByRole("button", { name: /ALARM: s3-permission-errors/ })
      .first()
      .click();
    const mail = await page.locator(".mail-text").textContent();

    expect(expected).toContain("s3-permission-errors");
    expect(mail).toContain(
      'Your Amazon CloudWatch Alarm "image-processor-dev-processor-s3-permission-errors"'.replace("Your", "your"),
    );
  });

  it("copies the command of a view for a terminal", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await go(page, "Log");
    const button = page.getByRole("button", { name: "Copy: Follow the log in AWS" });
    await button.click();
    await button.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());

    expect(copied).toBe("npm run logs -- dev --follow");
    await go(page, "Inbox");
  });

  it("shows an SMS as it arrives", async () => {
    await page
      .getByRole("button", { name: /^SMS.*ALARM: log-errors/ })
      .first()
      .click();
    const text = await page.locator(".bubble").allTextContents();

    expect(text.join("")).toMatch(/ALARM: "image-processor-dev-processor-log-errors"/);
  });

  it("gives the reason of each change of state in CloudWatch's words, with the threshold", async () => {
    await go(page, "Alarms");
    const alarm = page.locator("#alarm-s3-permission-errors");
    await alarm.locator("summary").click();
    await alarm.locator("canvas").waitFor();
    const changes = await alarm.locator("ol.changes li").allTextContents();

    expect(changes.join("\n")).toMatch(/ALARM Threshold Crossed: .* was greater than or equal to the threshold/);
    expect(changes.join("\n")).toMatch(/Notified: log-alerts/);
    expect(await alarm.locator(".legend").textContent()).toContain("threshold");
  });

  it("draws every widget of the deployed dashboard", async () => {
    await go(page, "Dashboard");
    await page.locator("section.widget canvas").first().waitFor();
    const titles = await page.locator("section.widget h2").allTextContents();

    expect(titles.slice(0, 4)).toEqual([
      "Invocations & Errors",
      "Duration avg/max/p99",
      "Concurrent Executions",
      "Success vs Error",
    ]);
    expect(await page.locator("section.widget-metric canvas").count()).toBe(
      await page.locator("section.widget-metric").count(),
    );
    expect(await page.locator("section.widget-log table").count()).toBe(1);
  });

  it("runs the clock 60 times as fast", async () => {
    const minuteNow = async () => Number((await page.locator("time.now").getAttribute("title"))?.slice(14, 16));
    const before = await minuteNow();
    await page.locator("label.speed", { hasText: "60" }).click();
    await page.waitForFunction(
      (was) => Number(document.querySelector("time.now")?.getAttribute("title")?.slice(14, 16)) !== was,
      before,
    );
    await page.locator("label.speed", { hasText: "1×" }).first().click();

    expect(await minuteNow()).not.toBe(before);
  });

  it("shows a second page the same", async () => {
    const other = await opened.open("photos");
    const here = await page.evaluate(() => fetch("/api/state").then((answer) => answer.json()));
    await other.page.locator("li.upload").filter({ hasText: "lake.jpg" }).waitFor();
    await other.page.close();

    expect(here.uploads.length).toBeGreaterThan(3);
    expect(other.problems).toEqual([]);
  });

  it("changes to another environment, with all pages, and shows its alarms", async () => {
    await go(page, "Photos");
    await page.getByRole("combobox", { name: "Environment" }).selectOption("prod");
    await go(page, "Alarms");
    await page.locator("#alarm-dead-letters").waitFor();
    await go(page, "Photos");
    await drop(page, "lake.jpg", readFileSync(SAMPLE));
    await card(page, "lake.jpg").getByText("done", { exact: true }).waitFor();

    expect(await page.locator("li.upload").count()).toBe(1);
  });

  it("writes nothing to the browser's console and asks no other machine", () => {
    expect(view.problems).toEqual([]);
  });
});
