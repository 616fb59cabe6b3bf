/** One execution environment of a function: a process that runs its handler, one invocation at a time, within its limits. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { residentBytes } from "./memory";
import { startRuntimeApi } from "./runtime-api";

export interface EnvironmentOptions {
  readonly functionArn: string;
  readonly isTraced: boolean;
  /** The file that `bootstrap.ts` was transpiled to. */
  readonly bootstrapFile: string;
  /** Everything that the process gets of an environment, but for the address of the Runtime API. */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Port on which the process waits for a debugger before it begins; nothing is timed then. @default no debugger */
  readonly inspectPort?: number;
  /** Called for every line that the process writes, with the id of its latest invocation, if any. */
  readonly onLine: (text: string, requestId: string | undefined) => void;
}

/** How the initialization or an invocation ended. */
export interface End {
  readonly status: "success" | "error" | "timeout";
  /** Runtime.OutOfMemory, Runtime.ExitError and the like, or the name of the error that the handler threw. */
  readonly errorType?: string;
  /** What the handler returned or threw, as JSON. @default the process was ended before it could say */
  readonly payload?: string;
  readonly durationMs: number;
  /** High-water mark since the process began. */
  readonly maxMemoryUsedMb: number;
}

export interface ExecutionEnvironment {
  /** Settles when the handler is loaded, or never will be. */
  readonly initialized: Promise<End>;
  /** Only after a successful `initialized`, and one at a time. Never rejects. */
  invoke(requestId: string, event: unknown): Promise<End>;
  /** False once the process has ended. */
  isAlive(): boolean;
  /** Kills the process; everything is gone when `stop` resolves. */
  kill(): void;
  stop(): Promise<void>;
}

type Verdict = Pick<End, "status" | "errorType" | "payload">;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_TIMEOUT_MS = 10_000;
const MEMORY_POLL_MS = process.platform === "linux" ? 25 : 250;
const MB = 1024 ** 2;

const SUCCESS: Verdict = { status: "success" };
const TIMED_OUT: Verdict = { status: "timeout" };
const OUT_OF_MEMORY: Verdict = { status: "error", errorType: "Runtime.OutOfMemory" };
const EXITED: Verdict = { status: "error", errorType: "Runtime.ExitError" };

export const startEnvironment = async (options: EnvironmentOptions): Promise<ExecutionEnvironment> => {
  const { memoryMb, functionArn, isTraced, inspectPort, onLine } = options;
  const isDebugged = inspectPort !== undefined;
  const timeoutMs = isDebugged ? DEBUGGING_MS : options.timeoutMs;
  let requestId: string | undefined;
  let peakBytes = 0;
  /** What the process reported of the phase it is in, and when. */
  let answer: (Verdict & { readonly at: number }) | undefined;
  let isAsking = false;
  /** Output streams of which the end of the invocation's lines is yet to come. */
  let unread = 0;
  let killedFor: Verdict | undefined;
  let settle: ((verdict: Verdict) => void) | undefined;

  /** A phase is over when the process asks for the next invocation, and all that it wrote has arrived. */
  const settleIfOver = () => {
    if (isAsking && unread <= 0) settle?.(answer ?? SUCCESS);
  };

  const api = await startRuntimeApi({
    functionArn,
    isTraced,
    onNext: () => {
      isAsking = true;
      settleIfOver();
    },
    onAnswer: (id, payload, errorType) => {
      if (id !== requestId) return;
      const verdict: Verdict = errorType === undefined ? SUCCESS : { status: "error", errorType };
      answer = { ...verdict, payload, at: performance.now() };
    },
    onInitError: (payload, errorType) => {
      answer = { status: "error", errorType, payload, at: performance.now() };
    },
  });

  // A group of its own: Ctrl-C on the terminal is for the sandbox to handle.
  const inspector = isDebugged ? [`--inspect-brk=127.0.0.1:${inspectPort}`] : [];
  const child = spawn(process.execPath, [...inspector, options.bootstrapFile], {
    env: { ...options.variables, AWS_LAMBDA_RUNTIME_API: api.address },
    cwd: options.variables.LAMBDA_TASK_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      if (isDebugged && INSPECTOR_LINE.test(line)) return process.stderr.write(`${line}\n`);
      if (line !== END_OF_LINES) return onLine(line, requestId);
      unread -= 1;
      settleIfOver();
    });
  }

  const isAlive = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const kill = (verdict: Verdict) => {
    killedFor ??= verdict;
    child.kill("SIGKILL");
  };
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("error", () => {});
  const ended = closed.then(() => {
    settle?.(killedFor ?? answer ?? EXITED);
    return api.stop();
  });

  const weigh = async () => {
    if (isAlive()) peakBytes = Math.max(peakBytes, await residentBytes(child.pid ?? 0));
    if (peakBytes > memoryMb * MB) kill(OUT_OF_MEMORY);
  };

  const phase = async (limitMs: number, begin: () => void): Promise<End> => {
    const startedAt = performance.now();
    const limit = setTimeout(() => kill(TIMED_OUT), limitMs);
    const scales = setInterval(weigh, MEMORY_POLL_MS);
    const verdict = await new Promise<Verdict>((resolve) => {
      settle = resolve;
      begin();
    });
    const durationMs = Math.min((answer?.at ?? performance.now()) - startedAt, limitMs);
    settle = undefined;
    clearTimeout(limit);
    clearInterval(scales);
    await weigh();
    if (killedFor !== undefined) await closed;
    return {
      ...(killedFor ?? { status: verdict.status, errorType: verdict.errorType, payload: verdict.payload }),
      durationMs,
      maxMemoryUsedMb: Math.min(Math.ceil(peakBytes / MB), memoryMb),
    };
  };

  return {
    initialized: phase(isDebugged ? DEBUGGING_MS : INIT_TIMEOUT_MS, () => {}),
    invoke: (id, event) =>
      phase(timeoutMs, () => {
        requestId = id;
        answer = undefined;
        isAsking = false;
        unread = 2;
        api.deliver(id, event, Date.now() + timeoutMs);
      }),
    isAlive,
    kill: () => kill(EXITED),
    stop: async () => {
      kill(EXITED);
      await ended;
    },
  };
};

/** Time limit of whatever is debugged: a day. */
const DEBUGGING_MS = 86_400_000;

/** What Node's inspector writes to stderr; it is not part of the function's log. */
const INSPECTOR_LINE =
  /^(Debugger (listening on|attached|ending on)|Waiting for the debugger|For help, see: https:\/\/nodejs)/;

/** How `bootstrap.ts` says that all lines of an invocation were written. */
const END_OF_LINES = "\0";

/** Only a line feed ends a line: JSON may hold other separators, which `node:readline` would split at. */
const eachLine = (stream: Readable, take: (line: string) => void): void => {
  let rest = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  stream.on("end", () => rest !== "" && take(rest));
};
