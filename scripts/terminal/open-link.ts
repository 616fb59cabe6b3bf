/** Opens a link in the browser of this machine. */
import { spawn } from "node:child_process";

/** Programs that open a link, by platform. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** @throws Error if the program is missing */
export const openLink = async (url: string): Promise<void> => {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve).once("error", (cause: NodeJS.ErrnoException) => {
      reject(new Error(`Expected ${program} for --open but got ${cause.code}: open the link yourself`, { cause }));
    });
  });
  child.unref();
};
