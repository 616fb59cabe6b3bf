/**
 * Runs a handler in its own process, as Lambda's Node.js runtime does. Its only inputs are environment variables and the
 * Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { existsSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

type Handler = (event: unknown, context: object) => unknown;

const { env } = process;
const [host, port] = (env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const agent = new Agent({ keepAlive: true });
const write = process.stdout.write.bind(process.stdout);
/** Id of the latest invocation; undefined while the handler is loading. */
let requestId: string | undefined;

const call = (method: "GET" | "POST", path: string, body?: string, errorType?: string) =>
  new Promise<{ headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const headers = errorType === undefined ? {} : { "Lambda-Runtime-Function-Error-Type": errorType };
    const outgoing = request(
      { host, port, method, path: `/2018-06-01/runtime/${path}`, headers, agent },
      async (answer) => {
        let text = "";
        for await (const chunk of answer.setEncoding("utf8")) text += chunk;
        resolve({ headers: answer.headers, text });
      },
    );
    outgoing.on("error", reject).end(body);
  });

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
const stackOf = (error: Error): string[] => (error.stack ?? "").split("\n");

const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error
    ? { errorType: value.constructor.name, errorMessage: value.message, stackTrace: stackOf(value), ...value }
    : value;

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html#node-advanced-logging */
const jsonLine = (level: string, values: readonly unknown[]): string => {
  const start = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...start, message: values[0] }, withErrors);
    } catch {
      // Circular, or a BigInt: print it as text.
    }
  }
  const error = values.slice(1).find((value) => value instanceof Error);
  const fields = error && {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: stackOf(error),
  };
  return JSON.stringify({ ...start, message: format(...values), ...fields });
};

const textLine = (level: string, values: readonly unknown[]): string =>
  [new Date().toISOString(), requestId, level, format(...values)].join("\t").replaceAll("\n", "\r");

const patchConsole = (): void => {
  const inJson = env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const lowest = LEVELS.indexOf(env.AWS_LAMBDA_LOG_LEVEL ?? "");
  const writer = (level: string) => {
    if (inJson && LEVELS.indexOf(level) < lowest) return () => {};
    return (...values: unknown[]) => {
      write(`${inJson ? jsonLine(level, values) : textLine(level, values)}\n`);
    };
  };
  const methods = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
  for (const [method, level] of Object.entries(methods)) Object.assign(console, { [method]: writer(level) });
};

/** This machine's Node may be older than the function's runtime. Libraries warn about that here; they would not on Lambda. */
const silenceVersionWarning = (): void => {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning").on("warning", (warning) => {
    if (!warning.message.startsWith("NodeVersionSupportWarning")) for (const print of printers) print(warning);
  });
};

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const initError = (error: Error & { code?: string }): Error => {
  if (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND")
    error.name = "Runtime.ImportModuleError";
  if (error instanceof SyntaxError) error.name = "Runtime.UserCodeSyntaxError";
  return error;
};

/** @param name in Lambda's form, file.export; the file can be in a folder */
const loadHandler = async (root: string, name: string): Promise<Handler> => {
  const [module = "", path = ""] = basename(name).split(/\.(.*)/);
  const file = [".js", ".mjs", ".cjs"].map((ending) => join(root, dirname(name), module + ending)).find(existsSync);
  if (file === undefined) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  const loaded = await import(pathToFileURL(file).href);
  const handler: unknown = loaded[path] ?? loaded.default?.[path];
  if (typeof handler !== "function") throw named("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  return handler as Handler;
};

const contextOf = (headers: IncomingHttpHeaders) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
  awsRequestId: requestId,
  getRemainingTimeInMillis: () => Number(headers["lambda-runtime-deadline-ms"]) - Date.now(),
});

/** Marks that every earlier line of this invocation has been written. */
const endOfLines = (): void => {
  write("\0\n");
  process.stderr.write("\0\n");
};

const fail = async (path: string, error: Error): Promise<void> => {
  console.error(error);
  endOfLines();
  const body = { errorType: error.name, errorMessage: error.message, trace: stackOf(error) };
  await call("POST", path, JSON.stringify(body), error.name);
};

/** Reports an uncaught error, then exits. */
const exitAfter = async (name: string, exitCode: number, thrown: unknown): Promise<never> => {
  const error = asError(thrown);
  if (name !== "") error.name = name;
  await fail(requestId === undefined ? "init/error" : `invocation/${requestId}/error`, error).catch(() => {});
  process.exit(exitCode);
};

const serve = async (handler: Handler): Promise<never> => {
  for (;;) {
    const { headers, text } = await call("GET", "invocation/next");
    requestId = String(headers["lambda-runtime-aws-request-id"]);
    env._X_AMZN_TRACE_ID = String(headers["lambda-runtime-trace-id"]);
    const path = `invocation/${requestId}`;
    let result: string;
    try {
      result = JSON.stringify((await handler(JSON.parse(text), contextOf(headers))) ?? null);
    } catch (thrown) {
      await fail(`${path}/error`, asError(thrown));
      continue;
    }
    endOfLines();
    await call("POST", `${path}/response`, result);
  }
};

// Without a reader, the sandbox is gone. Logging that error would fail in the same way, again and again.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(0));
patchConsole();
silenceVersionWarning();
process.on("uncaughtException", (error) => exitAfter("", 129, error));
process.on("unhandledRejection", (reason) => exitAfter("Runtime.UnhandledPromiseRejection", 128, reason));
loadHandler(env.LAMBDA_TASK_ROOT ?? ".", env._HANDLER ?? "").then(
  // The sandbox has ended, so this process ends, too.
  (handler) => serve(handler).catch(() => process.exit(0)),
  (error) => exitAfter("", 1, initError(asError(error))),
);
