/** Finds a Chromium on this machine, for tests in a real browser. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { SkippedError } from "./cli";

/** Programs, the smallest first. */
const PROGRAMS = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "microsoft-edge",
];

/** Where installers put it without adding it to the path. */
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** @throws SkippedError that says what to install */
export const findBrowser = (): string => {
  const { CHROME, PATH = "" } = process.env;
  const folders = PATH.split(delimiter);
  const candidates = [
    ...(CHROME ? [CHROME] : []),
    ...PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...PLACES,
  ];
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new SkippedError(
    "nothing was tested in a browser: there is no Chromium here. Install one, for example with apt-get install chromium-headless-shell, or name one in CHROME",
  );
};
