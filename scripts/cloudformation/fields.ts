/** How the arguments of a Terraform resource become properties of a CloudFormation resource: the words of the ledger. */

export type Json = Readonly<Record<string, unknown>>;

/** Makes properties of one argument. Several arguments may add to the same list. @param at address of the argument */
export type Field = ((value: unknown, at: string) => Json) & {
  /** Why the argument has no property. */
  readonly omitted?: string;
};

/** By argument: an argument without a row is an error. */
export type Fields = Readonly<Record<string, Field>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Terraform JSON writes a nested block as an object or as a list. */
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** @param path names of nested properties, such as `LoggingConfig.LogGroup` */
const nested = (path: string, value: unknown): Json =>
  path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Json;

/** @returns one value for each name: objects are merged, lists joined */
export const merged = (one: Json, other: Json): Json => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).map(([name, value]) => [name, joined(one[name], value)])),
});

const joined = (before: unknown, value: unknown): unknown => {
  if (isObject(before) && isObject(value)) return merged(before, value);
  return Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
};

/**
 * @param at address of the block
 * @throws Error of one line for an argument without a row
 */
export const propertiesOf = (fields: Fields, body: unknown, at: string): Json => {
  if (!isObject(body)) throw new Error(`Expected a block for ${at} but got ${JSON.stringify(body)}`);
  return Object.entries(body).reduce<Json>((all, [name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined)
      throw new Error(`Expected a row in scripts/cloudformation/types for ${at}.${name} but got none`);
    return merged(all, field(value, `${at}.${name}`));
  }, {});
};

/** @param path the property's name, or names of nested properties with dots */
export const to =
  (path: string, convert: (value: unknown) => unknown = (value) => value): Field =>
  (value) =>
    nested(path, convert(value));

/** Terraform accepts "60" as 60; CloudFormation does not. */
export const number = (path: string): Field => to(path, Number);

/** A JSON text where CloudFormation expects an object. */
export const document = (path: string): Field => to(path, (value) => JSON.parse(String(value)));

/** A list of one value, where Terraform has the value. */
export const listOf = (path: string): Field => to(path, (value) => [value]);

/** A map that is a list of objects with two properties. */
export const pairs = (path: string, key: string, value: string): Field =>
  to(path, (map) => Object.entries(map as Json).map(([name, each]) => ({ [key]: name, [value]: each })));

/** A block whose arguments are properties of the resource, at any depth. */
export const block =
  (fields: Fields): Field =>
  (value, at) =>
    asList(value).reduce<Json>((all, each) => merged(all, propertiesOf(fields, each, at)), {});

/** Blocks that are a list of objects. @param finish changes each object @default it stays */
export const blocks =
  (path: string, fields: Fields, finish: (item: Json) => unknown = (item) => item): Field =>
  (value, at) =>
    nested(
      path,
      asList(value).flatMap((each) => finish(propertiesOf(fields, each, at))),
    );

/** An argument without a property. @param why for the document */
export const omitted = (why: string): Field => Object.assign(() => ({}), { omitted: why });

/** An argument that has a counterpart for one value only: the one that sets nothing. */
export const only =
  (expected: unknown): Field =>
  (value, at) => {
    if (JSON.stringify(value) === JSON.stringify(expected)) return {};
    throw new Error(`Expected ${JSON.stringify(expected)} for ${at} but got ${JSON.stringify(value)}`);
  };
