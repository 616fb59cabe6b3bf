/** Peak memory of a process. */
import { readFile } from "node:fs/promises";

/**
 * @returns bytes of resident memory: on Linux the kernel's high-water mark, elsewhere the current value
 *   (call it often and keep the largest); 0 for a process that has ended
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
