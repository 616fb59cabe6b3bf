/** Parses tfvars files, and remembers what the project's own files contain, because loading the HCL parser is slow. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { parse } from "@cdktf/hcl2json";
import { version } from "@cdktf/hcl2json/package.json";

const CACHE = join(__dirname, "../.cache/tfvars");

export type Values = Readonly<Record<string, unknown>>;

/**
 * @param origin names the text in messages
 * @returns values by variable; an expression is the text "${…}"
 * @throws Error with the parser's message
 */
export const parseHcl = async (origin: string, text: string): Promise<Values> => {
  // The parser is a large WebAssembly module that runs for milliseconds only: optimizing it costs more than it saves.
  setFlagsFromString("--liftoff-only");
  return parse(origin, text);
};

const remembered = (file: string, key: string): Values | undefined => {
  try {
    const { key: found, values } = JSON.parse(readFileSync(file, "utf8"));
    return found === key ? values : undefined;
  } catch {
    return undefined;
  }
};

/** Where nothing can be written, the next run parses again. */
const remember = (file: string, key: string, values: Values): void => {
  const temporary = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, JSON.stringify({ key, values }));
    renameSync(temporary, file);
  } catch {}
};

/** As `parseHcl`, for a file whose name is always that of the same file. */
export const parseTfvars = async (origin: string, text: string): Promise<Values> => {
  const key = createHash("sha256")
    .update(JSON.stringify([version, origin, text]))
    .digest("hex");
  const file = join(CACHE, `${origin}.json`);
  const known = remembered(file, key);
  if (known !== undefined) return known;
  const values = await parseHcl(origin, text);
  remember(file, key, values);
  return values;
};
