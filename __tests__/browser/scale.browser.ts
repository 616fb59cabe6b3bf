/** A hundred uploads and 10,000 log lines: what is out of sight costs nothing. */
import type { Locator, Page } from "playwright-core";
import type { Line } from "../../scripts/console/protocol";
import { photo } from "../../scripts/faults/pictures";
import { type OpenConsole, openConsole } from "./open-console";

const UPLOADS = 100;
const LINES = 10_000;
const FEW = 600;

let opened: OpenConsole;

beforeAll(async () => {
  opened = await openConsole("dev");
  const { url } = opened.console;
  const body = new Uint8Array(await photo());
  for (let i = 0; i < UPLOADS; i += 1)
    await fetch(`${url}/api/upload?name=${i}.jpg`, { method: "POST", headers: { origin: url }, body });
  const { page } = await opened.open("photos");
  await page.getByRole("heading", { name: "99.jpg", exact: true }).waitFor();
  await page.waitForFunction((count) => {
    const pills = [...document.querySelectorAll("li.upload .card-head .pill")] as unknown as { textContent: string }[];
    return pills.length === count && pills.every(({ textContent }) => textContent === "done");
  }, UPLOADS);
  await page.close();
}, 300_000);

afterAll(() => opened?.close());

/** The rows of the log that are in the document. */
const rowsOf = (page: Page): Locator => page.getByRole("listbox", { name: "Log lines" }).getByRole("option");

/** Opens the log with the real lines, repeated until there are `count`. */
const openLog = async (count: number): Promise<Page> => {
  const { page } = await opened.open("photos");
  await page.route("**/api/state", async (route) => {
    const state = await (await route.fetch()).json();
    const real = state.lines as Line[];
    const lines = Array.from({ length: count }, (_, i) => ({ ...real[i % real.length], id: i + 1 }));
    await route.fulfill({ json: { ...state, lines } });
  });
  await page.reload();
  await page.getByRole("navigation").getByRole("link", { name: "Log" }).click();
  await rowsOf(page).first().waitFor();
  return page;
};

/** @returns the median time of two frames while the list scrolls by 300 lines, in milliseconds */
const scrollThrough = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const list = document.querySelector(".log") as unknown as { scrollTop: number };
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    for (let step = 0; step <= 60; step += 1) {
      list.scrollTop = 160 * step;
      const before = performance.now();
      await frame();
      await frame();
      times.push(performance.now() - before);
    }
    return times.sort((a, b) => a - b)[30] ?? Number.NaN;
  });

describe("the log", () => {
  it("keeps as many rows in the document for 10,000 lines as for 600, and scrolls as smoothly", async () => {
    const few = await openLog(FEW);
    const fewMs = await scrollThrough(few);
    const fewRows = await rowsOf(few).count();
    await few.close();
    const many = await openLog(LINES);
    // The list follows its end until it is scrolled.
    await many.locator(`[aria-posinset="${LINES}"]`).waitFor();
    const manyMs = await scrollThrough(many);
    const manyRows = await rowsOf(many).count();
    const title = await many.locator(".view-title").textContent();
    await many.close();

    expect(title).toContain("10,000 lines");
    expect(manyRows).toBeLessThanOrEqual(fewRows + 1);
    expect(manyMs).toBeLessThan(3 * fewMs);
  });

  it("finds a line at the other end by keyboard", async () => {
    const page = await openLog(LINES);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    const selected = page.locator('[role="option"][aria-selected="true"]');
    await selected.waitFor();
    const position = await selected.getAttribute("aria-posinset");
    await page.close();

    expect(position).toBe("2");
  });
});

describe("a hundred uploads", () => {
  it("load only the pictures near the window", async () => {
    const { page } = await opened.open("photos");
    const loaded = () =>
      page.evaluate(() => {
        const images = [...document.querySelectorAll("li.upload img")] as unknown as {
          complete: boolean;
          naturalWidth: number;
        }[];
        return [images.filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length, images.length];
      });
    await page.waitForFunction(() => {
      const first = document.querySelector("li.upload img") as unknown as { naturalWidth: number } | null;
      return (first?.naturalWidth ?? 0) > 0;
    });
    const [near = 0, all] = await loaded();
    await page.locator("li.upload").last().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const images = [...document.querySelectorAll("li.upload img")] as unknown as { naturalWidth: number }[];
      return (images.at(-1)?.naturalWidth ?? 0) > 0;
    });
    await page.close();

    expect(all).toBe(5 * UPLOADS);
    expect(near).toBeLessThan(2.5 * UPLOADS);
  });

  it("do not make another upload draw them again", async () => {
    const { page } = await opened.open("photos");
    await page
      .locator("li.upload")
      .nth(UPLOADS - 1)
      .waitFor({ state: "attached" });
    const changed = await page.evaluate(async () => {
      const touched = new Set<unknown>();
      const list = document.querySelector("ul.uploads") as unknown as Parameters<MutationObserver["observe"]>[0];
      const observer = new MutationObserver((records) => {
        for (const { target } of records) touched.add((target as unknown as Element).closest("li.upload") ?? target);
      });
      observer.observe(list, { subtree: true, childList: true, attributes: true, characterData: true });
      await fetch("/api/upload?name=one-more.jpg", { method: "POST", body: "no picture" });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      observer.disconnect();
      return touched.size;
    });
    await page.close();

    // The list itself, and the new upload.
    expect(changed).toBeLessThanOrEqual(2);
  });
});
