/** The parts of a plan (`terraform show -json`) that are read here, and functions that read them. */

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    /** Attributes whose values are known only after the apply. */
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly after?: unknown; readonly after_unknown?: unknown }>>;
  readonly configuration?: {
    readonly root_module?: {
      readonly resources?: readonly {
        readonly address: string;
        readonly expressions?: Readonly<Record<string, { readonly references?: readonly string[] }>>;
      }[];
    };
  };
}

/** What a plan does to a resource. Terraform lists a replacement as two actions; here it is one. */
export type Action = "create" | "change" | "replace" | "destroy" | "none";

export const actionOf = ({ change: { actions } }: ResourceChange): Action => {
  if (actions.length > 1) return "replace";
  const words: Record<string, Action> = { create: "create", update: "change", delete: "destroy" };
  return words[actions[0] ?? ""] ?? "none";
};

/** @returns the changes of managed resources */
export const changesOf = ({ resource_changes = [] }: Plan): ResourceChange[] =>
  resource_changes.filter((change) => change.mode === "managed" && actionOf(change) !== "none");

const known = (unknowns: unknown, name: string): boolean => {
  const unknown = (unknowns as Record<string, unknown> | null | undefined)?.[name];
  return unknown === undefined || unknown === false || !JSON.stringify(unknown).includes("true");
};

/** @returns the names of the attributes that change, in alphabetical order; unknown values count as changes */
export const changedAttributes = ({ change: { before, after, after_unknown } }: ResourceChange): string[] =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((name) => !known(after_unknown, name) || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .sort();
