/** Groups the resources of a stack into those of a template, finds their references, and refuses what a template cannot have. */
import { createHash } from "node:crypto";
import type { Json } from "./fields";
import { DATA, TYPES } from "./types";
import type { Resource, Row } from "./types/row";

/** A `cdk.tf.json`. */
export interface TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly provider: { readonly aws: readonly Json[] };
  readonly output?: Readonly<Record<string, Json>>;
}

/** One Terraform resource. */
interface Block {
  /** Such as `aws_s3_bucket.s3_buckets_upload`. */
  readonly address: string;
  readonly type: string;
  readonly label: string;
  /** Its arguments, without those that every resource may have. */
  readonly body: Json;
  readonly dependsOn: readonly string[];
  readonly lifecycle: Json;
}

/** One CloudFormation resource, and what it is made from. */
export interface Node extends Block {
  readonly id: string;
  readonly row: Resource;
  readonly parts: readonly (Block & { readonly fields: Resource["fields"] })[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  /** The node that a Terraform resource is, or is part of. @throws Error for an unknown address */
  readonly nodeOf: (address: string) => Node;
  /** Whether a reference would be a cycle, so that the value has to be computed. */
  readonly isCut: (from: Node, to: Node) => boolean;
}

/** A reference to a resource or a data source, up to the attribute. */
export const REFERENCE = /\$\{(?<data>data\.)?(?<type>aws_\w+)\.(?<label>[\w-]+)\.(?<attribute>[\w.[\]]+)\}/g;

/** @throws Error of one line */
const fail = (message: string): never => {
  throw new Error(message);
};

/** First, because what is refused needs resources that would be refused for a less helpful reason. */
const requireNoneRefused = ({ resource }: TerraformJson): void => {
  for (const [type, labels] of Object.entries(resource)) {
    const row = TYPES[type];
    if (row?.how === "refused") fail(`CloudFormation cannot have ${type}.${Object.keys(labels)[0]}: ${row.because}`);
  }
};

const blocksOf = (stack: TerraformJson): Block[] =>
  Object.entries(stack.resource).flatMap(([type, labels]) =>
    Object.entries(labels).map(([label, whole]) => {
      const { "//": _, depends_on: dependsOn = [], lifecycle = {}, provider, ...body } = whole;
      const address = `${type}.${label}`;
      const row = TYPES[type];
      if (row === undefined)
        return fail(`Expected a row in scripts/cloudformation/types for ${type} but got none (${address})`);
      if (provider !== undefined && !("isGlobal" in row && row.isGlobal))
        return fail(`CloudFormation cannot have ${address}: its provider ${provider} is for another region`);
      // Data sources exist already, so nothing has to wait for them.
      const created = (dependsOn as string[]).filter((each) => !each.startsWith("data."));
      return { address, type, label, body, dependsOn: created, lifecycle: lifecycle as Json };
    }),
  );

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * A logical id has letters and digits only. A subscription's label can contain the address, which only a parameter may contain.
 * @returns `S3BucketsUpload` for `s3_buckets_upload`
 */
const idOf = ({ type, label, body }: Block, { idEnd = "" }: Resource): string => {
  const isAddress = type === "aws_sns_topic_subscription" && !/_(email|sms|https)$/.test(label);
  const readable = isAddress ? label.replace(/(_email)_.*$/, "$1") : label;
  const end = isAddress ? createHash("sha256").update(String(body.endpoint)).digest("hex").slice(0, 8) : "";
  return readable.split(/[_-]/).map(capitalized).join("") + end + idEnd;
};

/** @returns address of the resource that a folded resource is part of */
const ownerOf = (block: Block, row: Extract<Row, { how: "folded" }>): string => {
  const value = String(block.body[row.by]);
  const [, address] = new RegExp(`^\\$\\{(${row.into}\\.[\\w-]+)\\.\\w+\\}$`).exec(value) ?? [];
  return (
    address ??
    fail(`CloudFormation cannot have ${block.address}: it belongs to ${value}, which the stack does not create`)
  );
};

const nodesOf = (blocks: readonly Block[]): Node[] => {
  const parts = new Map<string, (Block & { fields: Resource["fields"] })[]>();
  for (const block of blocks) {
    const row = TYPES[block.type];
    if (row?.how !== "folded") continue;
    const owner = ownerOf(block, row);
    parts.set(owner, [...(parts.get(owner) ?? []), { ...block, fields: row.fields }]);
  }
  const nodes = blocks.flatMap((block): Node[] => {
    const row = TYPES[block.type];
    if (row === undefined || row.how === "folded" || row.how === "refused") return [];
    return [{ ...block, row, id: idOf(block, row), parts: parts.get(block.address) ?? [] }];
  });
  const ids = nodes.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    fail(
      `Expected one resource for the logical id ${twice} but got ${nodes
        .filter(({ id }) => id === twice)
        .map(({ address }) => address)
        .join(" and ")}`,
    );
  return nodes;
};

/** Addresses of the resources that a node's arguments and dependencies name. */
const namedBy = (node: Node): string[] =>
  [node, ...node.parts].flatMap(({ body, dependsOn }) => [
    ...[...JSON.stringify(body).matchAll(REFERENCE)].flatMap(({ groups: { data, type, label } = {} }) =>
      data === undefined ? [`${type}.${label}`] : [],
    ),
    ...dependsOn,
  ]);

/** @returns nodes that are reached from one, without this one unless there is a cycle */
const reached = (start: Node, next: (node: Node) => readonly Node[]): Set<Node> => {
  const found = new Set<Node>();
  const open = [...next(start)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...next(node));
  }
  return found;
};

