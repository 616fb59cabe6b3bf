/** Plain data of a synthesized resource: references to be resolved, blocks and JSON documents recognized. */
import { type TerraformStack, Token, Tokenization } from "cdktf";
import { resolve } from "cdktf/lib/_tokens";
import { documentOf } from "./interpolation";
import type { Raw } from "./model";

/** What CDKTF writes for a reference: in a text, as an element of a list, as a key, or as a number with three digits in its exponent. */
const REFERENCE = /TfToken\[|e\+\d{3}/;

const isReference = (value: unknown): boolean =>
  typeof value === "string"
    ? REFERENCE.test(value)
    : typeof value === "number" && !Number.isSafeInteger(value) && Token.isUnresolved(value);

/** Resolves only what contains references: CDKTF examines every value several times, which takes most of a synthesis. */
export const resolved = (stack: TerraformStack, value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return isReference(value) ? resolve(stack, value) : value;
  if (Array.isArray(value))
    return value.some(isReference)
      ? resolve(stack, value)
      : value.map((each) => resolved(stack, each)).filter((each) => each !== undefined);
  if (Tokenization.isResolvable(value) || Object.keys(value).some(isReference)) return resolve(stack, value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const known = resolved(stack, each);
      return known === undefined ? [] : [[key, known]];
    }),
  );
};

interface Attribute {
  readonly value: Raw | undefined;
  readonly isBlock: boolean;
}

const isAttribute = (value: unknown): value is Attribute =>
  typeof value === "object" && value !== null && "isBlock" in value && "storageClassType" in value;

/** Keys of what is more than plain data. */
export const BLOCKS = "$blocks";
export const DOCUMENT = "$document";
export const JOINED = "$joined";

/** Between the parts of a text that is a list: each part may depend on another switch. */
export const SEPARATOR = " · ";

/** The text of an environment variable stays as it is. */
const isSetting = (key: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(key);

export const rawOf = (value: unknown, name = ""): Raw => {
  if (isAttribute(value)) {
    const inner = rawOf(value.value);
    return value.isBlock ? { [BLOCKS]: Array.isArray(inner) ? inner : [inner] } : inner;
  }
  if (Array.isArray(value)) return value.map((each) => rawOf(each));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([key, each]) => key !== "//" && !isMissing(each));
    return Object.fromEntries(entries.map(([key, each]) => [key, rawOf(each, key)]));
  }
  const document = typeof value === "string" && !isSetting(name) ? documentOf(value) : undefined;
  if (document !== undefined) return { [DOCUMENT]: rawOf(document) };
  return typeof value === "string" && value.includes(SEPARATOR) ? { [JOINED]: value.split(SEPARATOR) } : (value as Raw);
};

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || (isAttribute(value) && (value.value === undefined || value.value === null));
