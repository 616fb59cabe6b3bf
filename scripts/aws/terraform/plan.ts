/** What `terraform show -json` says of a plan, as far as it is read here, and questions to ask of it. */

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
    /** Attributes whose values only the apply will know. */
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly configuration?: {
    readonly root_module?: {
      readonly resources?: readonly {
        readonly address: string;
        readonly expressions?: Readonly<Record<string, { readonly references?: readonly string[] }>>;
      }[];
    };
  };
}

/** What a plan does to a resource; a replacement is one thing, though Terraform lists two. */
export type Action = "create" | "change" | "replace" | "destroy" | "none";

export const actionOf = ({ change: { actions } }: ResourceChange): Action => {
  if (actions.length > 1) return "replace";
  const words: Record<string, Action> = { create: "create", update: "change", delete: "destroy" };
  return words[actions[0] ?? ""] ?? "none";
};

/** @returns the managed resources that the plan does something to */
export const changesOf = ({ resource_changes = [] }: Plan): ResourceChange[] =>
  resource_changes.filter((change) => change.mode === "managed" && actionOf(change) !== "none");

const known = (unknowns: unknown, name: string): boolean => {
  const unknown = (unknowns as Record<string, unknown> | null | undefined)?.[name];
  return unknown === undefined || unknown === false || !JSON.stringify(unknown).includes("true");
};

/** @returns names of the attributes that differ, in alphabetical order; one that is not known yet counts */
export const changedAttributes = ({ change: { before, after, after_unknown } }: ResourceChange): string[] =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((name) => !known(after_unknown, name) || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .sort();
