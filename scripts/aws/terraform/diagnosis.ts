/** Turns Terraform's error output into one line with a remedy. */
import { SkippedError } from "../../terminal/cli";

const LOCK = /Error acquiring the state lock/;
const STALE = /Saved plan is stale/;
const NO_PROVIDER = /Failed to (query available|install) provider/;

/** Terraform draws a box around its errors. */
const unboxed = (text: string): string => text.replaceAll(/^[│╷╵ \t]+/gm, "");

const field = (text: string, name: string): string => new RegExp(`^${name}:\\s+(.+)$`, "m").exec(text)?.[1] ?? "?";

const lockLine = (text: string): string =>
  `Expected no other run on this state but it is locked by ${field(text, "Who")} since ${field(text, "Created")} (${field(text, "Operation")}): wait for that run to end. If it is dead, run terraform force-unlock ${field(text, "ID")} in the stack's folder`;

const providerLine = (text: string): string =>
  `Expected the provider hashicorp/aws but Terraform could not get it (${/dial tcp|no such host|could not connect/.test(text) ? "the registry does not answer" : "no version matches, or the mirror does not have it"}): allow the network, or set TF_PLUGIN_MIRROR to a folder made by terraform providers mirror`;

const MOST_ERRORS = 5;
const LONGEST_ERROR = 500;

const flat = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** @returns `summary (file line n): details`, without the source lines that Terraform quotes */
const errorLine = (block: string): string => {
  const [summary = "", ...paragraphs] = block.split(/\n\s*\n/).map(flat);
  const isPlace = (paragraph: string) => /^(with|on) /.test(paragraph);
  const place = /\bon (\S+ line \d+)/.exec(paragraphs.find(isPlace) ?? "")?.[1];
  const details = paragraphs.filter((paragraph) => paragraph !== "" && !isPlace(paragraph)).join(" ");
  return `${summary}${place ? ` (${place})` : ""}${details && `: ${details}`}`.slice(0, LONGEST_ERROR);
};

/** @returns the errors in the text, each on one line, or the last lines of a text without any */
const errorLines = (text: string): string[] => {
  const blocks = text.split(/^Error: /m).slice(1);
  const found = blocks.length > 0 ? blocks : [text.trim().split("\n").slice(-3).join(" ")];
  const lines = [...new Set(found.map(errorLine))];
  const more = lines.length - MOST_ERRORS;
  return more > 0 ? [...lines.slice(0, MOST_ERRORS), `and ${more} more`] : lines;
};

/**
 * @param what the command, for the message: `terraform apply of dev`
 * @returns an error of one line; SkippedError if the provider cannot be installed
 */
export const diagnose = (what: string, output: string): Error => {
  const text = unboxed(output);
  if (LOCK.test(text)) return new Error(lockLine(text));
  if (STALE.test(text))
    return new Error(
      `Expected a current plan for ${what} but the state has changed since it was made: plan and review again`,
    );
  if (NO_PROVIDER.test(text)) return new SkippedError(providerLine(text));
  return new Error(`Expected success for ${what} but got ${errorLines(text).join("; ") || "no output"}`);
};
