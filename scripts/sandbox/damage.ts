/** Answers of S3 that do not arrive as they were given: lost, cut off, held back, or wrong about themselves. */
import type { ServerResponse } from "node:http";

/** The answer to a call that was carried out. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly body: Buffer;
  /** Where it is to be sent. */
  readonly to: ServerResponse;
}

const begin = ({ to, status, headers }: Answer, contentLength: number): ServerResponse =>
  to.writeHead(status, { ...headers, "content-length": contentLength, connection: "close" });

const half = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));

const breakOff = ({ to }: Answer): void => {
  to.socket?.resetAndDestroy();
};

/** What may become of an answer: add a row. */
export const DAMAGES = {
  /** The caller never learns that the call was carried out. */
  lost: breakOff,
  /** The connection breaks in the middle of the body. */
  cut: (answer) => {
    begin(answer, answer.body.length).write(half(answer.body), () => breakOff(answer));
  },
  /** Nothing follows the first half of the body. */
  stalled: (answer) => {
    begin(answer, answer.body.length).write(half(answer.body));
  },
  /** Content-Length promises more than there is. */
  "too-long": (answer) => {
    begin(answer, answer.body.length + 1_000).write(answer.body, () => answer.to.socket?.end());
  },
  /** Content-Length promises less than there is. */
  "too-short": (answer) => {
    begin(answer, half(answer.body).length).end(answer.body);
  },
  /** The eTag is another object's. */
  mislabelled: (answer) => {
    const headers = { ...answer.headers, etag: `"${"0".repeat(32)}"` };
    begin({ ...answer, headers }, answer.body.length).end(answer.body);
  },
} as const satisfies Record<string, (answer: Answer) => void>;

export type Damage = keyof typeof DAMAGES;
