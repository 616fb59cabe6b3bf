/** `moved` blocks: a state that CDKTF's JSON wrote becomes the state of the plain root module. */
import { withoutTracesAndWarnings } from "../../../main";
import type { Environment } from "../../../modules/variables";
import { stackFor } from "../../build/stack-for";
import { readTerraformJson } from "../../build/stacks";
import { type Block, moduleFiles } from "./module-files";
import { PLAIN_MODULES } from "./modules";
import { INVOCATION } from "./root";
import { type AnyCall, CALLS, type CallName, calledBy } from "./wiring";

/** The construct of a module in the stack, where its name differs. */
const CONSTRUCTS: Partial<Record<CallName, string>> = { codedeploy: "releases" };

type Attributes = Readonly<Record<string, unknown>>;

/** @returns the key of a resource for each element, from the attribute that holds it */
const keyOf = ({ item }: Block, attributes: Attributes): string | undefined => {
  for (const [name, { node }] of item.node.entries ?? []) {
    const [, before] = /^(.*)\$\{each\.(?:key|value)\}$/.exec(String(node.raw)) ?? [];
    const value = String(attributes[name]);
    if (before !== undefined && node.raw !== "")
      return before.includes("/") ? value.slice(value.indexOf("/") + 1) : value;
  }
  return undefined;
};

const callOf = (name: CallName): string => {
  const { when }: AnyCall = CALLS[name];
  return `module.${name}${when === undefined ? "" : "[0]"}`;
};

/** @param rest name of the resource without the prefix of its module */
const targetIn = (
  name: CallName,
  blocks: readonly Block[],
  type: string,
  rest: string,
  attributes: Attributes,
): string | undefined => {
  const single = blocks.find(({ kind, address }) => kind === "resource" && address === `${type}.${rest}`);
  if (single) return `${callOf(name)}.${single.address}${single.meta.startsWith("count") ? "[0]" : ""}`;
  const each = blocks
    .filter(
      ({ kind, address, meta }) => kind === "resource" && address.startsWith(`${type}.`) && meta.startsWith("for_each"),
    )
    .find(({ address }) => rest.startsWith(address.slice(type.length + 1).replace(/additional$/, "")));
  if (each === undefined) return undefined;
  const key = keyOf(each, attributes);
  return key === undefined ? undefined : `${callOf(name)}.${each.address}["${key}"]`;
};

/** Addresses of the root module's own resources: they are the same in both forms. */
const ofRoot = (): string[] =>
  [...INVOCATION.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`);

const warning = (address: string): string =>
  `# Plain Terraform has no ${address}: an apply would destroy it. To keep it, run terraform state rm ${address}.\n`;

/** @returns one block for each resource of the environment's stack that is in a module of the plain root, and a comment for each that plain Terraform lacks */
export const movedBlocks = (environment: Environment): string => {
  const { resource } = readTerraformJson(stackFor(environment));
  // backfill_function before backfill.
  const names = (Object.keys(CALLS) as CallName[]).sort((one, other) => other.length - one.length);
  const blocks = withoutTracesAndWarnings(
    () => new Map(names.map((name) => [name, moduleFiles(PLAIN_MODULES[calledBy(name)]).blocks])),
  );
  const same = ofRoot();
  const texts = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, attributes]) => {
      const from = `${type}.${name}`;
      if (same.includes(from)) return "";
      const module = names.find((each) => name.startsWith(`${CONSTRUCTS[each] ?? each}_`));
      if (module === undefined) return warning(from);
      const rest = name.slice((CONSTRUCTS[module] ?? module).length + 1);
      const to = targetIn(module, blocks.get(module) ?? [], type, rest, attributes);
      return to === undefined ? warning(from) : `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;
    }),
  );
  return texts.filter((text) => text !== "").join("\n");
};
