/**
 * Numbers, quoted texts and %regular expressions%, as all filter pattern syntaxes write them.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions lists what a regular
 * expression may consist of. Blanks are allowed too, as in the page's own `%^starting|^shutting down%`; the rest is refused.
 */
import type { Cursor } from "./cursor";

/** A decimal with optional sign and exponent, up to the end of its word. */
export const NUMBER = /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?=[\s,)\]}&|]|$)/y;

/** In quotes `\"` is a quotation mark and `\\` a backslash; any other backslash stands for itself. */
export const QUOTED = /"(?:\\.|[^"\\])*"/sy;

export const unquoted = (token: string): string => token.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");

export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

const SUPPORTED = /^(?:[A-Za-z0-9:_#=@/;,^$?[\]{}|*+. -]|\\(?:x[0-9A-F]{2}|[dDsSwW]|[:_#=@/;,^$?[\]{}|\\*+.-]))*/;

const hexadecimal = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** JavaScript wants escaped symbols as their codes, and `{0,n}` for `{,n}`. */
export const regexOf = (source: string): RegExp =>
  new RegExp(
    source
      .replaceAll(/\\(?:([^A-Za-z0-9])|.)/g, (escaped, symbol) => (symbol ? hexadecimal(symbol) : escaped))
      .replaceAll(/\{,(\d+)\}/g, "{0,$1}"),
    "u",
  );

/**
 * @returns what stands between the percent signs, or undefined where the next token is something else
 * @throws Error of the cursor, where the expression is outside the supported syntax
 */
export const readRegex = (cursor: Cursor): string | undefined => {
  if (cursor.take(/(?=%)/y) === undefined) return undefined;
  const start = cursor.offset() + 1;
  const source = cursor.need(/%[^%]+%/y, "a regular expression between two %").slice(1, -1);
  const supported = SUPPORTED.exec(source)?.[0].length ?? 0;
  if (supported < source.length) cursor.fail("a supported character of a regular expression", start + supported);
  try {
    regexOf(source);
  } catch {
    cursor.fail("a valid regular expression", start);
  }
  return source;
};

export const printRegex = (source: string): string => `%${source}%`;
