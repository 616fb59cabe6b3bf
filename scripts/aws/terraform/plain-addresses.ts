/** Names of the same resource in both forms: flat in CDKTF's JSON, inside a module in plain Terraform. */

/** Modules of plain Terraform whose resources have another prefix in the JSON. */
const PREFIXES: Readonly<Record<string, string>> = { codedeploy: "releases" };

/** The stack writes an e-mail address into a name like this. */
const spelled = (address: string): string =>
  address.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);

const keyed = (name: string, key: string): string => {
  if (name.endsWith("_additional")) return `${name.slice(0, -"additional".length)}${spelled(key)}`;
  return `${name}_${key.replaceAll(/[/-]/g, "_")}`;
};

const ADDRESS = /^(?:module\.(\w+)(?:\[0\])?\.)?(?:data\.)?(\w+)\.(\w+)(?:\[(?:0|"([^"]*)")\])?$/;

/** @returns type and name in CDKTF's JSON of a resource of the plain root module; undefined for other addresses */
export const flatAddress = (address: string): string | undefined => {
  const [, module, type, name = "", key] = ADDRESS.exec(address) ?? [];
  if (type === undefined) return undefined;
  const own = key === undefined ? name : keyed(name, key);
  return module === undefined ? `${type}.${own}` : `${type}.${PREFIXES[module] ?? module}_${own}`;
};