/**
 * Cuts the references that would be a cycle: those to a resource whose name can be computed, from a resource that it needs.
 * @param alsoNeeds other resources that a node refers to in the template only
 * @throws Error of one line for a cycle that is left
 */
export const graphOf = (
  stack: TerraformJson,
  alsoNeeds: (node: Node, nodes: readonly Node[]) => readonly Node[],
): Graph => {
  requireNoneRefused(stack);
  const blocks = blocksOf(stack);
  const nodes = nodesOf(blocks);
  const byAddress = new Map(nodes.flatMap((node) => [node, ...node.parts].map(({ address }) => [address, node])));
  const nodeOf = (address: string): Node =>
    byAddress.get(address) ?? fail(`Expected a resource of the stack for ${address} but got none`);
  const edges = new Map(
    nodes.map((node) => {
      const all = [...namedBy(node).map(nodeOf), ...alsoNeeds(node, nodes)];
      return [node, new Set(all.filter((each) => each !== node))];
    }),
  );
  const next = (node: Node): Node[] => [...(edges.get(node) ?? [])];
  const cut = new Map<Node, Set<Node>>();
  // Resources that others are folded into come first: their references cause most of the cycles.
  const named = nodes.filter(({ row }) => row.computed !== undefined);
  for (const node of [...named].sort((one, other) => other.parts.length - one.parts.length)) {
    const needed = reached(node, next);
    const from = [...needed].filter((each) => edges.get(each)?.delete(node));
    cut.set(node, new Set(from));
  }
  const cycle = nodes.find((node) => reached(node, next).has(node));
  if (cycle !== undefined) fail(`CloudFormation cannot have ${cycle.address}: it needs itself`);
  return { nodes, nodeOf, isCut: (from, to) => cut.get(to)?.has(from) ?? false };
};

/** @returns the attributes of a data source, in the syntax of Fn::Sub */
export const dataReferences = (stack: TerraformJson, type: string, label: string): Readonly<Record<string, string>> => {
  const body = stack.data?.[type]?.[label];
  const references = DATA[type];
  if (body === undefined || references === undefined)
    return fail(`Expected a row of DATA in scripts/cloudformation/types for data.${type} but got none`);
  return references(body);
};
