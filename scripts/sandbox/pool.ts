/** The execution environments of one function: started on demand and reused until their process ends. */
import { randomBytes } from "node:crypto";
import { FUNCTION_SECRET } from "./api-call";
import type { FunctionBlueprint } from "./blueprint";
import { type End, type ExecutionEnvironment, startEnvironment } from "./execution-environment";
import { initReport, initStart, type PlatformEvent, report, runtimeDone, start, versionOf } from "./function-log";
import type { UnpackedFunction } from "./function-package";

export interface PoolOptions {
  readonly function: FunctionBlueprint;
  readonly unpacked: UnpackedFunction;
  /** Additional environment variables: the endpoints of the local services. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly inspectPort?: number;
  /** Key id with which the function signs its calls. */
  readonly accessKeyId: string;
  /** Maximum number of parallel processes; further invocations wait. */
  readonly processes: number;
  readonly now: () => number;
  /** Called for each line that the function writes. */
  readonly onLine: (text: string, requestId: string | undefined) => void;
  readonly onPlatformEvent: (event: PlatformEvent, requestId: string | undefined) => void;
}

/** One attempt to process an event. */
interface Run {
  readonly startedMs: number;
  /** Before the report of the invocation is logged. */
  readonly endedMs: number;
  readonly end: End;
  readonly report: PlatformEvent;
}

export interface Pool {
  run(requestId: string, event: unknown): Promise<Run>;
  /** Starts one environment in advance. */
  warm(): Promise<void>;
  /** Later invocations run with this configuration, in new environments. */
  update(fn: FunctionBlueprint): void;
  kill(): void;
  stop(): Promise<void>;
}

export const createPool = (options: PoolOptions): Pool => {
  const { unpacked, now, onLine, onPlatformEvent } = options;
  let fn = options.function;
  /** The configuration with which each environment started. */
  const all = new Map<ExecutionEnvironment, FunctionBlueprint>();
  const fresh = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  const waiting: (() => void)[] = [];
  let free = options.processes;
  let isStopped = false;
  const opening = new Set<Promise<unknown>>();

  const open = (): Promise<ExecutionEnvironment> => {
    const opened = startNew();
    opening.add(opened);
    return opened.finally(() => opening.delete(opened));
  };

  const startNew = async (): Promise<ExecutionEnvironment> => {
    const configuration = fn;
    onPlatformEvent(initStart(configuration), undefined);
    const environment = await startEnvironment({
      functionArn: (configuration.alias ?? configuration).arn,
      isTraced: configuration.isTraced === true,
      bootstrapFile: unpacked.bootstrapFile,
      variables: { ...variablesOf(configuration, unpacked.taskRoot, options.accessKeyId), ...options.endpoints },
      timeoutMs: configuration.timeoutSeconds * 1000,
      memoryMb: configuration.memoryMb,
      inspectPort: options.inspectPort,
      onLine,
    });
    if (isStopped) environment.kill();
    all.set(environment, configuration);
    fresh.add(environment);
    environment.initialized.then((init) => onPlatformEvent(initReport(init), undefined));
    return environment;
  };

  const turn = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };

  const nextTurn = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  const isUsable = (environment: ExecutionEnvironment) => environment.isAlive() && all.get(environment) === fn;

  const discard = (environment: ExecutionEnvironment) => {
    fresh.delete(environment);
    void environment.stop().then(() => all.delete(environment));
  };

  const takeIdle = (): ExecutionEnvironment | undefined => {
    const environment = idle.pop();
    if (environment === undefined || isUsable(environment)) return environment;
    discard(environment);
    return takeIdle();
  };

  const release = (environment: ExecutionEnvironment) => {
    if (isUsable(environment)) idle.push(environment);
    else discard(environment);
    nextTurn();
  };

  return {
    run: async (requestId, event) => {
      await turn();
      const environment = takeIdle() ?? (await open());
      const init = await environment.initialized;
      const startedMs = now();
      onPlatformEvent(start(requestId, fn), requestId);
      const measured = init.status === "success" ? await environment.invoke(requestId, event) : init;
      const end = { ...measured, ...fn.reports?.(measured) };
      const endedMs = now();
      const reported = report(requestId, end, fn, fresh.delete(environment) ? init : undefined);
      onPlatformEvent(runtimeDone(requestId, end), requestId);
      onPlatformEvent(reported, requestId);
      release(environment);
      return { startedMs, endedMs, end, report: reported };
    },
    warm: async () => {
      idle.push(await open());
    },
    update: (changed) => {
      fn = changed;
      for (const environment of idle.splice(0)) discard(environment);
    },
    kill: () => {
      for (const environment of all.keys()) environment.kill();
    },
    stop: async () => {
      isStopped = true;
      // One that is just being started would outlive this function.
      await Promise.allSettled(opening);
      await Promise.all([...all.keys()].map((environment) => environment.stop()));
    },
  };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const variablesOf = (fn: FunctionBlueprint, taskRoot: string, accessKeyId: string): Record<string, string> => ({
  ...fn.environment,
  _HANDLER: fn.handler,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: FUNCTION_SECRET,
  AWS_SESSION_TOKEN: FUNCTION_SECRET,
  AWS_REGION: fn.region,
  AWS_DEFAULT_REGION: fn.region,
  AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: fn.name,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
  AWS_LAMBDA_FUNCTION_VERSION: versionOf(fn),
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(new Date(), versionOf(fn)),
  AWS_LAMBDA_LOG_FORMAT: fn.logFormat,
  ...(fn.logFormat === "JSON" ? { AWS_LAMBDA_LOG_LEVEL: fn.applicationLogLevel } : {}),
  LAMBDA_TASK_ROOT: taskRoot,
  LAMBDA_RUNTIME_DIR: "/var/runtime",
  LANG: "en_US.UTF-8",
  PATH: "/usr/local/bin:/usr/bin:/bin:/opt/bin",
  TZ: ":UTC",
});

const logStreamName = (date: Date, version: string): string =>
  `${date.toISOString().slice(0, 10).replaceAll("-", "/")}/[${version}]${randomBytes(16).toString("hex")}`;
