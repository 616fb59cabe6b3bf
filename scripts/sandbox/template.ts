/** Reads a CloudFormation template with the values that it has after its stack is created, in Terraform's terms. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TEMPLATE_TYPES } from "./template-types";
import type { TemplateResource } from "./template-types/words";
import { ACCOUNT_ID, COMPUTED, expected, NAME_END, type Stack } from "./terraform-json";

type Json = Readonly<Record<string, unknown>>;

interface Template {
  readonly Metadata: { readonly Region: string };
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** The first and the last group of this UUID replace Terraform's placeholder for a unique name. */
const STACK_ID = `arn:aws:cloudformation:region:${ACCOUNT_ID}:stack/name/${NAME_END.slice(0, 2)}-0-0-0-${NAME_END.slice(2)}`;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The values of `Ref` and `Fn::GetAtt` for a resource. */
type Referred = (id: string, attribute: string, where: string) => unknown;

/** Resolves the intrinsic functions of a value. */
const resolver = (parameters: Json, referred: Referred) => {
  const sub = (text: string, variables: Json, where: string): string =>
    text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, escaped, name: string) => {
      if (escaped) return `\${${name}}`;
      const [id = "", ...attribute] = name.split(".");
      if (Object.hasOwn(variables, name)) return String(variables[name]);
      return String(ref(id, attribute.length === 0 ? "Ref" : attribute.join("."), where));
    });

  const ref = (id: string, attribute: string, where: string): unknown =>
    attribute === "Ref" && Object.hasOwn(parameters, id) ? parameters[id] : referred(id, attribute, where);

  /** By name: add a row. */
  const functions: Readonly<Record<string, (argument: never, where: string) => unknown>> = {
    Ref: (id: string, where) => ref(id, "Ref", where),
    "Fn::GetAtt": ([id, attribute]: [string, string], where) => ref(id, attribute, where),
    "Fn::Sub": (argument: string | [string, Json], where) => {
      const [text, variables] = typeof argument === "string" ? [argument, {}] : argument;
      return sub(text, resolve(variables, where) as Json, where);
    },
    "Fn::Join": ([separator, parts]: [string, unknown], where) => (resolve(parts, where) as unknown[]).join(separator),
    "Fn::Split": ([separator, text]: [string, unknown], where) => String(resolve(text, where)).split(separator),
    "Fn::Select": ([index, list]: [number, unknown], where) => (resolve(list, where) as unknown[])[index],
  };

  const resolve = (value: unknown, where: string): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => resolve(each, `${where}[${index}]`));
    if (!isObject(value)) return value;
    const [[name = "", argument] = []] = Object.entries(value);
    const isFunction = Object.keys(value).length === 1 && (name === "Ref" || name.startsWith("Fn::"));
    if (!isFunction)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, `${where}.${key}`)]));
    const evaluate = functions[name];
    if (evaluate === undefined) throw expected(`one of ${Object.keys(functions).join(", ")}`, where, name);
    return evaluate(argument as never, where);
  };
  return resolve;
};

const parse = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`Expected JSON for ${file} but got ${(cause as Error).message}`, { cause });
  }
};

/** @returns the values that `parameters.json` gives, or the defaults */
const valuesOf = ({ Parameters = {} }: Template, folder: string): Json => {
  const file = join(folder, "parameters.json");
  const given = (existsSync(file) ? parse(file) : []) as readonly string[];
  return Object.fromEntries(
    Object.entries(Parameters).map(([name, { Default }]) => {
      const start = `${name}=`;
      const value = given.find((each) => each.startsWith(start))?.slice(start.length) ?? Default;
      if (value === undefined) throw expected("a value", `parameter ${name} in ${file}`, value);
      return [name, value];
    }),
  );
};

/**
 * @param folder holds `template.json` and, for a template with parameters, `parameters.json`
 * @throws Error for a reference, function or type that is not known, and for resources that need each other
 */
export const readTemplate = (folder: string): Stack => {
  const file = join(folder, "template.json");
  const template = parse(file) as Template;
  const region = template.Metadata?.Region;
  if (typeof region !== "string") throw expected("a region", `Metadata.Region in ${file}`, region);
  const pseudo: Json = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::StackId": STACK_ID,
    "AWS::URLSuffix": "amazonaws.com",
  };
  const resourceOf = (id: string, where: string): TemplateResource => {
    const resource = template.Resources[id];
    if (resource === undefined) throw expected("a resource of the template", where, id);
    return resource;
  };
  const typeOf = ({ Type }: TemplateResource) => {
    const row = TEMPLATE_TYPES[Type];
    if (row === undefined) throw expected("a row in scripts/sandbox/template-types.ts", Type, row);
    return row;
  };

  const made = new Map<string, Json>();
  const open: string[] = [];

  /** The resource with its functions resolved; CloudFormation refuses resources that need each other. */
  const resolvedOf = (id: string, where: string): Json => {
    const known = made.get(id);
    if (known !== undefined) return known;
    if (open.includes(id))
      throw expected("resources that can be created one after the other", "the template", [...open, id]);
    open.push(id);
    const { Properties = {}, DependsOn = [], UpdatePolicy = {} } = resourceOf(id, where);
    for (const other of [DependsOn].flat()) resolvedOf(other, `${id}.DependsOn`);
    resolve(UpdatePolicy, `${id}.UpdatePolicy`);
    const properties = resolve(Properties, id) as Json;
    open.pop();
    made.set(id, properties);
    return properties;
  };

  const rows = new Map<string, ReturnType<ReturnType<typeof typeOf>["rows"]>>();

  const rowsOf = (id: string, where: string) => {
    const resource = resourceOf(id, where);
    const known =
      rows.get(id) ?? typeOf(resource).rows(resolvedOf(id, where), { id, resource, template: template.Resources });
    rows.set(id, known);
    return known;
  };

  /** An attribute in Terraform's terms: as stated, or as AWS would compute it. */
  const attributeOf = (type: string, body: Json, name: string): unknown => {
    if (body[name] !== undefined) return body[name];
    const { named = "", made: computed = {} } = COMPUTED[type] ?? {};
    return computed[name]?.(String(body[named]), region, (other) => String(attributeOf(type, body, other)));
  };

  const referred: Referred = (id, attribute, where) => {
    if (Object.hasOwn(pseudo, id)) return pseudo[id];
    const { references = {} } = typeOf(resourceOf(id, where));
    const name = references[attribute];
    if (typeof name === "function") return name(resolvedOf(id, where));
    const [[type = "", body = {}] = []] = rowsOf(id, where);
    const value = name && attributeOf(type, body, name);
    if (value === undefined) throw expected("a reference that can be resolved", where, `${id}.${attribute}`);
    return value;
  };
  const resolve = resolver(valuesOf(template, folder), referred);

  return {
    region,
    resources: (wanted, attributes) =>
      Object.keys(template.Resources)
        .sort()
        .flatMap((id) =>
          rowsOf(id, "Resources")
            .filter(([type]) => type === wanted)
            .map(([type, body]) => ({
              address: id,
              body: Object.fromEntries(attributes.map((name) => [name, attributeOf(type, body, name)])),
            })),
        ),
  };
};
