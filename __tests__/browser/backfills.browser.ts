/** A backfill in the console: each object's outcome, and a run that is stopped, resumed and retried. */
import type { Page } from "playwright-core";
import { go } from "./actions";
import { type OpenConsole, openConsole } from "./open-console";

let opened: OpenConsole;
let page: Page;

const post = (path: string) =>
  page.evaluate((url) => fetch(url, { method: "POST" }).then(({ status }) => status), path);

beforeAll(async () => {
  opened = await openConsole("prod");
  ({ page } = await opened.open("photos"));
  await page.getByRole("button", { name: "Use the samples" }).click();
  while ((await page.locator("li.upload").getByText("done", { exact: true }).count()) < 5)
    await page.waitForTimeout(200);
  await go(page, "Backfill");
}, 240_000);

afterAll(() => opened?.close());

const runNamed = (name: string) =>
  page.locator("li.run").filter({ has: page.getByRole("heading", { name, exact: true }) });

const start = () => page.getByRole("button", { name: "Start a backfill" }).click();

const outcomesOf = (name: string) =>
  page
    .getByRole("table", { name: `Objects of ${name}` })
    .locator(".pill")
    .allTextContents();

describe("the backfill", () => {
  it("finds what is stored, and shows it for each object", async () => {
    await page.getByText("No runs yet").waitFor();
    await start();
    await runNamed("run-1").getByText("succeeded", { exact: true }).waitFor();

    expect(await outcomesOf("run-1")).toEqual(Array(5).fill("complete"));
    expect(await runNamed("run-1").getByRole("progressbar").getAttribute("value")).toBe("5");
    expect(await runNamed("run-1").getByRole("button").count()).toBe(0);
  });

  it("can be stopped, and is resumed", async () => {
    await page.getByRole("checkbox", { name: "Make every variant again" }).check();
    await post("/api/break?id=s3-denied");
    await start();
    await runNamed("run-2").getByRole("button", { name: "Stop" }).click();
    await runNamed("run-2").getByText("aborted", { exact: true }).waitFor();
    await post("/api/heal?id=s3-denied");
    await runNamed("run-2").getByRole("button", { name: "Resume" }).click();
    await runNamed("run-2").getByText("succeeded", { exact: true }).waitFor();

    // The fault has uploaded other photos.
    expect(new Set(await outcomesOf("run-2"))).toEqual(new Set(["processed"]));
  });

  it("tells why objects failed, and retries those in a new run", async () => {
    await post("/api/break?id=s3-denied");
    await start();
    await runNamed("run-3").getByText("failed", { exact: true }).first().waitFor();
    const retry = runNamed("run-3").getByRole("button", { name: /^Retry \d+ objects of run-3$/ });
    await retry.waitFor();
    const reasons = await page
      .getByRole("table", { name: "Objects of run-3" })
      .locator("td:last-child")
      .allTextContents();
    await post("/api/heal?id=s3-denied");
    await retry.click();
    await runNamed("run-4").getByText("succeeded", { exact: true }).waitFor();

    expect(reasons.every((reason) => /^(HeadObject was denied|$)/.test(reason))).toBe(true);
    expect(reasons.join("")).toContain("HeadObject was denied");
    expect(new Set(await outcomesOf("run-4"))).not.toContain("failed");
  });
});
