/** A client of the upload API: asks for a link, sends the file to S3, and reads the state of the upload. */
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import type { Environment } from "../../modules/variables";
import { poll } from "../terminal/polling";
import { answerTo } from "./account";
import { type Keys, signedHeaders } from "./signed-fetch";

export interface UploadClientOptions {
  readonly environment: Environment;
  /** Address of the API, without a slash at the end. */
  readonly apiUrl: string;
  /** Credentials of the caller, for the authorizer `iam`. */
  readonly credentials: () => Promise<Keys>;
  /** Token of the caller, for the authorizer `jwt`. @default none */
  readonly token: string | undefined;
}

const LINK = z.object({
  id: z.string(),
  url: z.url(),
  fields: z.record(z.string(), z.string()),
  expiresAt: z.string(),
});

const IMAGE = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  format: z.string().optional(),
  widthPx: z.number().optional(),
  heightPx: z.number().optional(),
  sizeBytes: z.number().optional(),
  variants: z.record(z.string(), z.object({ url: z.string(), bytes: z.number() })).optional(),
  linksExpireAt: z.string().optional(),
});

/** What the API says about an upload. */
export type Image = z.infer<typeof IMAGE>;

/** Content types by the end of a file's name. */
export const TYPES: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".bmp": "image/bmp",
};

/** The final states. */
const FINAL = ["processed", "refused", "superseded"];

const POLL_MS = 1_000;

const textOf = async (what: string, response: Response): Promise<string> => {
  const text = await response.text();
  if (response.ok) return text;
  const [, code = "", why = text] = /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/.exec(text) ?? [];
  throw new Error(
    `Expected an answer to ${what} but got HTTP ${response.status} ${[code, why].filter(Boolean).join(": ")}`,
  );
};

export interface UploadClient {
  /** Uploads a file. @returns the id of the upload @throws Error of one line with the answer of the API or of S3 */
  upload(path: string, contentType: string): Promise<string>;
  /** @returns the state when it is final, or when the time is up */
  finished(id: string, waitMs: number): Promise<Image>;
}

export const createUploadClient = ({ environment, apiUrl, credentials, token }: UploadClientOptions): UploadClient => {
  const headersOf = async (method: string, url: string, body: string | undefined) => {
    if (environment.upload_api_authorizer === "jwt") return { authorization: `Bearer ${token}` };
    if (environment.upload_api_authorizer === "none") return {};
    const signing = { service: "execute-api", region: environment.aws_region, credentials: await credentials() };
    return signedHeaders(method, url, body, signing);
  };
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    const url = `${apiUrl}${path}`;
    const headers = {
      ...(await headersOf(method, url, body)),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const answer = fetch(url, { method, headers, ...(body !== undefined && { body }) });
    return JSON.parse(await textOf(`${method} ${path}`, await answerTo(`${method} ${path}`, answer)));
  };
  const send = async (path: string, contentType: string) => {
    const wanted = JSON.stringify({ name: basename(path), contentType });
    const { id, url, fields } = LINK.parse(await ask("POST", "/uploads", wanted));
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", await openAsBlob(path), basename(path));
    const what = "the upload to S3";
    await textOf(what, await answerTo(what, fetch(url, { method: "POST", body: form })));
    return id;
  };
  const stateOf = async (id: string): Promise<Image> => IMAGE.parse(await ask("GET", `/images/${id}`));
  return {
    upload: send,
    finished: async (id, waitMs) => {
      const isFinal = async () => {
        const image = await stateOf(id);
        return FINAL.includes(image.state) ? image : undefined;
      };
      return (await poll(isFinal, { intervalMs: POLL_MS, limitMs: waitMs })) ?? stateOf(id);
    },
  };
};
