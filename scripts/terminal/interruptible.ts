/** Work that Ctrl-C or SIGTERM ends early, after the current step. */
import { exitCodeOfSignal, onInterrupt } from "./processes";

/**
 * While `work` runs, the first Ctrl-C or termination aborts a signal and sets the exit code; the process continues until the
 * work has ended. The second one ends the process.
 * @param work ends soon after its signal is aborted
 */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  onInterrupt((signal) => {
    controller.abort();
    process.exitCode = exitCodeOfSignal(signal);
  });
  return work(controller.signal).finally(() => onInterrupt(undefined));
};
