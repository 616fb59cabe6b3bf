/** One line on stderr for a command that has written nothing for a second, so that it does not seem to hang. */
import pc from "picocolors";

/** Milliseconds without output before the notice; the variable NOTICE_AFTER_MS replaces it. */
const LIMIT_MS = 1_000;

/**
 * Writes the line once, unless something is written to stdout or stderr before.
 * @param name the command, as it is typed
 * @returns a function that cancels the notice
 */
export const startWorkingNotice = (name: string): (() => void) => {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  const stop = () => {
    clearTimeout(timer);
    for (const [i, stream] of streams.entries()) if (originals[i]) stream.write = originals[i];
  };
  const timer = setTimeout(
    () => {
      stop();
      process.stderr.write(pc.dim(`${name.replace(/ --$/, "")} is working …\n`));
    },
    Number(process.env.NOTICE_AFTER_MS ?? LIMIT_MS),
  );
  timer.unref();
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (...args: unknown[]) => {
      stop();
      return write(...args);
    };
  }
  return stop;
};
