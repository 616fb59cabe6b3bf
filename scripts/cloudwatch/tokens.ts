/**
 * Numbers, quoted texts and %regular expressions%, shared by all filter pattern syntaxes.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions lists the supported
 * characters. Blanks are allowed too, because the page uses them in `%^starting|^shutting down%`.
 */
import type { Cursor } from "./cursor";

/** A decimal with optional sign and exponent, followed by the end of a word. */
export const NUMBER = /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?=[\s,)\]}&|]|$)/y;

/** Inside quotes, `\"` is a quotation mark and `\\` is a backslash. Any other backslash is an ordinary character. */
export const QUOTED = /"(?:\\.|[^"\\])*"/sy;

export const unquoted = (token: string): string => token.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");

export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

const SUPPORTED = /^(?:[A-Za-z0-9:_#=@/;,^$?[\]{}|*+. -]|\\(?:x[0-9A-F]{2}|[dDsSwW]|[:_#=@/;,^$?[\]{}|\\*+.-]))*/;

const hexadecimal = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** In JavaScript's `u` mode, escaped symbols need their codes and `{,n}` needs a 0. */
export const regexOf = (source: string): RegExp =>
  new RegExp(
    source
      .replaceAll(/\\(?:([^A-Za-z0-9])|.)/g, (escaped, symbol) => (symbol ? hexadecimal(symbol) : escaped))
      .replaceAll(/\{,(\d+)\}/g, "{0,$1}"),
    "u",
  );

/**
 * @returns the text between the percent signs, or undefined if the next token is no regular expression
 * @throws Error of the cursor for an unsupported expression
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
