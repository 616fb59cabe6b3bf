/** A running console, and pages of a real browser that look at it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Console, startConsole } from "../../scripts/console/server";

const PICTURES = join(__dirname, "../../out/console");

/** Without them, Chromium looks for Google's hosts. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Long enough for a busy machine. The time limit of the test ends a wait that never succeeds. */
const LONGEST_WAIT_MS = 240_000;

export interface View {
  readonly page: Page;
  /** What the page wrote to its console, and requests that left this machine. */
  readonly problems: readonly string[];
}

export interface OpenConsole {
  readonly console: Console;
  /** Opens a view in a separate page. */
  open(view: string, options?: { readonly widthPx?: number; readonly isDark?: boolean }): Promise<View>;
  /** Keeps a picture of a page. */
  picture(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

export const openConsole = async (environment: string): Promise<OpenConsole> => {
  const running = await startConsole({ environment });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: process.env.CHROME, args: FLAGS });
  } catch (error) {
    await running.stop();
    throw error;
  }
  const started = browser;
  mkdirSync(PICTURES, { recursive: true });
  return {
    console: running,
    open: async (view, { widthPx = 1600, isDark = false } = {}) => {
      const page = await started.newPage({
        viewport: { width: widthPx, height: 900 },
        colorScheme: isDark ? "dark" : "light",
        reducedMotion: "reduce",
      });
      page.setDefaultTimeout(LONGEST_WAIT_MS);
      const problems: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("request", (request) => {
        if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== running.url)
          problems.push(`request to ${request.url()}`);
      });
      await page.goto(`${running.url}/#/${view}`);
      await page.locator("main h1").waitFor();
      return { page, problems };
    },
    picture: async (page, name) => {
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    },
    close: async () => {
      await started.close();
      await running.stop();
    },
  };
};
