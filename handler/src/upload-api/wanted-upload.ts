/** What a client wants to upload: the body of the request, checked. */
import { CONTENT_TYPES, MAX_NAME_LENGTH } from "../../contract/upload-api";
import { expected } from "../errors";
import { RequestRefused } from "./request-refused";

export interface WantedUpload {
  /** Safe in a key: letters, digits and . _ - only. */
  readonly name: string;
  readonly contentType: (typeof CONTENT_TYPES)[number];
}

const refused = (what: string, of: string, got: unknown): RequestRefused =>
  new RequestRefused(400, expected(what, of, got).message);

/** Longest name in a key. The keys of variants are longer, and S3 allows 1024 bytes. */
const SAFE_LENGTH = 100;

/**
 * @returns the name with `_` for everything that is not a letter, a digit or . _ -, so that it cannot leave its folder, hold
 * a variable of S3's forms such as `${filename}`, or surprise a program that reads it. The end stays, with the extension.
 */
const safeName = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .slice(-SAFE_LENGTH)
    .replace(/^[._-]+/, "") || "image";

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw refused("JSON with name and contentType", "the body", body.slice(0, 100));
  }
};

/** @throws RequestRefused with status 400 */
export const wantedUpload = (body: string): WantedUpload => {
  const value = parsed(body);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refused("an object with name and contentType", "the body", value);
  const { name, contentType, ...others } = value as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused("only name and contentType", "the body", unknown);
  if (typeof name !== "string" || name.trim() === "" || name.length > MAX_NAME_LENGTH)
    throw refused(`a text of 1 to ${MAX_NAME_LENGTH} characters`, "name", name);
  const type = CONTENT_TYPES.find((each) => each === contentType);
  if (type === undefined) throw refused(`one of ${CONTENT_TYPES.join(", ")}`, "contentType", contentType);
  return { name: safeName(name), contentType: type };
};
