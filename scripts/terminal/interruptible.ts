/** Work that Ctrl-C and the like may end early, but not in the middle. */
import { constants } from "node:os";
import { EXIT_CODES } from "./cli";

/**
 * While `work` runs, Ctrl-C and the like abort a signal instead of the process, which then ends as they wish.
 * @param work ends soon after its signal is aborted
 */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = signals.map((signal) => {
    const listener = () => {
      controller.abort();
      process.exitCode = EXIT_CODES.interrupted.code + constants.signals[signal];
    };
    process.once(signal, listener);
    return [signal, listener] as const;
  });
  return work(controller.signal).finally(() => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  });
};
