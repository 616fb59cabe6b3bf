/** Reads `environments/<name>.tfvars` into validated, typed environments. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { keys } from "./inputs/inputs";
import { stacksOf } from "./naming";
import { RULES } from "./rules";
import { didYouMean } from "./spelling";
import { parseHcl, parseTfvars } from "./tfvars";
import { FROM_TRAFFIC, TRAFFIC } from "./traffic";
import { type Environment, VARIABLES, type Variable, type VariableName } from "./variables";

/** Folder of the tfvars files: ENVIRONMENTS_FOLDER, or `environments` of the project. */
export const ENVIRONMENTS = process.env.ENVIRONMENTS_FOLDER || join(__dirname, "../environments");

/** The tfvars files or TF_VAR_ variables are not valid. The message has one line for each mistake. */
class InvalidEnvironments extends Error {
  override readonly name = "InvalidEnvironments";
}

/** A value as written, and the file or shell variable it comes from. */
interface Given {
  readonly origin: string;
  readonly value: unknown;
}

interface Source {
  readonly given: Readonly<Record<string, Given>>;
  readonly problems: readonly string[];
}

const expected = (what: string, name: string, { origin, value }: Given) =>
  `${origin}: Expected ${what} for ${name} but got ${JSON.stringify(value) ?? "nothing"}`;

const isVariable = (name: string): name is VariableName => Object.hasOwn(VARIABLES, name);

/** The parser returns an expression as the text "${…}". */
const isExpression = (value: unknown) => /[$%]\{/.test(JSON.stringify(value));

const nameProblem = (origin: string, name: string) =>
  `${origin}: Expected a known variable but got ${name}${didYouMean(name, keys(VARIABLES))}`;

const expressionProblem = (origin: string, source: string, name: string, value: unknown) => {
  const line = source.split("\n").findIndex((text) => new RegExp(`^\\s*${name}\\s*=`).test(text)) + 1;
  return expected("a literal value", name, { origin: `${origin}:${line}`, value });
};

/** @param message from the parser: "parse config: [<file>:<line>,<column>-…: <mistake> <file>:<line>,…: <next mistake>]" */
const syntaxProblem = (origin: string, message: string) => {
  const [, line, mistake] = /:(\d+),\d+-[\d,]+: (.*?)(?: \S+:\d+,\d+-[\d,]+: .*)?\]$/s.exec(message) ?? [];
  return `${origin}:${line ?? 1}: Expected lines of the form name = value but got ${JSON.stringify(mistake ?? message)}`;
};

const readFile = async (folder: string, file: string): Promise<Source> => {
  const origin = `${basename(folder)}/${file}`;
  const source = readFileSync(join(folder, file), "utf8");
  const parse = folder === ENVIRONMENTS ? parseTfvars : parseHcl;
  const parsed = await parse(origin, source).catch((error: Error) => error);
  if (parsed instanceof Error) return { given: {}, problems: [syntaxProblem(origin, parsed.message)] };

  const entries = Object.entries(parsed).filter(([, value]) => value !== null);
  const problems = entries.flatMap(([name, value]) => {
    if (!isVariable(name)) return [nameProblem(origin, name)];
    return isExpression(value) ? [expressionProblem(origin, source, name, value)] : [];
  });
  const literals = entries.filter(([, value]) => !isExpression(value));
  return { given: Object.fromEntries(literals.map(([name, value]) => [name, { origin, value }])), problems };
};

/** Like Terraform: TF_VAR_<name> of a string variable is plain text, and of any other variable an HCL literal. */
const readShell = async (shell: NodeJS.ProcessEnv): Promise<Source> => {
  const given: Record<string, Given> = {};
  for (const name of keys(VARIABLES)) {
    const origin = `TF_VAR_${name}`;
    const text = shell[origin];
    if (text === undefined) continue;
    const isText = ["string", "enum"].includes(VARIABLES[name].check.def.type);
    const literal = isText ? text : (await parseHcl(origin, `value = ${text}`).catch(() => undefined))?.value;
    given[name] = { origin, value: literal === undefined || isExpression(literal) ? text : literal };
  }
  return { given, problems: [] };
};

/** @param sources an earlier source overrides a later one */
const checked = (file: string, home: string, sources: readonly Source[]) => {
  const given: Source["given"] = Object.assign({}, ...sources.toReversed().map((source) => source.given));
  const problems = sources.flatMap((source) => source.problems);
  const values: Record<string, unknown> = {};
  const fallback = ({ sameAs, fromTraffic: derived, default: value, defaultIn = {} }: Variable) => {
    if (derived !== undefined)
      return TRAFFIC.every((name) => name in values) ? FROM_TRAFFIC[derived](values as never) : undefined;
    if (sameAs !== undefined) return sameAs === "the file's name" ? file : values[sameAs];
    return Object.hasOwn(defaultIn, file) ? defaultIn[file] : value;
  };

  for (const name of keys(VARIABLES)) {
    const row: Variable = VARIABLES[name];
    const candidate = given[name] ?? { origin: home, value: fallback(row) };
    if (row.check.safeParse(candidate.value).success) values[name] = candidate.value;
    // Undefined: the value would come from another variable, whose own mistake is already reported.
    else if (candidate.value !== undefined) problems.push(expected(row.what, name, candidate));
  }

  const environment = values as Environment;
  for (const { of, broken } of RULES) {
    const fault = of.every((name) => name in values) ? broken(environment, file) : undefined;
    const origin = given[of[0]]?.origin ?? home;
    if (fault) problems.push(expected(fault.what, fault.name ?? of[0], { origin, value: fault.got }));
  }
  return { environment, problems };
};

/** @returns the names of all environments in a folder: `<name>.tfvars`, sorted */
export const environmentFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".tfvars") && !file.endsWith(".local.tfvars"))
    .map((file) => basename(file, ".tfvars"))
    .sort();

/**
 * Reads every `<name>.tfvars` in a folder. `<name>.local.tfvars` overrides it. `TF_VAR_<variable>` applies where both leave
 * a variable unset (or `null`), then its default.
 * @param names reads only these files @default all
 * @returns the environments, sorted by name; an environment with several regions appears once for each `aws_region`
 * @throws InvalidEnvironments with all mistakes of all files that are read
 */
export const readEnvironments = async (
  folder: string,
  shell: NodeJS.ProcessEnv,
  names: readonly string[] = environmentFiles(folder),
): Promise<Environment[]> => {
  const present = readdirSync(folder);
  const shellSource = await readShell(shell);
  const environments = await Promise.all(
    names.map(async (name) => {
      const files = [`${name}.local.tfvars`, `${name}.tfvars`].filter((file) => present.includes(file));
      const sources = await Promise.all(files.map((file) => readFile(folder, file)));
      return checked(name, `${basename(folder)}/${name}.tfvars`, [...sources, shellSource]);
    }),
  );
  const problems = environments.flatMap((each) => each.problems);
  if (names.length === 0) problems.push(`${basename(folder)}: Expected at least one <environment>.tfvars but got none`);
  if (problems.length > 0) throw new InvalidEnvironments([...new Set(problems)].join("\n"));
  return environments.flatMap(({ environment }) => stacksOf(environment));
};
