/** Starts moto, an AWS emulator, on a loopback port. */
import { SkippedError, UsageError } from "../../terminal/cli";
import { type Server, serve } from "../../terminal/processes";

export interface Moto {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** moto accepts any credentials. These are not real ones. */
export const EMULATOR_CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" } as const;

/**
 * @param port 0 lets the operating system choose a free port
 * @throws SkippedError if moto is not installed; UsageError if the port is in use
 */
export const startMoto = async (port: number, env: NodeJS.ProcessEnv = process.env): Promise<Moto> => {
  const server: Server = await serve(
    {
      program: "moto_server",
      args: ["-H", "127.0.0.1", "-p", String(port)],
      env: { ...env, PYTHONUNBUFFERED: "1" },
      limitSeconds: 60,
    },
    /Running on (http:\/\/127\.0\.0\.1:\d+)/,
  ).catch((error) => {
    if (error.code === "ENOENT")
      throw new SkippedError(
        'Expected moto_server on the PATH for a private AWS emulator but found none: run pip install "moto[server]"',
      );
    if (/in use/i.test(error.message)) throw new UsageError(`Expected a free port for --port but ${port} is in use`);
    throw error;
  });
  return { endpoint: server.match[1] ?? "", stop: server.stop };
};
