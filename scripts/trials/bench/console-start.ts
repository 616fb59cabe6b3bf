/** How soon the console of `npm start` can be seen in a browser, with everything cached. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { findBrowser } from "../../terminal/browser";
import { serve } from "../../terminal/processes";
import { median } from "./statistics";

/** Of one start. Times count from the call of `npm start`. */
export interface ConsoleStart {
  /** Until the address is printed. */
  readonly addressMs: number;
  readonly firstPaintMs: number;
  /** Until the environment has started and the page shows it. */
  readonly usableMs: number;
  /** How long esbuild takes to bundle the page. */
  readonly bundleMs: number;
  /** Of the whole page, compressed. */
  readonly pageBytes: number;
}

export interface ConsoleStarts {
  readonly runs: number;
  readonly fastest: ConsoleStart;
  readonly median: ConsoleStart;
}

const ROOT = join(__dirname, "../../..");

/** Loading a browser is not part of the start: people have one open. */
const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const LIMIT_SECONDS = 120;

/** What browsers know about a paint or a file that they loaded. */
interface Measured {
  readonly name: string;
  readonly entryType: string;
  readonly startTime: number;
  readonly encodedBodySize: number;
  readonly serverTiming?: readonly { readonly duration: number }[];
}

/** What the page has measured, with times since 1970. */
const measuredBy = () => {
  const all = performance.getEntries() as unknown as readonly Measured[];
  const paint = all.find(({ name }) => name === "first-contentful-paint");
  const files = all.filter(({ entryType, name }) => entryType === "navigation" || /\/page\.(js|css)$/.test(name));
  return {
    paintedAt: performance.timeOrigin + (paint?.startTime ?? Number.NaN),
    usableAt: Date.now(),
    bundleMs: files[0]?.serverTiming?.[0]?.duration ?? Number.NaN,
    pageBytes: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  };
};

const measureStart = async (browser: Browser): Promise<ConsoleStart> => {
  const page = await browser.newPage();
  const startedAt = Date.now();
  const env = { ...process.env, NO_COLOR: "1" };
  const command = { program: "npm", args: ["start", "--silent"], cwd: ROOT, env, limitSeconds: LIMIT_SECONDS };
  const { match, stop } = await serve(command, /The console is at (http:\S+):/);
  const addressAt = Date.now();
  try {
    await page.goto(String(match[1]));
    await page.locator("main h1").waitFor({ timeout: LIMIT_SECONDS * 1_000 });
    const { paintedAt, usableAt, bundleMs, pageBytes } = await page.evaluate(measuredBy);
    return {
      ...{ addressMs: addressAt - startedAt, firstPaintMs: paintedAt - startedAt, usableMs: usableAt - startedAt },
      ...{ bundleMs, pageBytes },
    };
  } finally {
    await page.close();
    await stop();
  }
};

/** @throws SkippedError where there is no browser */
export const measureConsoleStart = async (runs: number): Promise<ConsoleStarts> => {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: findBrowser(), args: FLAGS });
  try {
    // Fills the caches.
    await measureStart(browser);
    const all: ConsoleStart[] = [];
    for (let run = 0; run < runs; run += 1) all.push(await measureStart(browser));
    const of = (pick: (values: readonly number[]) => number): ConsoleStart => ({
      addressMs: pick(all.map(({ addressMs }) => addressMs)),
      firstPaintMs: pick(all.map(({ firstPaintMs }) => firstPaintMs)),
      usableMs: pick(all.map(({ usableMs }) => usableMs)),
      bundleMs: pick(all.map(({ bundleMs }) => bundleMs)),
      pageBytes: pick(all.map(({ pageBytes }) => pageBytes)),
    });
    return { runs, fastest: of((values) => Math.min(...values)), median: of(median) };
  } finally {
    await browser.close();
  }
};

/** Other programs on the machine only ever make a start slower, so the fastest one is judged. */
export const CONSOLE_LIMITS = { firstPaintMs: 2_000, bundleMs: 300, pageBytes: 100_000 } as const;

export const isFastEnough = ({ fastest }: ConsoleStarts): boolean =>
  Object.entries(CONSOLE_LIMITS).every(([name, limit]) => fastest[name as keyof typeof CONSOLE_LIMITS] <= limit);
