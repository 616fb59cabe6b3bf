/** Formats a line of the function's log for a terminal. */
import pc from "picocolors";

/** The fields of a line that is a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns the fields of a line that is a JSON object; of any other line, none */
export const fieldsOf = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
};

/** Fields that are left out: they are the same in every line, or shown elsewhere. */
const NOISE = [
  "_aws",
  "level",
  "event",
  "message",
  "timestamp",
  "service",
  "sampling_rate",
  "xray_trace_id",
  "requestId",
  "bucket",
  "stackTrace",
];

const COLOURS: Readonly<Record<string, (text: string) => string>> = {
  DEBUG: pc.dim,
  INFO: pc.cyan,
  WARN: pc.yellow,
};

/** Lambda's own lines have no level; those of failed invocations count as WARN. */
export const levelOf = ({ level, type, record }: Fields): string => {
  if (typeof type !== "string") return String(level ?? "");
  return type === "platform.report" && (record as Fields).status !== "success" ? "WARN" : "INFO";
};

/** @returns the event of a line, Lambda's type for it, or its message; undefined for a line without fields */
export const titleOf = (fields: Fields): string | undefined => {
  const { event, type, message } = fields;
  if (Object.keys(fields).length === 0) return undefined;
  if (typeof message === "object") return "uncaught error";
  return String(event ?? type ?? message ?? ("_aws" in fields ? "embedded metrics" : "no event"));
};

/** The fields that a title and a level do not show. */
const shownFields = (fields: Fields): [name: string, value: string][] => {
  const { message, record } = fields;
  const shown = typeof record === "object" ? record : typeof message === "object" ? message : fields;
  return Object.entries(shown as Fields)
    .filter(([name]) => !NOISE.includes(name))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
};

/** @returns the fields that a title does not show, as `name=value` */
export const summaryOf = (fields: Fields): string =>
  shownFields(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/** @returns the line's level, its event, and the other fields as `name=value` */
export const logLine = (fields: Fields): string => {
  const level = levelOf(fields);
  const rest = shownFields(fields).map(([name, value]) => `${pc.dim(`${name}=`)}${value}`);
  const what = titleOf(fields) ?? "uncaught error";
  return `${(COLOURS[level] ?? pc.red)(level.padEnd(8))} ${what}  ${rest.join(" ")}`.trimEnd();
};
