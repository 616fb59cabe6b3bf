/** One execution environment of a function: a process that runs one invocation at a time, within the time and memory limits. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { residentBytes } from "./memory";
import { startRuntimeApi } from "./runtime-api";

export interface EnvironmentOptions {
  readonly functionArn: string;
  readonly isTraced: boolean;
  /** `bootstrap.ts`, transpiled. */
  readonly bootstrapFile: string;
  /** All environment variables of the process except the address of the Runtime API. */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Port on which the process waits for a debugger before it begins; nothing is timed then. @default no debugger */
  readonly inspectPort?: number;
  /** Called for each line that the process writes; `requestId` is undefined before the first invocation. */
  readonly onLine: (text: string, requestId: string | undefined) => void;
}

/** How the initialization or an invocation ended. */
export interface End {
  readonly status: "success" | "error" | "timeout";
  /** A runtime error such as Runtime.OutOfMemory or Runtime.ExitError, or the name of the error that the handler threw. */
  readonly errorType?: string;
  /** The handler's result or error, as JSON. @default the process ended before it could send one */
  readonly payload?: string;
  readonly durationMs: number;
  /** Peak memory since the process started. */
  readonly maxMemoryUsedMb: number;
}

export interface ExecutionEnvironment {
  /** Settles when the handler has loaded or failed to load. */
  readonly initialized: Promise<End>;
  /** Call it after a successful `initialized`, one at a time. Never rejects. */
  invoke(requestId: string, event: unknown): Promise<End>;
  /** False once the process has ended. */
  isAlive(): boolean;
  /** Kills the process. Wait for `stop` to know that it has ended. */
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
  /** The process's report on the current phase, and when it came. */
  let answer: (Verdict & { readonly at: number }) | undefined;
  let isAsking = false;
  /** Number of output streams whose END_OF_LINES has not arrived yet. */
  let unread = 0;
  let killedFor: Verdict | undefined;
  let settle: ((verdict: Verdict) => void) | undefined;

  /** A phase ends when the process asks for the next invocation and all of its output has arrived. */
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

  // Its own process group: the sandbox handles Ctrl-C, not this process.
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

  const checkMemory = async () => {
    if (isAlive()) peakBytes = Math.max(peakBytes, await residentBytes(child.pid ?? 0));
    if (peakBytes > memoryMb * MB) kill(OUT_OF_MEMORY);
  };

  const phase = async (limitMs: number, begin: () => void): Promise<End> => {
    const startedAt = performance.now();
    const limit = setTimeout(() => kill(TIMED_OUT), limitMs);
    const memoryCheck = setInterval(checkMemory, MEMORY_POLL_MS);
    const verdict = await new Promise<Verdict>((resolve) => {
      settle = resolve;
      begin();
    });
    const durationMs = Math.min((answer?.at ?? performance.now()) - startedAt, limitMs);
    settle = undefined;
    clearTimeout(limit);
    clearInterval(memoryCheck);
    await checkMemory();
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

/** Timeout while a debugger is attached: a day. */
const DEBUGGING_MS = 86_400_000;

/** What Node's inspector writes to stderr; it is not part of the function's log. */
const INSPECTOR_LINE =
  /^(Debugger (listening on|attached|ending on)|Waiting for the debugger|For help, see: https:\/\/nodejs)/;

/** `bootstrap.ts` writes this after the last line of an invocation. */
const END_OF_LINES = "\0";

/** Splits at line feeds only: `node:readline` would also split at separators inside JSON strings. */
const eachLine = (stream: Readable, take: (line: string) => void): void => {
  let rest = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  stream.on("end", () => rest !== "" && take(rest));
};
