/** S3's upload by form: reads `multipart/form-data`, checks its policy before the file, and counts the file while it arrives. */
import type { IncomingMessage, ServerResponse } from "node:http";
import busboy from "busboy";
import type { ApiRefusal } from "./api-call";
import { type AcceptedForm, checkForm, FORM_REFUSALS, type PolicyContext } from "./post-policy";

/** A form whose policy allows its file. */
export interface PostedFile {
  readonly accessKeyId: string;
  readonly key: string;
  readonly bytes: Buffer;
  /** Headers to store with the object. */
  readonly headers: Readonly<Record<string, string>>;
  /** How S3 answers: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
  readonly success: { readonly status: number; readonly redirect?: string };
}

/** Names and values of all fields before the file, in bytes. */
const MAX_FIELD_BYTES = 20_000;

/** Fields that become headers of the object. */
const STORED = /^(content-type|cache-control|content-disposition|content-encoding|expires|x-amz-meta-.+)$/;

/** The embedded server refuses other content types; S3 stores any text. */
const isStorable = (field: string, value: string): boolean =>
  field !== "content-type" || /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/.test(value);

const successOf = (fields: ReadonlyMap<string, string>): PostedFile["success"] => {
  const redirect = fields.get("success_action_redirect");
  if (redirect !== undefined) return { status: 303, redirect };
  const status = Number(fields.get("success_action_status"));
  return { status: status === 200 || status === 201 ? status : 204 };
};

/** `${filename}` in a key stands for the name of the file on the sender's machine. */
const keyOf = (fields: ReadonlyMap<string, string>, filename: string): string =>
  (fields.get("key") ?? "").replaceAll("${filename}", filename);

const isRefusal = (form: AcceptedForm | ApiRefusal): form is ApiRefusal => "code" in form;

/** @returns the form, or the error with which S3 refuses it: as soon as that is known, and without keeping more of the file */
export const readForm = (request: IncomingMessage, context: PolicyContext): Promise<PostedFile | ApiRefusal> =>
  new Promise((resolve) => {
    const fields = new Map<string, string>();
    let fieldBytes = 0;
    let files = 0;
    /** Ignores the rest, so that the sender can finish and read the answer. */
    const refuse = (refusal: ApiRefusal) => {
      resolve(refusal);
      request.unpipe(parser);
      request.resume();
    };
    const parser = (() => {
      try {
        return busboy({ headers: request.headers, limits: { fieldSize: MAX_FIELD_BYTES + 1, fieldNameSize: 1_000 } });
      } catch {
        return undefined;
      }
    })();
    if (parser === undefined) {
      resolve(FORM_REFUSALS.malformed);
      request.resume();
      return;
    }
    parser.on("field", (name, value) => {
      // S3 ignores what follows the file.
      if (files > 0) return;
      fieldBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
      if (fieldBytes > MAX_FIELD_BYTES) refuse(FORM_REFUSALS.longFields);
      else fields.set(name.toLowerCase(), value);
    });
    parser.on("file", (name, file, { filename = "" }) => {
      files += 1;
      if (name.toLowerCase() !== "file" || files > 1) {
        file.resume();
        return refuse(FORM_REFUSALS.notOneFile);
      }
      const key = keyOf(fields, filename);
      const form = checkForm(new Map([...fields, ...(fields.has("key") ? [["key", key] as const] : [])]), context);
      if (isRefusal(form)) {
        file.resume();
        return refuse(form);
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      file.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > form.maxBytes) refuse(FORM_REFUSALS.tooLarge);
        else chunks.push(chunk);
      });
      parser.on("close", () => {
        if (bytes < form.minBytes) return resolve(FORM_REFUSALS.tooSmall);
        const headers = Object.fromEntries(
          [...fields].filter(([field, value]) => STORED.test(field) && isStorable(field, value)),
        );
        const { accessKeyId } = form;
        resolve({ accessKeyId, key, bytes: Buffer.concat(chunks), headers, success: successOf(fields) });
      });
    });
    parser.on("close", () => files === 0 && resolve(FORM_REFUSALS.notOneFile));
    parser.on("error", () => refuse(FORM_REFUSALS.malformed));
    request.pipe(parser);
  });

/** @param location address of the object @param eTag with quotation marks */
export const answerForm = (
  response: ServerResponse,
  { key, success }: PostedFile,
  { bucket, location, eTag }: { readonly bucket: string; readonly location: string; readonly eTag: string },
): void => {
  const headers = { etag: eTag, location: success.redirect ?? location };
  if (success.status !== 201) {
    response.writeHead(success.status, headers).end();
    return;
  }
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const body = Object.entries({ Location: location, Bucket: bucket, Key: key, ETag: eTag })
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("");
  response.writeHead(201, { ...headers, "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><PostResponse>${body}</PostResponse>`);
};
