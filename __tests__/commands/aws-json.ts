/** A local server that speaks the AWS JSON protocol (CloudWatch, CodeDeploy) or JSON over REST (Lambda). */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An error for the service to return. */
export class ServiceError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

type Input = Readonly<Record<string, unknown>>;

/** Operations by name, or by method and path for REST. Unknown operations are answered like moto does: HTTP 500 and an HTML page. */
export type Operations = Readonly<Record<string, (input: Input) => object>>;

export interface Call {
  readonly operation: string;
  readonly input: Input;
}

const answerOf = (operations: Operations, { operation, input }: Call): { status: number; body: string } => {
  const answer = operations[operation];
  if (answer === undefined) return { status: 500, body: "<!doctype html>" };
  try {
    return { status: 200, body: JSON.stringify(answer(input)) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { status: 400, body: JSON.stringify({ __type: error.name, message: error.message }) };
  }
};

/** @returns the received calls in order, the server's address, and how to stop it */
export const startAwsJson = async (operations: Operations) => {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "x-amz-target": target, "content-type": type = "application/json" } = request.headers;
    const path = `${request.method} ${request.url?.replace(/[/?]*(\?.*)?$/, "")}`;
    const operation = target === undefined ? path : (String(target).split(".")[1] ?? "");
    const call = { operation, input: JSON.parse(Buffer.concat(chunks).toString() || "{}") };
    calls.push(call);
    const { status, body } = answerOf(operations, call);
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { calls, endpoint: `http://127.0.0.1:${port}`, stop };
};
