/** The console without a mouse, for eyes that see little, and for people whom motion disturbs. */
import type { Page } from "playwright-core";
import { card, go } from "./actions";
import { type OpenConsole, openConsole, type View } from "./open-console";

/** Views of the environment. */
const TITLES = ["Photos", "Log", "Alarms", "Inbox", "Dashboard", "Break"];

let opened: OpenConsole;
let view: View;
let page: Page;

beforeAll(async () => {
  opened = await openConsole("dev");
  view = await opened.open("photos");
  ({ page } = view);
  page.setDefaultTimeout(60_000);
}, 120_000);

afterAll(() => opened?.close());

interface Stop {
  readonly name: string;
  /** Whether something shows that it has the focus. */
  readonly isSeen: boolean;
}

/** What has the focus. */
const stop = (): Promise<Stop> =>
  page.evaluate(() => {
    const element = document.activeElement as unknown as {
      textContent: string;
      ariaLabel: string | null;
      labels?: readonly { textContent: string }[] | null;
      closest(selector: string): unknown;
    };
    const label = element.labels?.[0];
    const outlineOf = (each: unknown) =>
      each === null || each === undefined ? "none" : getComputedStyle(each as never).outlineStyle;
    return {
      name: (element.ariaLabel ?? label?.textContent ?? element.textContent).trim(),
      isSeen: [outlineOf(element), outlineOf(element.closest("label"))].some((style) => style !== "none"),
    };
  });

/** @returns the stops of Tab until the one whose name begins so */
const tabTo = async (name: string): Promise<Stop[]> => {
  const stops: Stop[] = [];
  while (stops.length < 40) {
    await page.keyboard.press("Tab");
    stops.push(await stop());
    if (stops.at(-1)?.name.startsWith(name)) return stops;
  }
  throw new Error(`Expected ${name} to be reached but got ${stops.map((each) => each.name).join(", ")}`);
};

describe("by keyboard", () => {
  it("everything above the first upload is reached in the order in which it is read, and shows the focus", async () => {
    const stops = await tabTo("Use the samples");

    expect(stops.map(({ name }) => name)).toEqual([
      ...["Skip to content", "Image processor", "Environment", "1×", "+5 min"],
      ...[...TITLES, "Choose files", "Use the samples"],
    ]);
    expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
  });

  it("the samples are uploaded, two variants are compared, and Escape returns to the picture", async () => {
    await page.keyboard.press("Enter");
    await card(page, "balloon-transparent.png").getByText("done", { exact: true }).waitFor();
    await card(page, "sunrise-sideways.jpg").getByText("done", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Compare low of sunrise-sideways.jpg" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    const stops = await tabTo("Left");
    await page.keyboard.press("Escape");

    expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect((await stop()).name).toBe("Compare low of sunrise-sideways.jpg");
  });

  it("the link at the top skips to the content", async () => {
    await page.getByRole("link", { name: "Skip to content" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");

    expect((await stop()).name).toBe("Choose files");
  });

  it("the clock is set with the arrow keys, and something is broken and healed", async () => {
    await page.getByRole("radio", { name: "1×" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("label.speed.on", { hasText: "60" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.locator("label.speed.on", { hasText: "1×" }).waitFor();
    await go(page, "Break");
    await page.getByRole("button", { name: "Break: a setting is missing" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Heal: a setting is missing" }).waitFor();
    const name = (await stop()).name;
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Break: a setting is missing" }).waitFor();

    expect(name).toBe("Heal: a setting is missing");
  });
});

describe("a screen reader", () => {
  it("announces an upload that is refused", async () => {
    await go(page, "Log");
    await page.evaluate(() => fetch("/api/upload?name=diary.jpg", { method: "POST", body: "Dear diary" }));
    await page
      .getByRole("status")
      .filter({ hasText: /diary\.jpg: refused/ })
      .waitFor({ state: "attached" });
  });

  it("finds one heading of the first level, the parts of the page, and the title of each view", async () => {
    for (const name of TITLES) {
      await go(page, name);
      await page.waitForFunction((wanted) => document.title === wanted, `${name} – image processor console`);
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    }

    for (const role of ["banner", "navigation", "main"] as const) expect(await page.getByRole(role).count()).toBe(1);
  });
});

describe("a jump", () => {
  it("waits for an invocation that is running, and says so", async () => {
    const minuteOf = (text: string | null) => Date.parse(`${text?.replace(" UTC", "Z").replace(" ", "T")}`) / 60_000;
    const now = () => page.locator("time.now").getAttribute("title");
    await go(page, "Break");
    await page.getByRole("button", { name: "Break: S3 answers later than the function waits" }).click();
    const note = page.locator(".clock-note");
    await note.getByText("1 invocation running").waitFor();
    const before = minuteOf(await now());
    await page.getByRole("button", { name: "+5 min" }).click();
    await note.getByText(/^jump of .* waits for 1 invocation$/).waitFor();
    const meanwhile = minuteOf(await now());
    await page.getByRole("button", { name: "Heal: S3 answers later than the function waits" }).click();
    await note.getByText(/^jump/).waitFor({ state: "detached" });
    const after = minuteOf(await now());

    expect(meanwhile - before).toBeLessThan(4);
    expect(after - before).toBeGreaterThanOrEqual(5);
  });
});

describe("the page", () => {
  it("at a zoom of 200 % needs no scrolling to the side", async () => {
    const wide: string[] = [];
    await page.setViewportSize({ width: 640, height: 450 });
    for (const name of TITLES) {
      await go(page, name);
      const overPx = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overPx > 0) wide.push(name);
    }
    await page.setViewportSize({ width: 1600, height: 900 });

    expect(wide).toEqual([]);
  });

  it("moves nothing for people who want less motion", async () => {
    const animations = async (reducedMotion: "reduce" | "no-preference") => {
      await page.emulateMedia({ reducedMotion });
      return page.evaluate(() => {
        const place = document.querySelector("main") as unknown as {
          insertAdjacentHTML(at: string, html: string): void;
        };
        place.insertAdjacentHTML("beforeend", '<div class="loading"></div>');
        const found = document.getAnimations().length;
        document.querySelector("main > .loading:last-child")?.remove();
        return found;
      });
    };

    expect(await animations("no-preference")).toBeGreaterThan(0);
    expect(await animations("reduce")).toBe(0);
  });

  it("writes nothing to the browser's console", () => {
    expect(view.problems).toEqual([]);
  });
});
