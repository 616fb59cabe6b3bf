/** Helpers for the rows of template-types. */

export type Json = Readonly<Record<string, unknown>>;

export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Json;
  readonly Properties?: Json;
}

export interface Context {
  readonly id: string;
  readonly resource: TemplateResource;
  readonly template: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateType {
  /** The Terraform attributes that `Ref` and `Fn::GetAtt` stand for, or their values. */
  readonly references?: Readonly<Record<string, string | ((properties: Json) => unknown)>>;
  /** Terraform resources that it stands for; the first has the references. */
  readonly rows: (properties: Json, context: Context) => readonly (readonly [type: string, body: Json])[];
}

/** @param path property, or nested properties with dots */
export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);

const isSet = ([, value]: [string, unknown]): boolean => value !== undefined;

export const only = (body: Json): Json => Object.fromEntries(Object.entries(body).filter(isSet));

/** Terraform's arguments by the properties that they are. A path that is a list of paths is a nested block. */
export type Paths = { readonly [argument: string]: string | Paths };

export const renamed = (value: unknown, paths: Paths): Json | undefined => {
  const body = only(
    Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [
        name,
        typeof path === "string" ? at(value, path) : renamed(value, path),
      ]),
    ),
  );
  return Object.keys(body).length === 0 ? undefined : body;
};

export const list = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[];

export const each = (value: unknown, paths: Paths): readonly Json[] =>
  list(value).map((item) => renamed(item, paths) ?? {});

export const text = (value: unknown): string => JSON.stringify(value);

export const mapOf = (value: unknown, key: string, of: string): Json | undefined =>
  value === undefined ? undefined : Object.fromEntries(list(value).map((item) => [String(item[key]), item[of]]));

export const same = (type: string, paths: Paths, references: TemplateType["references"] = {}): TemplateType => ({
  references,
  rows: (properties) => [[type, renamed(properties, paths) ?? {}]],
});
