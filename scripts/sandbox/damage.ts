/** Damaged S3 responses: lost, truncated, stalled, or with wrong headers. */
import type { ServerResponse } from "node:http";

/** The response to a call that succeeded. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly body: Buffer;
  /** The connection to write it to. */
  readonly to: ServerResponse;
}

const begin = ({ to, status, headers }: Answer, contentLength: number): ServerResponse =>
  to.writeHead(status, { ...headers, "content-length": contentLength, connection: "close" });

const half = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));

const breakOff = ({ to }: Answer): void => {
  to.socket?.resetAndDestroy();
};

/** Every kind of damage: add a row. */
export const DAMAGES = {
  /** The connection is reset without a response, although the call succeeded. */
  lost: breakOff,
  /** The connection is reset in the middle of the body. */
  cut: (answer) => {
    begin(answer, answer.body.length).write(half(answer.body), () => breakOff(answer));
  },
  /** Only the first half of the body is sent; the connection stays open. */
  stalled: (answer) => {
    begin(answer, answer.body.length).write(half(answer.body));
  },
  /** Content-Length is larger than the body. */
  "too-long": (answer) => {
    begin(answer, answer.body.length + 1_000).write(answer.body, () => answer.to.socket?.end());
  },
  /** Content-Length is smaller than the body. */
  "too-short": (answer) => {
    begin(answer, half(answer.body).length).end(answer.body);
  },
  /** The eTag belongs to another object. */
  mislabelled: (answer) => {
    const headers = { ...answer.headers, etag: `"${"0".repeat(32)}"` };
    begin({ ...answer, headers }, answer.body.length).end(answer.body);
  },
} as const satisfies Record<string, (answer: Answer) => void>;

export type Damage = keyof typeof DAMAGES;
