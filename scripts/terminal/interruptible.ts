/** Work that Ctrl-C or a termination ends early, after a step that is complete. */
import { exitCodeOfSignal, onInterrupt } from "./processes";

/**
 * While `work` runs, the first Ctrl-C or termination aborts a signal and sets the exit code; the process goes on until the
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
