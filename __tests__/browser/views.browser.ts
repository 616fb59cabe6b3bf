/** Each view in light and dark, wide and narrow: accessibility by axe, nothing that sticks out, and a picture to look at. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { type OpenConsole, openConsole } from "./open-console";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Views by name; the trace and the viewer need an upload. */
const VIEWS = "photos viewer trace log alarms composite inbox records api backfill dashboard break".split(" ");

/** What is opened in a view. */
const OPEN: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  viewer: async (page) => {
    await page
      .getByRole("button", { name: /^Compare/ })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
  },
  log: (page) => page.getByRole("option").last().click(),
  api: (page) => page.getByRole("row").nth(10).waitFor(),
};

const addressOf = (name: string): string =>
  ({
    ...{ viewer: "photos", trace: `trace/${uploadId}` },
    ...{ alarms: "alarms/s3-permission-errors", composite: "alarms/page" },
  })[name] ?? name;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

let opened: OpenConsole;
let uploadId = "";

beforeAll(async () => {
  opened = await openConsole("prod");
  const { page } = await opened.open("break");
  const post = (path: string) =>
    page.evaluate((url) => fetch(url, { method: "POST" }).then(({ status }) => status), path);
  const state = () => page.evaluate(() => fetch("/api/state").then((answer) => answer.json()));
  const until = async (isReached: (now: { uploads: { id: string; state: string }[]; mails: unknown[] }) => boolean) => {
    for (;;) {
      const now = await state();
      uploadId = now.uploads[0]?.id ?? "";
      if (isReached(now)) return;
      if (now.clock.running === 0 && now.clock.jumpMs === 0 && now.uploads.length > 5) await post("/api/jump");
      await page.waitForTimeout(300);
    }
  };
  await post("/api/samples");
  await until(({ uploads }) => uploads.length === 5 && uploads.every((each) => each.state === "done"));
  await post("/api/backfill?action=start&all=true");
  await post("/api/break?id=s3-denied");
  await post("/api/break?id=not-an-image");
  await post("/api/break?id=links-refused");
  await until(({ mails }) => mails.length > 0);
  await page.close();
}, 120_000);

afterAll(() => opened?.close());

/** Width in px, and whether it is dark. */
const LOOKS = [
  [1600, false],
  [1600, true],
  [360, false],
  [360, true],
] as const;

const violationsOn = (page: Page) =>
  page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
  });

describe("every view", () => {
  it.each(VIEWS)("has no violation that axe knows, light and dark, wide and narrow: %s", async (name) => {
    const { page, problems } = await opened.open(addressOf(name));
    await OPEN[name]?.(page);
    await page.evaluate(AXE);
    const found: unknown[] = [];
    for (const [widthPx, isDark] of LOOKS) {
      await page.setViewportSize({ width: widthPx, height: 900 });
      await page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
      await page.waitForTimeout(300);
      await page.evaluate(() => scrollTo(0, 0));
      await opened.picture(page, `${name}-${widthPx}-${isDark ? "dark" : "light"}`);
      const overflowPx = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      found.push({ widthPx, isDark, overflowPx, violations: await violationsOn(page) });
    }
    await page.close();

    expect(found).toEqual(LOOKS.map(([widthPx, isDark]) => ({ widthPx, isDark, overflowPx: 0, violations: [] })));
    expect(problems).toEqual([]);
  });
});
