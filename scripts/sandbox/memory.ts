/** How much memory a process has used at most. */
import { readFile } from "node:fs/promises";

/**
 * @returns bytes of resident memory: on Linux the high-water mark that the kernel keeps, elsewhere the present value
 *   (call it often, and keep the largest); 0 for a process that is gone
 */
export const residentBytes = async (pid: number): Promise<number> => {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  }
  const { default: pidusage } = await import("pidusage");
  return pidusage(pid).then(
    ({ memory }) => memory,
    () => 0,
  );
};
