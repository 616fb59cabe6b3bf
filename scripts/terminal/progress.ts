/** Progress on stderr while a command works, shown on a terminal only. */
import { SingleBar } from "cli-progress";
import pc from "picocolors";

export interface ProgressOptions {
  /** Shown before the bar. @default only the bar is shown */
  readonly label?: string;
  /** Number of steps. @default 1, until the first report gives another */
  readonly total?: number;
  /** @default false: the time left is not estimated */
  readonly showsTimeLeft?: boolean;
}

/** Reports progress: how many steps are done now, and of how many, where the total has changed. */
export type Report = (done: number, total?: number) => void;

/** Shows a bar until the work ends or fails. */
export const withProgress = async <T>(
  { label = "", total = 1, showsTimeLeft = false }: ProgressOptions,
  work: (report: Report) => Promise<T>,
): Promise<T> => {
  const timeLeft = showsTimeLeft ? ", {eta_formatted} left" : "";
  const bar = new SingleBar({
    format: `${label} ${pc.dim("{bar}")} {value} of {total}${timeLeft}`.trimStart(),
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  try {
    return await work((done, of = total) => {
      bar.setTotal(of);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
};

/** Shows on a terminal what is being waited for, until it is there. */
export const withNotice = async <T>(notice: string, work: () => Promise<T>): Promise<T> => {
  if (!process.stderr.isTTY) return work();
  process.stderr.write(pc.dim(`${notice} …`));
  try {
    return await work();
  } finally {
    process.stderr.write("\r\x1b[K");
  }
};
