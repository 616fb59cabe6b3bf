/** The final state of an upload, with the reason that the function logged. */
import type { Outcome } from "../sandbox/lambda";
import type { Fields } from "../terminal/log-line";
import type { UploadState } from "./protocol";

/** Events after which a successful invocation has made no variants: add a row. */
const WITHOUT_VARIANTS: Readonly<Record<string, UploadState>> = {
  "image.refused": "refused",
  "image.mismatched": "refused",
  "image.superseded": "ignored",
};

const eventOf = ({ event }: Fields): string => (typeof event === "string" ? event : "");

interface Ending {
  readonly state: UploadState;
  /** Why there are no variants. @default there are */
  readonly reason?: string;
}

const failureOf = ({ status, errorMessage }: Outcome, lines: readonly Fields[]): string => {
  if (status === "timeout") return "The function timed out.";
  if (status === "dropped") return "Lambda dropped the event after too many throttles.";
  const loud = lines.findLast(({ level }) => level === "ERROR" || level === "CRITICAL");
  return String(loud?.errorMessage ?? loud?.problem ?? errorMessage ?? "The log does not say why.");
};

/** @param lines the fields of the log lines of the invocation */
export const endingOf = (outcome: Outcome, lines: readonly Fields[], hasVariants: boolean): Ending => {
  if (outcome.status !== "success") return { state: "failed", reason: failureOf(outcome, lines) };
  if (hasVariants) return { state: "done" };
  const line = lines.findLast((fields) => eventOf(fields) in WITHOUT_VARIANTS);
  if (line === undefined) return { state: "ignored", reason: "The function had nothing to do." };
  const { reason, detail, message } = line;
  return {
    state: WITHOUT_VARIANTS[eventOf(line)] ?? "refused",
    reason: reason === undefined ? String(message) : `${reason}: ${detail}`,
  };
};
