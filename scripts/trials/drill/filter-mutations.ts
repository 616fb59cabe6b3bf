/** Mutations of metric filters. */
import { at, type Change, change, type Json, type Rule, removed, renamed } from "./mutation";

const swappedCase = (text: string): string =>
  [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");

/** Texts of a pattern that occur in a recorded line. The runs cannot test the others. */
const quotedTexts = (pattern: string, recorded: string): readonly string[] =>
  [...pattern.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text).filter((text) => recorded.includes(`"${text}"`));

const transformation = ["metric_transformation"] as const;

export const filterRule: Rule = (_label, row, recorded) => {
  const pattern = String(row.pattern);
  const isCount = at(row, [...transformation, "value"]) === "1";
  const dimensions = [...transformation, "dimensions"];
  const isDivided = at(row, dimensions) !== undefined;
  return [
    ...quotedTexts(pattern, recorded).flatMap((text) =>
      change(row, ["pattern"], (whole: string) => whole.replace(`"${text}"`, `"${swappedCase(text)}"`)),
    ),
    ...change(row, ["pattern"], (whole: string) => whole.replace(/\$\.(\w+)/, "$$.$1s")),
    ...change(row, ["pattern"], (whole: string) => whole.replace(" = ", " != ")),
    ...change(row, ["pattern"], () => "ERROR"),
    ...change(row, ["log_group_name"], () => "/aws/lambda/another"),
    ...change(row, [...transformation, "name"], (name: string) => `${name}s`),
    ...change(row, [...transformation, "namespace"], (namespace: string) => `${namespace}/Other`),
    ...(isCount ? removed(row, [...transformation, "default_value"]) : []),
    ...(isCount && !isDivided
      ? []
      : [{ path: [...transformation, "default_value"], to: "0", words: "default 0 on a value" } satisfies Change]),
    ...removed(row, dimensions),
    ...change(row, dimensions, (texts: Json) => renamed(texts, (name) => name.toLowerCase())),
    ...change(row, dimensions, (texts: Json) =>
      Object.fromEntries(Object.keys(texts).map((name) => [name, "$.event"])),
    ),
  ];
};
