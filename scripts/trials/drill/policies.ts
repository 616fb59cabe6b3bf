/** Policy documents of a synthesized stack, and what their statements cover. */
import { asList } from "../../sandbox/terraform-json";

export interface Statement {
  /** Its Sid, or "". */
  readonly id: string;
  readonly effect: unknown;
  /** Services by name, others as `AWS:<arn>`. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Values by the operator's and the key's names: `StringEquals aws:SourceAccount`. */
  readonly conditions: Readonly<Record<string, readonly string[]>>;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

const principalsOf = (principal: unknown): string[] =>
  Object.entries(isObject(principal) ? principal : {}).flatMap(([kind, names]) =>
    asList(names).map((name) => (kind === "Service" ? String(name) : `${kind}:${name}`)),
  );

const conditionsOf = (condition: unknown): Statement["conditions"] =>
  Object.fromEntries(
    Object.entries((condition ?? {}) as Json).flatMap(([operator, keys]) =>
      Object.entries(keys as Json).map(([key, values]) => [`${operator} ${key}`, asList(values).map(String)]),
    ),
  );

/** @param policy JSON text with resolved references */
export const statementsOf = (policy: unknown): Statement[] =>
  asList((JSON.parse(String(policy)) as Json).Statement)
    .filter(isObject)
    .map((statement) => ({
      id: String(statement.Sid ?? ""),
      effect: statement.Effect,
      principals: principalsOf(statement.Principal),
      actions: asList(statement.Action).map(String),
      resources: asList(statement.Resource).map(String),
      conditions: conditionsOf(statement.Condition),
    }));

/** @param pattern an action or a resource, with or without a final asterisk */
export const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

export const deniesWithoutTls = (
  { effect, actions, resources, conditions }: Statement,
  action: string,
  arns: readonly string[],
): boolean =>
  effect === "Deny" &&
  actions.includes(action) &&
  arns.every((arn) => resources.includes(arn)) &&
  conditions["Bool aws:SecureTransport"]?.join() === "false";
