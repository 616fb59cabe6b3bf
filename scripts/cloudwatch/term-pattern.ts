/**
 * Filter patterns of plain terms: `ERROR "time out" -DEBUG`, `?ERROR ?WARN`.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-unstructured-log-events.
 * The empty pattern and an empty or blank text in quotes match every line. Exclusions alone match every line without those
 * terms (API reference of Lightsail, GetContainerLog). An earlier edition of the page puts a blank after the minus:
 * `"ERROR" - "Exiting"`. Assumed: `-` before a blank text excludes nothing.
 */
import type { Cursor } from "./cursor";
import { quoted, unquoted } from "./tokens";

export interface Term {
  readonly mode: "required" | "optional" | "excluded";
  readonly text: string;
}

const TERM = /(?:\?|-\s*)?(?:"(?:\\.|[^"\\])*"|\w+)(?=\s|$)/sy;
const MODES = { "?": "optional", "-": "excluded" } as const;
const SIGNS = { required: "", optional: "?", excluded: "-" } as const;

const termOf = (token: string): Term => {
  const sign = token.startsWith("?") ? "?" : token.startsWith("-") ? "-" : "";
  const body = token.slice(sign.length).trimStart();
  return { mode: sign === "" ? "required" : MODES[sign], text: body.startsWith('"') ? unquoted(body) : body };
};

/** @throws Error of the cursor */
export const readTerms = (cursor: Cursor): Term[] => {
  const terms: Term[] = [];
  while (cursor.take(/$/y) === undefined) {
    terms.push(termOf(cursor.need(TERM, "a word of letters, digits and _, or text in double quotation marks")));
  }
  return terms;
};

/** Optional terms are ignored beside required or excluded ones. */
export const matchesTerms = (terms: readonly Term[], line: string): boolean => {
  const of = (mode: Term["mode"]) => terms.filter((term) => term.mode === mode).map(({ text }) => text);
  const isBlank = (text: string) => text.trim() === "";
  const has = (text: string) => isBlank(text) || line.includes(text);
  const optional = of("optional");
  if (optional.length > 0 && optional.length === terms.length) return optional.some(has);
  return of("required").every(has) && !of("excluded").some((text) => !isBlank(text) && has(text));
};

export const printTerms = (terms: readonly Term[]): string =>
  terms.map(({ mode, text }) => `${SIGNS[mode]}${/^\w+$/.test(text) ? text : quoted(text)}`).join(" ");
