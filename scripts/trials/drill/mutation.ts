/** A mutation: a change of one value of a resource, and the small ones that rules are made from. */

export type Json = Record<string, unknown>;

/** A change of one value: where it is, what it becomes (undefined: removed), and the words for it. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly to: unknown;
  readonly words: string;
}

export type Rule = (label: string, row: Json, recorded: string) => readonly Change[];

export const at = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key as string], value);

export const change = (row: Json, path: readonly (string | number)[], make: (value: never) => unknown): Change[] => {
  const value = at(row, path);
  if (value === undefined) return [];
  const to = make(value as never);
  if (to === undefined || to === value) return [];
  return [{ path, to, words: `${path.join(".")} ${short(value)} -> ${short(to)}` }];
};

const short = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export const removed = (row: Json, path: readonly (string | number)[]): Change[] =>
  at(row, path) === undefined ? [] : [{ path, to: undefined, words: `${path.join(".")} removed` }];

export const renamed = (row: Json, rename: (key: string) => string): Json =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [rename(key), value]));

/** Removes each entry of a list. */
export const withoutEach = (
  row: Json,
  path: readonly (string | number)[],
  matters: (entry: string) => boolean = () => true,
): Change[] =>
  ((at(row, path) ?? []) as string[])
    .filter(matters)
    .flatMap((left) => change(row, path, (entries: string[]) => entries.filter((entry) => entry !== left)));

export const REMOVED: Rule = () => [{ path: [], to: undefined, words: "removed" }];

export const replaced = (value: unknown, [key, ...rest]: readonly (string | number)[], to: unknown): unknown => {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaced(item, rest, to) : item));
  const inner = replaced((value as Json | undefined)?.[key as string], rest, to);
  const { [key as string]: _, ...others } = (value ?? {}) as Json;
  return inner === undefined ? others : { ...(value as Json), [key]: inner };
};
